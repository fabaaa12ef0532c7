#!/usr/bin/env bash
# Prints the times that the texts speak of, with the machine they were measured on.
set -euo pipefail
. "$(dirname "$0")/common.sh"

tools/setup.sh bench
install_package OFF
.venv/bin/python tools/bench.py
build release planet_bench
build/release/planet_bench
