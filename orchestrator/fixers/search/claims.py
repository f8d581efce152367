"""Which patch is shown, and what may be said of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any

from orchestrator.domain.suggestion import applied
from orchestrator.fixers.search.language import Language
from orchestrator.fixers.search.order import Candidate
from orchestrator.fixers.search.protocol import Observation
from orchestrator.fixers.search.python import PYTHON
from orchestrator.fixers.search.target import Behaviours, Claim, Example, Patch, SearchResult
from orchestrator.fixers.search.worker.progress import MOST_COMPARED

__all__ = ["ENOUGH_TESTS", "FEW_INPUTS", "judge", "patch"]

ENOUGH_TESTS = 4
"""With fewer tests on the changed line a patch is weak."""
FEW_INPUTS = 20
"""On fewer generated inputs that reach what was changed a comparison says little."""
ENOUGH_TELLING = 2
"""Where the change shows on fewer inputs that differ in what they are about, several patches that pass may agree for
want of another one."""
_KINDS = {
    "number": re.compile(r"\(?-?[\d.]+\)?"),
    "text": re.compile(r"'[^']*'|\"[^\"]*\""),
    "truth": re.compile(r"(?i)true|false"),
    "nothing": re.compile(r"None|null|undefined"),
}
_FEW = 4
"""Characters: what differs by fewer is small alike."""
_SLOWER = 5.0
_SELDOM = 5.0
"""An operator of less weight is seldom right: one failing test that passes afterwards is too little for it."""


def patch(candidate: Candidate, number: int, *, texts: Mapping[str, str], seen: Observation) -> Patch:
    """The patch that the ``number``-th candidate, counted from 0, is."""
    tests = sum(candidate.line in test.lines for test in (*seen.failing, *seen.passing))
    return Patch(
        edits=candidate.edits,
        texts=applied(texts, candidate.edits),
        was=tuple(texts[edit.file][edit.start : edit.end] for edit in candidate.edits),
        operator=candidate.operator,
        rank=number + 1,
        line=candidate.line[1],
        tests=tests,
    )


def judge(
    result: SearchResult,
    made: Sequence[Patch],
    *,
    numbers: Sequence[int],
    groups: Mapping[str, Any],
    patches: Mapping[int, Mapping[str, Any]],
    language: Language = PYTHON,
) -> SearchResult:
    """Choose among the patches ``made``, whose candidates have the ``numbers``.

    Args:
        result: the rest of it.
        made: all that pass, in the order in which they were found.
        numbers: of their candidates.
        groups: the worker's comparison; empty where there was none.
        patches: candidate -> what the worker says of it.
        language: of the program.
    """
    place = {number: index for index, number in enumerate(numbers)}
    slow = {number for number in numbers if _is_slow(patches.get(number, {}))}
    kept = [number for number in numbers if number not in slow] or list(numbers)
    shown = [
        replace(one, example=_example(patches.get(number, {}).get("example")))
        for number, one in zip(numbers, made, strict=True)
    ]
    rows = [[number for number in group if number in kept] for group in groups.get("groups", [])]
    rows = [row for row in rows if row]
    first = next((row for row in rows if kept[0] in row), [kept[0]])
    chosen = shown[place[min(first, key=lambda number: (_size(made[place[number]], language), number))]]
    behaviours = Behaviours(
        groups=tuple(tuple(place[number] for number in row) for row in rows),
        inputs=int(groups.get("inputs", 0)),
        differ=_example(groups.get("differ"), place) if len(rows) > 1 else None,
    )
    compared = sum(map(len, groups.get("groups", [])))
    is_whole = compared >= min(len(numbers), MOST_COMPARED)
    is_likely = is_whole and _is_likely(language.weight(chosen.operator), failing=result.failing)
    telling = patches.get(numbers[shown.index(chosen)], {}).get("telling", ENOUGH_TELLING)
    is_likely = is_likely and (len(shown) == 1 or telling >= ENOUGH_TELLING)
    claim = _claim(chosen, behaviours, is_likely=is_likely)
    return replace(result, plausible=tuple(shown), behaviours=behaviours, chosen=chosen, claim=claim)


def _is_likely(weight: float | None, *, failing: int) -> bool:
    """Whether a change of this kind is no accident: of two edits there are more than any tests can tell apart."""
    return weight is not None and (failing > 1 or weight >= _SELDOM)


def _claim(chosen: Patch, behaviours: Behaviours, *, is_likely: bool) -> Claim:
    if len(behaviours.groups) > 1:
        return Claim.AMBIGUOUS
    if chosen.tests < ENOUGH_TESTS or not is_likely or behaviours.inputs < FEW_INPUTS:
        return Claim.WEAK
    return Claim.CONSISTENT


def _is_slow(row: Mapping[str, Any]) -> bool:
    return bool(row) and row["steps"] > _SLOWER * max(row["before"], 1)


def _example(row: Mapping[str, Any] | None, place: Mapping[int, int] | None = None) -> Example | None:
    if not row:
        return None
    outputs = row["outputs"]
    if place is not None:
        outputs = {str(place[int(key)]): text for key, text in outputs.items()}
    return Example(input=row["input"], outputs=outputs)


def _size(one: Patch, language: Language) -> tuple[int, bool, int, bool, int, int]:
    """Smaller is shown rather: nothing that computes nothing, no inserted line, few edits, few characters.

    A constant of another kind, ``1`` for ``False``, may do the same and is not what anybody meant.
    """
    text = " ".join(edit.text for edit in one.edits)
    pairs = [(was, edit.text) for was, edit in zip(one.was, one.edits, strict=True)]
    changed = sum(_differing(was, new) for was, new in pairs) // _FEW
    written = sum(len(was) + len(new) for was, new in pairs)
    is_odd = any(_is_odd(was, new) for was, new in pairs)
    return sum(map(language.idle, one.texts.values())), "\n" in text, len(one.edits), is_odd, changed, written


def _differing(was: str, text: str) -> int:
    """Characters that come and go: taking the brackets off is little, however much stands in them."""
    steps = SequenceMatcher(None, was, text, autojunk=False).get_opcodes()
    return sum(end - start + new_end - new for kind, start, end, new, new_end in steps if kind != "equal")


def _is_odd(was: str, text: str) -> bool:
    kinds = {kind for kind, pattern in _KINDS.items() for one in (was, text) if pattern.fullmatch(one)}
    return len(kinds) > 1
