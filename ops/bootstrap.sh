#!/bin/sh
# Makes .venv with everything that requirements.lock pins, by hash, and this project in place.
# Needs Python 3.11 or newer with venv or pip; uses uv if the machine has it, and fetches it (by hash too) if not.
set -eu
cd "$(dirname "$0")/.."

fail() {
    echo "$1" >&2
    exit 2
}

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if command -v "$candidate" >/dev/null 2>&1 && new_enough "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    fail "Jiesu needs Python 3.11 or newer: install the package python3 (3.11+), or name one: make PYTHON=/path/to/python3"
}

# The entry of uv in the lock, hashes and all, for pip.
uv_requirement() {
    awk '/^[a-zA-Z0-9]/ { wanted = /^uv==/ } wanted && !/^ *#/' requirements.lock >"$1"
}

python=$(find_python)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

if uv --version >/dev/null 2>&1; then
    uv=uv
elif .venv/bin/uv --version >/dev/null 2>&1; then
    uv=.venv/bin/uv
elif "$python" -m venv "$scratch/venv" >/dev/null 2>&1; then
    uv_requirement "$scratch/uv.txt"
    "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$scratch/uv.txt"
    uv="$scratch/venv/bin/uv"
elif "$python" -m pip --version >/dev/null 2>&1; then
    uv_requirement "$scratch/uv.txt"
    "$python" -m pip install --quiet --disable-pip-version-check --require-hashes \
        --target "$scratch/pip" -r "$scratch/uv.txt"
    uv="$scratch/pip/bin/uv"
else
    fail "$python has neither venv nor pip: install the package python3-venv (on Debian: apt-get install python3-venv)"
fi

export UV_PYTHON_DOWNLOADS=never
# Offices have certificate authorities and mirrors of their own: trust what the machine trusts.
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"
if ! new_enough .venv/bin/python; then
    "$uv" venv --quiet --clear --python "$python" .venv
fi
"$uv" pip install --quiet --python .venv/bin/python --require-hashes -r requirements.lock
# Building the package builds the console into api/console; one that was thrown away is built again.
if [ -e api/console/index.html ]; then again=""; else again="--reinstall-package jiesu"; fi
# shellcheck disable=SC2086
"$uv" pip install --quiet --python .venv/bin/python --no-deps $again -e .
