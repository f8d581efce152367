"""Rung: runs coding jobs as a dependency graph, each node with the cheapest worker that may do it."""
