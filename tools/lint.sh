#!/usr/bin/env bash
# Checks the format and types of all sources and runs the static analysis. Changes nothing.
set -euo pipefail
. "$(dirname "$0")/common.sh"

tools/setup.sh lint
status=0
echo "== clang-format"
find sim models bindings tests \( -name '*.h' -o -name '*.cpp' \) -print0 | xargs -0 clang-format --dry-run -Werror || status=1
echo "== ruff"
.venv/bin/ruff check || status=1
.venv/bin/ruff format --check || status=1
echo "== mypy"
.venv/bin/mypy || status=1
echo "== clang-tidy"
# A folder of its own: the module needs .venv, which `make matrix` does without.
configure clang -B build/lint -DMAILRIFT_PYTHON=ON -DPython_EXECUTABLE="$PWD/.venv/bin/python"
run-clang-tidy -quiet -j "$jobs" -p build/lint "$PWD/(sim|models|bindings)/" >build/clang-tidy.log 2>&1 || status=1
grep -E 'warning:|error:' build/clang-tidy.log | sort -u || true
took "make lint"
if [[ $status -eq 0 ]]; then echo "lint: clean"; else echo "lint: findings above"; fi
exit "$status"
