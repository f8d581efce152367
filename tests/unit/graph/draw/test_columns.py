"""Columns follow the needs, long edges get their own way, and untangling never adds a crossing."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.graph.draw.columns import MAX_DUMMIES, Columns, columns, ranks
from orchestrator.graph.draw.heights import heights


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    nodes = draw(st.integers(1, 14))
    pairs = [(source, target) for target in range(nodes) for source in range(target)]
    return nodes, draw(st.lists(st.sampled_from(pairs), unique=True, max_size=30)) if pairs else []


def crossings_by_definition(layout: Columns) -> int:
    count = 0
    for left, right in pairwise(layout.order):
        ends = [(left.index(one), right.index(other)) for one in left for other in layout.after[one]]
        count += sum(a < c and b > d for a, b in ends for c, d in ends)
    return count


def test_a_rank_is_the_longest_chain_of_needs() -> None:
    assert ranks(5, [(0, 1), (1, 2), (0, 2), (3, 2)]) == [0, 1, 2, 0, 0]
    assert ranks(0, []) == []


@given(graphs())
def test_every_node_stands_once_and_every_edge_passes_column_by_column(
    graph: tuple[int, list[tuple[int, int]]],
) -> None:
    nodes, edges = graph
    layout = columns(nodes, edges)
    place = {vertex: index for index, column in enumerate(layout.order) for vertex in column}
    assert sorted(place) == list(range(len(layout.before)))
    assert [place[node] for node in range(nodes)] == ranks(nodes, edges)
    for (source, target), route in zip(edges, layout.routes, strict=True):
        assert (route[0], route[-1]) == (source, target)
        assert [place[vertex] for vertex in route] == list(range(place[source], place[target] + 1))


@given(graphs())
def test_no_vertex_overlaps_another_and_the_order_is_kept(graph: tuple[int, list[tuple[int, int]]]) -> None:
    layout = columns(*graph)
    at = heights(layout, node=10, dummy=4)
    room = [10 if vertex < layout.nodes else 4 for vertex in range(len(at))]
    assert min(one - space / 2 for one, space in zip(at, room, strict=True)) == pytest.approx(0)
    for column in layout.order:
        for upper, lower in pairwise(column):
            assert at[lower] - at[upper] >= (room[upper] + room[lower]) / 2 - 1e-6


def test_a_tangle_that_can_be_undone_is_undone() -> None:
    twisted = [(index, 6 + (5 - index)) for index in range(6)]
    assert crossings_by_definition(columns(12, twisted)) == 0


@given(graphs())
def test_the_result_has_no_more_crossings_than_the_authors_order(graph: tuple[int, list[tuple[int, int]]]) -> None:
    layout = columns(*graph)
    authored = Columns(
        layout.nodes,
        tuple(tuple(sorted(column)) for column in layout.order),
        layout.routes,
        layout.before,
        layout.after,
    )
    assert crossings_by_definition(layout) <= crossings_by_definition(authored)


def test_a_chain_is_one_level_line() -> None:
    layout = columns(4, [(0, 1), (1, 2), (2, 3)])
    assert len({round(one, 6) for one in heights(layout, node=10, dummy=4)}) == 1


def test_where_dummies_would_be_too_many_edges_go_straight() -> None:
    chain = 400
    edges = [(index, index + 1) for index in range(chain - 1)]
    edges += [(0, index) for index in range(2, chain)]
    assert sum(target - source - 1 for source, target in edges) > MAX_DUMMIES
    layout = columns(chain, edges)
    assert len(layout.before) == chain
    assert all(len(route) == 2 for route in layout.routes)
