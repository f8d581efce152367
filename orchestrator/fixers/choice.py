"""Which suggestions are tried, in which order, and whether one helped: pure decisions of the driver."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise

from orchestrator.domain.suggestion import CONSENT, REFUSED, Applicability, Edit, Suggestion
from orchestrator.fixers.bench import Judgement
from orchestrator.fixers.trial import Decision, Refusal

_ORDER = {name: place for place, name in enumerate(Applicability)}


def refusal(suggestion: Suggestion, accept: AbstractSet[str]) -> Refusal | None:
    """Why ``suggestion`` is not tried; ``None`` where it is. ``accept`` holds words of :data:`CONSENT`."""
    kind = suggestion.applicability
    if kind in REFUSED:
        return Refusal(suggestion=suggestion, reason=REFUSED[kind])
    word = CONSENT.get(kind, "")
    if word and word not in accept:
        return Refusal(suggestion=suggestion, reason=f"held for a person; --accept {word} allows it")
    return None


def ordered(suggestions: Iterable[Suggestion]) -> list[Suggestion]:
    """By applicability, rank, source and place; of those with the same edits, the first."""
    rows = sorted(suggestions, key=lambda one: (_ORDER[one.applicability], one.rank, one.source, sorted(one.edits)))
    kept: dict[frozenset[Edit], Suggestion] = {}
    for row in rows:
        kept.setdefault(frozenset(row.edits), row)
    return list(kept.values())


def batch(suggestions: Sequence[Suggestion]) -> tuple[Suggestion, ...]:
    """The safe ones that can be applied at once: no two answer the same finding or touch the same characters."""
    taken: list[Suggestion] = []
    answered: set[str] = set()
    for one in suggestions:
        is_free = one.applicability is Applicability.SAFE and one.finding not in answered
        if is_free and not _meet([edit for other in (*taken, one) for edit in other.edits]):
            taken.append(one)
            answered |= {one.finding} - {""}
    return tuple(taken)


def _meet(edits: Iterable[Edit]) -> bool:
    rows = sorted(edits)
    return any(one.file == other.file and other.start <= one.end for one, other in pairwise(rows))


def decide(before: Judgement, after: Judgement, *, answers: AbstractSet[str], seen: AbstractSet[str]) -> Decision:
    """Whether a change helped.

    Args:
        before: the tree without it.
        after: the tree with it.
        answers: fingerprints of the findings that it was made for.
        seen: fingerprints found in any tree that was kept so far.

    Returns:
        ``KEPT`` where the progress is better and nothing new was found. ``AHEAD`` where it is better and something new
        was found; or where it is not better, but all that it was made for is gone, no stage was lost, and everything
        found now that was not there before says something else and has never been seen.
    """
    new = after.fingerprints - before.fingerprints
    if after.progress < before.progress:
        return Decision.AHEAD if new else Decision.KEPT
    is_gone = bool(answers) and not (answers & after.fingerprints)
    is_level = after.progress.stages_left <= before.progress.stages_left
    is_other = is_gone and not (_told(before, answers) & _told(after, new))
    return Decision.AHEAD if is_other and is_level and new and not (new & seen) else Decision.REJECTED


def _told(judgement: Judgement, fingerprints: AbstractSet[str]) -> set[tuple[str, str]]:
    """What those findings say, wherever: a fault that says the same on a changed line is still there."""
    return {(one.file, one.message) for one in judgement.diagnosis.findings if one.fingerprint in fingerprints}
