"""What a search found, as a person reads it."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.search import Behaviours, Claim, Example, Patch, SearchResult
from orchestrator.fixers.telling import change, held, step

TEXT = (
    "def f(a, b):\n    return g(b, a) + a\n\n\n"
    "def h(rows):\n    return int(sum(row.amount for row in rows.values() if row.amount))\n"
)
TEXTS = {"a.py": TEXT}


def patch(*pairs: tuple[str, str], line: int = 2, tests: int = 5, example: Example | None = None) -> Patch:
    """Each pair is a text of the program and what comes in its place."""
    edits = tuple(Edit("a.py", (at := TEXT.index(old)), at + len(old), new) for old, new in pairs)
    was = tuple(old for old, _ in pairs)
    return Patch(edits=edits, texts=TEXTS, was=was, operator="some", rank=1, line=line, tests=tests, example=example)


def found(*patches: Patch, claim: Claim, differ: Mapping[str, str] | None = None) -> SearchResult:
    example = Example(input="f(<a.Thing object at 0x7f00aa11bb22>, 2)", outputs=differ) if differ else None
    behaviours = Behaviours(groups=tuple((number,) for number in range(len(patches))), inputs=40, differ=example)
    return SearchResult(chosen=patches[0], claim=claim, plausible=patches, behaviours=behaviours)


def told(one: Patch, *others: Patch, claim: Claim = Claim.AMBIGUOUS, differ: Mapping[str, str] | None = None) -> str:
    return held(one, found(one, *others, claim=claim, differ=differ), texts=TEXTS)


@pytest.mark.parametrize(
    ("pairs", "line", "text"),
    [
        ([("+", "-")], 2, "a.py:2: `+` -> `-` (some)"),
        ([("(b", "(a"), ("a)", "b)")], 2, "a.py:2: `(b, a)` -> `(a, b)` (some)"),
        ([("+", "-"), ("return int", "return len")], 2,
         "a.py:2: `+` -> `-` and in line 6 `return int` -> `return len` (some)"),
        ([("a) + a", "a)")], 2, "a.py:2: `a) + a` -> `a)` (some)"),
        ([(" + a", "")], 2, "a.py:2: take out `+ a` (some)"),
        ([("row.", "rows.")], 6, "a.py:6:20: `row.` -> `rows.` (some)"),
    ],
)  # fmt: skip
def test_all_that_is_exchanged_is_shown_at_its_place(pairs: list[tuple[str, str]], line: int, text: str) -> None:
    assert change(patch(*pairs, line=line), TEXTS) == text


def test_of_long_texts_that_begin_alike_the_end_is_shown() -> None:
    old = "int(sum(row.amount for row in rows.values() if row.amount))"
    one = patch((old, f"{old} - 1"), line=6)
    assert change(one, TEXTS) == "a.py:6: `...row.amount))` -> `...row.amount)) - 1` (some)"


def test_files_are_named_as_they_lie_in_the_repository() -> None:
    one = patch(("+", "-"))
    result = found(one, claim=Claim.WEAK)
    assert change(one, TEXTS, prefix="js/").startswith("js/a.py:2: ")
    assert step(one, result, texts=TEXTS, prefix="js/").message.startswith("js/a.py:2: ")
    assert held(one, result, texts=TEXTS, prefix="js/").startswith("search: js/a.py:2: ")


def test_what_tells_behaviours_apart_is_said_of_the_patch_and_of_another_one() -> None:
    outputs = {"0": "tuple(1, 2) list(3)", "1": "KeyError"}
    text = told(patch(("+", "-")), patch(("+", "*")), differ=outputs)
    end = "for f(<a.Thing object>, 2) it gives (1, 2), another one that passes gives KeyError"
    assert text.endswith(f"--accept plausible takes it; {end}")


def test_where_only_the_arguments_differ_they_are_shown() -> None:
    outputs = {"0": "None list(list(1))", "1": "None list(list(2))"}
    text = told(patch(("+", "-")), patch(("+", "*")), differ=outputs)
    assert (
        "it gives None, its arguments then [[1]], another one that passes gives None, its arguments then [[2]]" in text
    )


def test_what_does_not_end_is_called_so() -> None:
    text = told(patch(("+", "-")), patch(("+", "*")), differ={"0": "tuple() list(3)", "1": "limit of steps"})
    assert text.endswith("it gives (), another one that passes gives no end")


def test_results_that_only_an_address_tells_apart_are_not_shown() -> None:
    outputs = {"0": "<A at 0x7f00aa11bb22>", "1": "<A at 0x7f00aa11bb33>"}
    assert told(patch(("+", "-")), patch(("+", "*")), differ=outputs).endswith("takes it")


def test_the_reason_for_doubt_is_the_true_one() -> None:
    one, shown = patch(("+", "-")), Example(input="f(1, 2)", outputs={"old": "3", "new": "4"})
    assert "weak, no input that was tried shows what it changes;" in told(one, claim=Claim.WEAK)
    assert "weak, it may pass by chance;" in told(replace(one, example=shown), claim=Claim.WEAK)
    assert "weak, too few tests run that line (1);" in told(replace(one, tests=1), claim=Claim.WEAK)
    assert "ambiguous, 2 behaviours pass;" in told(one, patch(("+", "*")))
