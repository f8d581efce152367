"""Which pairs of edits are tried."""

from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.search.order import Candidate
from orchestrator.fixers.search.pairs import pairs


def candidate(start: int, end: int, function: int = 0) -> Candidate:
    return Candidate(1.0, ((function, (Edit("a.py", start, end, "x"),)),), "op", ("a.py", start))


CANDIDATES = [candidate(0, 1), candidate(10, 11), candidate(10, 12), candidate(50, 51, function=1)]


def test_without_a_promising_edit_there_is_no_pair() -> None:
    assert pairs(CANDIDATES, {}, most=10) == []


def test_pairs_of_two_promising_edits_come_first() -> None:
    found = pairs(CANDIDATES, {0: 1, 3: 2}, most=10)
    assert {edit.start for edit in found[0].edits} == {0, 50}
    assert len(found) == 5


def test_edits_that_touch_are_no_pair() -> None:
    found = pairs(CANDIDATES[1:3], {0: 1, 1: 1}, most=10)
    assert found == []


def test_edits_of_two_functions_stay_apart() -> None:
    (found,) = pairs([CANDIDATES[0], CANDIDATES[3]], {0: 1}, most=10)
    assert [number for number, _ in found.parts] == [0, 1]
    assert found.operator == "op+op"
