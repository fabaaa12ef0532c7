#!/usr/bin/env bash
# Writes all sources in the project's format, which `make lint` checks.
set -euo pipefail
. "$(dirname "$0")/common.sh"

tools/setup.sh lint
find sim models bindings tests \( -name '*.h' -o -name '*.cpp' \) -print0 | xargs -0 clang-format -i
.venv/bin/ruff check --quiet --select I --fix
.venv/bin/ruff format
