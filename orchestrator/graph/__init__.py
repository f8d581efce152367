"""The dependency graph as values: int-indexed lists for execution, networkx on demand for analysis."""

from orchestrator.graph.checks import find_cycle
from orchestrator.graph.paths import bottom_levels, longest_path, topological_order

__all__ = ["bottom_levels", "find_cycle", "longest_path", "topological_order"]
