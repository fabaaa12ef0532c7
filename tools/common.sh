# What the task scripts share: sourced by them, from the project's root, after `set -euo pipefail`.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/.."
started=$(date +%s)
jobs=$(nproc)

# took WHAT: says how long it took since this file was sourced.
took() {
    echo "$1 took $(($(date +%s) - started)) s, set-up included"
}

# configure PRESET [ARGUMENTS]: quiet unless it fails.
configure() {
    local preset=$1 log="build/configure-$1.log"
    shift
    mkdir -p build
    cmake --preset "$preset" "$@" >"$log" 2>&1 </dev/null || { cat "$log" >&2; return 1; }
}

# build PRESET [TARGET]
build() {
    cmake --build --preset "$1" -j "$jobs" ${2:+--target "$2"} </dev/null
}

# install_package TESTS: builds the module in build/release and installs the package into .venv, unless nothing changed since.
# TESTS (ON, OFF) says whether the C++ tests, which need GoogleTest, are built there too.
# Not editable: the tests see what a user gets.
install_package() {
    local tests=$1 stamp=.venv/stamp-project python="$PWD/.venv/bin/python" log=build/install.log
    configure release -DMAILRIFT_TESTS="$tests" -DMAILRIFT_PYTHON=ON -DPython_EXECUTABLE="$python"
    build release _core
    if [[ -f $stamp ]] && [[ $stamp -nt .venv/stamp-packages ]] &&
        [[ -z $(find bindings models sim scenarios cmake CMakeLists.txt pyproject.toml README.md LICENSE NOTICE \
            -name __pycache__ -prune -o -newer "$stamp" -print -quit) ]]; then
        return
    fi
    touch "$stamp.new"
    "$python" -m pip install --quiet --no-input --disable-pip-version-check --no-index --no-deps --no-build-isolation \
        --config-settings=build-dir=build/release --config-settings=cmake.define.MAILRIFT_TESTS="$tests" --config-settings=cmake.define.MAILRIFT_WERROR=ON . \
        >"$log" 2>&1 </dev/null || { cat "$log" >&2; return 1; }
    mv "$stamp.new" "$stamp"
}
