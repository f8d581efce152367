#!/bin/sh
# Makes the hash-locked requirements from pyproject.toml, for every platform and Python that it admits.
# uv resolves them, in an environment that is thrown away: its own lock file would record registry addresses.
set -eu
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT INT TERM
python3=$PWD/.venv/bin/python
"$python3" -m venv "$scratch"
"$scratch/bin/pip" install --quiet --disable-pip-version-check uv

lock() { # lock FILE ARGUMENTS...
    output=$1
    shift
    "$scratch/bin/uv" pip compile pyproject.toml --quiet --system-certs ${UPGRADE:+--upgrade} --universal \
        --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --output-file "$output" "$@"
    echo "lock: $output, $(grep -c '==' "$output") packages"
}

lock requirements/runtime.txt
lock requirements/dev.txt --group dev --constraint requirements/runtime.txt
