#!/bin/sh
# Runs the workflow of this folder.
set -eu
echo "=== word-count: a workflow (examples/word-count/rung.yaml) ==="
echo
rung run rung.yaml
echo
echo "What the packed program found (build/summary.txt):"
cat build/summary.txt
echo
echo "Shown: commands ran as a graph, four at a time; one node became a node for each test module, another a"
echo "matrix, a third a loop that ended by its own measure; outputs went from node to node."
