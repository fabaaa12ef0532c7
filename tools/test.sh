#!/usr/bin/env bash
# Sets up, builds with g++, runs the C++ tests with the golden fingerprints and then the Python tests.
set -euo pipefail
. "$(dirname "$0")/common.sh"

tools/setup.sh test
install_package ON
build release

status=0
reports=build/release/reports
rm -rf "$reports"
ctest --preset release -j "$jobs" </dev/null || status=1
.venv/bin/python -m pytest -n "$jobs" --dist loadfile --junitxml="$reports/pytest.xml" </dev/null || status=1
took "make test"
python3 tools/count_tests.py build/release || status=1
exit "$status"
