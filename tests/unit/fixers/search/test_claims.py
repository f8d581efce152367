"""What may be said of a patch."""

import pytest

from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.search import Claim, Patch, SearchResult
from orchestrator.fixers.search.claims import judge

TEXT = "def f(a):\n    return a\n"


def made(place: int, *, operator: str = "comparison", tests: int = 4) -> Patch:
    edit = Edit("a.py", 21 + place, 22 + place, "b")
    return Patch(edits=(edit,), texts={"a.py": TEXT}, operator=operator, rank=place + 1, line=2, tests=tests)


def claim(
    patch: Patch, *, failing: int = 1, groups: tuple[tuple[int, ...], ...] = ((7,),), inputs: int = 100, others: int = 0
) -> Claim | None:
    patches = [patch, *(made(1 + number) for number in range(others))]
    rows = {"groups": [list(group) for group in groups], "inputs": inputs, "differ": None}
    numbers = list(range(7, 7 + len(patches)))
    return judge(SearchResult(failing=failing), patches, numbers=numbers, groups=rows, patches={}).claim


def test_a_likely_edit_that_many_tests_run_is_consistent() -> None:
    assert claim(made(0)) is Claim.CONSISTENT


@pytest.mark.parametrize("inputs", [0, 19])
def test_few_inputs_are_no_comparison(inputs: int) -> None:
    assert claim(made(0), inputs=inputs) is Claim.WEAK


def test_a_patch_that_was_left_out_of_the_comparison_may_differ() -> None:
    assert claim(made(0), others=1) is Claim.WEAK
    assert claim(made(0), others=1, groups=((7, 8),)) is Claim.CONSISTENT


def test_two_behaviours_are_ambiguous() -> None:
    assert claim(made(0), others=1, groups=((7,), (8,))) is Claim.AMBIGUOUS


def test_few_tests_on_the_line_are_weak_whatever_the_edit() -> None:
    assert claim(made(0, tests=3)) is Claim.WEAK


def test_two_edits_at_once_are_weak_however_many_tests_fail() -> None:
    assert claim(made(0, operator="operator+constant"), failing=9) is Claim.WEAK


def test_an_operator_that_is_seldom_right_needs_two_failing_tests() -> None:
    assert claim(made(0, operator="guard")) is Claim.WEAK
    assert claim(made(0, operator="guard"), failing=2) is Claim.CONSISTENT


@pytest.mark.parametrize(
    ("telling", "others", "said"), [(1, 1, Claim.WEAK), (2, 1, Claim.CONSISTENT), (1, 0, Claim.CONSISTENT)]
)
def test_patches_that_agree_where_the_change_shows_once_may_agree_by_chance(
    telling: int, others: int, said: Claim
) -> None:
    patches = [made(number) for number in range(1 + others)]
    numbers = list(range(len(patches)))
    rows = {"groups": [numbers], "inputs": 100, "differ": None}
    told = {number: {"steps": 1, "before": 1, "telling": telling} for number in numbers}
    assert judge(SearchResult(failing=1), patches, numbers=numbers, groups=rows, patches=told).claim is said
