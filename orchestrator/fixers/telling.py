"""What a search found, in a line that a person can check against the file."""

import re
from collections.abc import Iterator, Mapping, Sequence

from orchestrator.domain.fixing import FixStep
from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.literals import parted, written
from orchestrator.fixers.search import Claim, Example, Patch, SearchResult
from orchestrator.fixers.search.claims import ENOUGH_TESTS, FEW_INPUTS

__all__ = ["PLAUSIBLE", "change", "held", "step"]

PLAUSIBLE = "plausible"
"""The word with which a person lets patches land of which more than one behaviour passes, or few tests tell."""
_ADDRESS = re.compile(r" at 0x[0-9a-f]{4,}")
_ENDLESS = {"limit of steps": "no end", "limit of time": "no end", "limit of memory": "no end of memory"}
_LONGEST, _KEPT = 60, 12
_MOST_OTHERS = 2


def step(chosen: Patch, result: SearchResult, *, texts: Mapping[str, str], prefix: str = "") -> FixStep:
    """The patch as a repair that was made.

    Args:
        chosen: the patch.
        result: of the search that found it.
        texts: before it.
        prefix: what the names of files lack below the repository's root.
    """
    return FixStep(
        source="search",
        message=change(chosen, texts, prefix=prefix),
        claim=str(result.claim),
        operator=chosen.operator,
        tests_run=chosen.tests,
        distinguishing_input=_turned(chosen.example),
    )


def held(chosen: Patch, result: SearchResult, *, texts: Mapping[str, str], prefix: str = "") -> str:
    """The patch as a proposal, with what speaks against it; arguments as of :func:`step`."""
    assert result.claim is not None, "asked for before"
    said = f"search: {change(chosen, texts, prefix=prefix)}: {result.claim}, {_doubt(chosen, result)}"
    return f"{said}; --accept {PLAUSIBLE} takes it{_differing(chosen, result)}"


def change(chosen: Patch, texts: Mapping[str, str], *, prefix: str = "") -> str:
    """File and line, all that is exchanged, and the kind of change.

    The column stands there too where the line holds the same text more than once.
    """
    edits = _joined(chosen.edits, texts)
    first = edits[0]
    place = f"{prefix}{first.file}:{chosen.line}{_column(first, texts[first.file], line=chosen.line)}"
    return f"{place}: {_and(edits, texts)} ({chosen.operator})"


def _joined(edits: Sequence[Edit], texts: Mapping[str, str]) -> list[Edit]:
    """Edits of one line as one."""
    found: list[Edit] = []
    for edit in sorted(edits, key=lambda one: (one.file, one.start)):
        last, text = (found[-1] if found else None), texts[edit.file]
        if last is not None and last.file == edit.file and "\n" not in text[last.start : edit.end]:
            between = text[last.end : edit.start]
            found[-1] = Edit(edit.file, last.start, edit.end, last.text + between + edit.text)
        else:
            found.append(edit)
    return found


def _column(edit: Edit, text: str, *, line: int) -> str:
    begins = text.rfind("\n", 0, edit.start) + 1
    old, own = text[edit.start : edit.end], text[begins:].partition("\n")[0]
    is_there = text.count("\n", 0, edit.start) + 1 == line
    return f":{edit.start - begins + 1}" if is_there and old.strip() and own.count(old) > 1 else ""


def _and(edits: Sequence[Edit], texts: Mapping[str, str]) -> str:
    def told() -> Iterator[str]:
        for edit in edits:
            text = texts[edit.file]
            where = f"in line {text.count(chr(10), 0, edit.start) + 1} " if edit is not edits[0] else ""
            yield where + _did(text[edit.start : edit.end], edit.text)

    return " and ".join(told())


def _did(old: str, new: str) -> str:
    old, new = (" ".join(text.split()) for text in (old, new))
    if old and new:
        old, new = _short(old, new)
        return f"`{old}` -> `{new}`"
    return f"take out `{old}`" if old else f"add `{new}`"


def _short(old: str, new: str) -> tuple[str, str]:
    """Both without most of what they begin with alike, where they are long."""
    alike = next((place for place, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), None)
    cut = (min(len(old), len(new)) if alike is None else alike) - _KEPT
    if max(len(old), len(new)) <= _LONGEST or cut <= 0:
        return old, new
    return f"...{old[cut:]}", f"...{new[cut:]}"


def _doubt(chosen: Patch, result: SearchResult) -> str:
    """Why it is not consistent, in words."""
    behaviours = result.behaviours
    if result.claim is Claim.AMBIGUOUS:
        return f"{len(behaviours.groups)} behaviours pass"
    if chosen.tests < ENOUGH_TESTS:
        return f"too few tests run that line ({chosen.tests})"
    if behaviours.inputs < FEW_INPUTS:
        return f"too few inputs to compare on reach it ({behaviours.inputs})"
    if chosen.example is None:
        return "no input that was tried shows what it changes"
    return "it may pass by chance"


def _turned(example: Example | None) -> str:
    """``f(1): 2 -> 3``: what the old program gives and what the new one does."""
    if example is None:
        return ""
    outputs = _results(example.outputs)
    return _spoken(f"{example.input}: {outputs['old']} -> {outputs['new']}", outputs)


def _differing(chosen: Patch, result: SearchResult) -> str:
    """What the patch gives where others that pass as well give something else."""
    differ, behaviours = result.behaviours.differ, result.behaviours
    if differ is None:
        return ""
    number = result.plausible.index(chosen)
    alike = next((group for group in behaviours.groups if number in group), (number,))
    outputs = _results(differ.outputs)
    own = next((what for who, what in outputs.items() if int(who) in alike), None)
    others = list(dict.fromkeys(what for what in outputs.values() if what != own))[:_MOST_OTHERS]
    if own is None or not others:
        return ""
    told = f"; for {differ.input} it gives {own}, another one that passes gives {' or '.join(others)}"
    return _spoken(told, outputs)


def _spoken(text: str, outputs: Mapping[str, str]) -> str:
    """A person can make nothing of results that are known by their address alone; an argument may be one."""
    return "" if any(map(_ADDRESS.search, outputs.values())) else _ADDRESS.sub("", text)


def _results(outputs: Mapping[str, str]) -> Mapping[str, str]:
    """Without what the arguments are afterwards, where the results tell enough."""
    parts = {who: parted(what) for who, what in outputs.items()}
    results = {who: _ENDLESS.get(what, written(what)) for who, (what, _) in parts.items()}
    if len(set(results.values())) > 1:
        return results
    return {who: f"{results[who]}, its arguments then {written(after)}" for who, (_, after) in parts.items()}
