import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.ids import NodeId
from orchestrator.domain.node import NodeSpec
from orchestrator.executor.overlap import may_overlap, taking_turns
from tests.unit.executor.playing import do, node, play


@pytest.mark.parametrize(
    ("first", "second", "meet"),
    [
        ("a.c", "a.c", True),
        ("a.c", "b.c", False),
        ("src/a.c", "src/*.c", True),
        ("src/a.h", "src/*.c", False),
        ("src/*.c", "lib/*.c", False),
        ("src/**", "src/deep/down/a.c", True),
        ("src/**", "lib/a.c", False),
        ("**/a.c", "src/a.c", True),
        ("**/a.c", "src/b.c", False),
        ("**", "anything", True),
        ("src/test_*", "src/*_test", True),
        ("src/x[ab]", "src/xa", True),
        ("src/x[ab].c", "src/y*.c", False),
        ("src", "src/a", False),
    ],
)
def test_globs_meet_where_one_path_could_match_both(first: str, second: str, meet: bool) -> None:
    assert may_overlap(first, second) is meet
    assert may_overlap(second, first) is meet


LEVELS = st.sampled_from(["a", "b", "ab", "*", "a*", "*b", "?", "[ab]"])
PATHS = st.lists(st.sampled_from(["a", "b", "ab"]), min_size=1, max_size=3)


@given(st.lists(LEVELS, min_size=1, max_size=3), st.lists(LEVELS, min_size=1, max_size=3), PATHS)
def test_a_path_that_matches_both_is_never_missed(first: list[str], second: list[str], path: list[str]) -> None:
    def matches(globs: list[str]) -> bool:
        return len(globs) == len(path) and all(map(fnmatch.fnmatchcase, path, globs))

    if matches(first) and matches(second):
        assert may_overlap("/".join(first), "/".join(second))


def writer(name: str, *writes: str) -> NodeSpec:
    return NodeSpec(id=NodeId(name), kind="do", writes=writes)


def test_nodes_that_may_write_the_same_file_are_in_one_group() -> None:
    specs = [writer("a", "src/a.c"), writer("b", "lib/**"), writer("c", "src/*.c"), writer("d"), writer("e", "src/b.c")]
    assert taking_turns(specs) == [[0, 2, 4]]


def test_writers_of_the_same_files_take_turns_and_others_run_beside_them() -> None:
    scripts = {name: do(10) for name in "abc"}
    ran = play(
        node("a", writes=("x/1",)), node("b", writes=("x/*",)), node("c", writes=("y",)), scripts=scripts, workers=4
    )
    assert ran.events[-1].at - ran.events[0].at == 20
    assert ran.ended["c"].at - ran.events[0].at == 10
