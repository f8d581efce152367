#!/bin/sh
# Runs every line of benchmarks/suite.txt: a module of that folder and its arguments. Stops at the first that fails.
set -eu
cd "$(dirname "$0")/.."
while read -r module arguments; do
    case $module in "" | "#"*) continue ;; esac
    printf '\n== python -m benchmarks.%s %s\n' "$module" "$arguments"
    # shellcheck disable=SC2086  # the arguments of one line are words
    .venv/bin/python -m "benchmarks.$module" $arguments </dev/null
done <benchmarks/suite.txt
