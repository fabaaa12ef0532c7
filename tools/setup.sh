#!/usr/bin/env bash
# Sets up for one make target: Debian packages, then Python packages in .venv. Repeating it does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

goal=${1:?usage: tools/setup.sh demo|test|matrix|lint|bench}
optional=""
case $goal in
    demo) debian="build" python="build run frames plot workbook" ;;
    bench) debian="build" optional="bench" python="build run frames plot workbook bench" ;;
    test) debian="build test" python="build run frames plot workbook test" ;;
    matrix) debian="build test matrix" python="" ;;
    lint) debian="build test lint" python="build run frames plot workbook test lint" ;;
    *) echo "tools/setup.sh: expected demo, test, matrix, lint or bench, got $goal" >&2; exit 2 ;;
esac

# pinned KIND GROUPS: the lines of versions.txt of one kind and any of the groups, as "name version".
pinned() {
    awk -v kind="$1" -v groups=" $2 " '$1 == kind && index(groups, " " $2 " ") { print $3, $4 }' versions.txt
}

installed() {
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# missing_of GROUPS: the names of Debian packages that are not installed.
missing_of() {
    pinned debian "$1" | while read -r name _; do
        installed "$name" || echo "$name"
    done | sort -u
}

# What is missing, by name. Python is asked itself: it need not be Debian's.
missing_packages() {
    missing_of "$debian"
    [[ -z $python ]] && return
    python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
    python3 -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))' || echo python3-dev
}

# apt_install PACKAGE...
apt_install() {
    echo "installing Debian packages: $*"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq </dev/null
    apt-get install -qq -y --no-install-recommends "$@" </dev/null >/dev/null
}

if ! command -v dpkg-query >/dev/null; then
    echo "no dpkg-query: expected Debian 12; taking the packages of versions.txt for installed" >&2
else
    missing=$(missing_packages | tr '\n' ' ')
    if [[ -n $missing ]]; then
        if [[ $(id -u) -ne 0 ]]; then
            echo "missing Debian packages: ${missing% }; run: apt-get install ${missing% }" >&2
            exit 1
        fi
        # shellcheck disable=SC2086  # one word a package
        apt_install $missing
    fi
    peers=$(missing_of "$optional" | tr '\n' ' ')
    if [[ -n $peers ]]; then
        # shellcheck disable=SC2086
        { [[ $(id -u) -eq 0 ]] && apt_install $peers; } || echo "going on without Debian packages: ${peers% }" >&2
    fi
fi

[[ -z $python ]] && exit 0
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "expected Python 3.11 or newer, got $(python3 -V)" >&2; exit 1; }

# The stamp holds what was installed, so that another interpreter or pin starts anew.
stamp=.venv/stamp-packages
wanted=$(python3 -c 'import sys; print(sys.version, sys.base_prefix)'; pinned python "$python needed")
[[ -f $stamp ]] && [[ $(cat "$stamp") == "$wanted" ]] && exit 0
if [[ ! -f $stamp ]] || [[ $(head -n 1 "$stamp") != "$(head -n 1 <<<"$wanted")" ]]; then
    rm -rf .venv
    python3 -m venv .venv
fi
# A smaller goal's packages are a part of what is there already.
if [[ -f $stamp ]] && [[ -z $(comm -13 <(sort "$stamp") <(sort <<<"$wanted")) ]]; then
    exit 0
fi
echo "installing Python packages into .venv"
pinned python "build run frames plot workbook bench test lint needed" | sed 's/ /==/' >.venv/constraints.txt
pinned python "$python" | sed 's/ /==/' >.venv/requirements.txt
.venv/bin/python -m pip install --quiet --no-input --disable-pip-version-check \
    -c .venv/constraints.txt -r .venv/requirements.txt </dev/null
echo "$wanted" >"$stamp"
