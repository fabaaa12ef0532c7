#!/usr/bin/env bash
# Sets up, runs the shipped scenario and leaves its pictures and results in build/demo.
set -euo pipefail
. "$(dirname "$0")/common.sh"

tools/setup.sh demo
install_package OFF
echo "running the shipped scenario with its replications, about a minute on two free cores"
.venv/bin/python -m mailrift.demo --out build/demo </dev/null
took "make demo"
