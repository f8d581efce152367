#!/bin/sh
# Runs the workflow of this folder, then shows the graph that it was.
set -eu
rung check rung.yaml
echo
rung run rung.yaml
echo
echo "What the packed program found (build/summary.txt):"
cat build/summary.txt
echo
echo "The graph, as GitHub and many editors draw it (rung graph rung.yaml --format mermaid):"
rung graph rung.yaml --format mermaid
echo
echo "Shown: commands ran as a graph, four at a time; one node became a node for each test module, another a"
echo "matrix, a third a loop that ended by its own measure; outputs went from node to node. See rung.yaml."
