#!/usr/bin/env bash
# Builds and runs the C++ tests, golden fingerprints included, in every configuration but release.
set -euo pipefail
. "$(dirname "$0")/common.sh"

tools/setup.sh matrix
status=0
presets=(clang debug asan tsan)
for preset in "${presets[@]}"; do
    echo "== $preset"
    rm -rf "build/$preset/reports"
    configure "$preset"
    build "$preset"
    ctest --preset "$preset" -j "$jobs" </dev/null || status=1
done
took "make matrix"
python3 tools/count_tests.py "${presets[@]/#/build/}" || status=1
exit "$status"
