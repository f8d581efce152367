from itertools import pairwise

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.graph import bottom_levels, find_cycle, longest_path, topological_order
from orchestrator.graph.analysis import digraph, generations

EDGES = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30)


def test_a_cycle_is_named_as_a_path() -> None:
    assert find_cycle({"a": ["b"], "b": ["c"], "c": ["a"]}) == ("a", "b", "c", "a")
    assert find_cycle({"x": [], "a": ["x", "a"]}) == ("a", "a")
    assert find_cycle({"a": ["missing"], "b": ["a"]}) == ()
    assert find_cycle({}) == ()


def test_a_chain_deeper_than_the_recursion_limit_is_no_problem() -> None:
    chain = {str(i): [str(i - 1)] if i else [] for i in range(50_000)}
    assert find_cycle(dict(reversed(chain.items()))) == ()
    chain["0"] = ["49999"]
    assert len(find_cycle(chain)) == 50_001


@given(EDGES)
def test_a_cycle_is_found_exactly_where_networkx_finds_one(edges: list[tuple[int, int]]) -> None:
    needs = {str(i): [str(a) for a, b in edges if b == i] for i in range(12)}
    cycle = find_cycle(needs)
    assert bool(cycle) is not nx.is_directed_acyclic_graph(digraph(needs))
    assert all(later in needs[earlier] for earlier, later in pairwise(cycle))


@given(EDGES, st.lists(st.integers(0, 9), min_size=12, max_size=12))
def test_bottom_levels_are_the_heaviest_paths_that_networkx_finds(
    edges: list[tuple[int, int]], weights: list[int]
) -> None:
    successors = [sorted({b for a, b in edges if a == i < b}) for i in range(12)]
    levels = bottom_levels(successors, weights)
    order = topological_order(successors)
    assert sorted(order) == list(range(12))
    assert all(order.index(a) < order.index(b) for a in range(12) for b in successors[a])
    heaviest: dict[int, float] = {}
    graph: nx.DiGraph[int] = nx.DiGraph(dict(enumerate(successors)))
    for node in reversed(list(nx.topological_sort(graph))):
        heaviest[node] = weights[node] + max([heaviest[s] for s in successors[node]], default=0)
    assert levels == [heaviest[i] for i in range(12)]
    path = longest_path(successors, weights)
    assert sum(weights[i] for i in path) == max(levels)


def test_the_empty_graph_has_no_longest_path() -> None:
    assert longest_path([], []) == []
    assert bottom_levels([], []) == []


def test_nodes_on_a_cycle_are_left_out_of_the_order() -> None:
    assert topological_order([[1], [2], [1], []]) == [0, 3]


def test_generations_hold_what_could_run_at_once() -> None:
    assert generations({"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"]}) == [["a"], ["b", "c"], ["d"]]
