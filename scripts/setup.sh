#!/bin/sh
# Finds a Python that can run Rung and lets it set the checkout up. PYTHON=... names one to try first.
set -eu
cd "$(dirname "$0")/.."
for python in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        exec "$python" scripts/setup.py "$@"
    fi
done
echo "setup: no Python 3.11 or newer found: install one, or name it with PYTHON=/path/to/python3" >&2
exit 1
