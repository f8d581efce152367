"""What may be said of a patch."""

from dataclasses import replace

import pytest

from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.search import Claim, Patch, SearchResult
from orchestrator.fixers.search.claims import judge
from orchestrator.fixers.search.languages import LANGUAGES

TEXT = "def f(a):\n    return a\n"


def made(place: int, *, operator: str = "comparison", tests: int = 4) -> Patch:
    edit = Edit("a.py", 21 + place, 22 + place, "b")
    return Patch(
        edits=(edit,), texts={"a.py": TEXT}, was=("a",), operator=operator, rank=place + 1, line=2, tests=tests
    )


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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("text", "count"),
    [("c + 0", 1), ("c * 1", 1), ("c + 2 - 1", 1), ("c * 9 / 5 + 32", 0), ("c - 1", 0), ("c * 2 + 1", 0)],
)
def test_only_what_computes_nothing_is_called_idle(language: str, text: str, count: int) -> None:
    assert LANGUAGES[language].idle(text) == count


@pytest.mark.parametrize(("was", "texts"), [("False", ("1", "True")), ("'a'", ("0", "'bc'")), ("x", ("1", "True"))])
def test_of_patches_that_do_the_same_the_one_is_shown_that_keeps_the_kind_of_a_constant(
    was: str, texts: tuple[str, str]
) -> None:
    start = len("def f(a):\n    return ")
    patches = [
        replace(made(0), edits=(Edit("a.py", start, start + len(was), text),), was=(was,), texts={"a.py": TEXT})
        for text in texts
    ]
    rows = {"groups": [[0, 1]], "inputs": 100, "differ": None}
    chosen = judge(SearchResult(failing=1), patches, numbers=[0, 1], groups=rows, patches={}).chosen
    assert chosen is not None
    assert chosen.edits[0].text == (texts[0] if was == "x" else texts[1])


def test_of_patches_that_do_the_same_the_one_is_shown_that_keeps_most_of_the_text() -> None:
    was = "not (isinstance(a, t) and isinstance(b, t))"
    texts = ("isinstance(b, t)", "isinstance(a, t) and isinstance(b, t)")
    patches = [
        replace(made(0), edits=(Edit("a.py", 0, len(was), text),), was=(was,), texts={"a.py": TEXT}) for text in texts
    ]
    rows = {"groups": [[0, 1]], "inputs": 100, "differ": None}
    chosen = judge(SearchResult(failing=1), patches, numbers=[0, 1], groups=rows, patches={}).chosen
    assert chosen is not None
    assert chosen.edits[0].text == texts[1]
