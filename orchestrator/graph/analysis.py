"""The graph as networkx sees it, for questions that a person or a tool asks; never on the way of a running node."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import networkx as nx


def digraph(needs: Mapping[str, Iterable[str]]) -> "nx.DiGraph[str]":
    """A directed graph with an edge from each need to the node that needs it; nodes in the mapping's order.

    Importing networkx costs about half a second of CPU, so it happens on the first call.
    """
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(needs)
    graph.add_edges_from((need, node) for node, wanted in needs.items() for need in wanted)
    return graph


def generations(needs: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The nodes by the length of the longest chain before them; nodes of one generation could all run at once.

    Raises:
        networkx.NetworkXUnfeasible: the graph has a cycle.
    """
    import networkx as nx

    return [list(nodes) for nodes in nx.topological_generations(digraph(needs))]
