#!/usr/bin/env bash
# Measures what the texts speak of beside its peers, prints a table and writes build/bench/results.json; --quick for small sizes.
set -euo pipefail
. "$(dirname "$0")/common.sh"

tools/setup.sh bench
install_package OFF
build release bench_programs
.venv/bin/python tools/bench.py "$@"
