"""Repair without a model: what is asked for, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from orchestrator.domain.judgement import Target
from orchestrator.domain.tree import CommitId


class Claim(StrEnum):
    """What may be said of a change that passes all tests. None of them means that it is right."""

    CONSISTENT = "consistent"
    """All changes that pass behave alike on generated inputs, and at least four tests run the changed line."""
    AMBIGUOUS = "ambiguous"
    """Changes that pass behave differently: the tests do not say which behaviour is meant."""
    WEAK = "weak"
    """Fewer than four tests run the changed line, or nothing could be compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixOrder:
    """What is to be repaired.

    Attributes:
        base: the commit to begin from.
        targets: what has to be gone; nothing else counts as progress.
        below: a folder below the repository's root whose projects alone are looked at; ``""`` for all.
        accept: words with which a person allowed what is held otherwise: ``dependencies``, ``expectations``,
            ``plausible``.
        is_searching: whether small changes may be searched for where no tool has a proposal.
    """

    base: CommitId
    targets: tuple[Target, ...]
    below: str = ""
    accept: frozenset[str] = frozenset()
    is_searching: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FixStep:
    """One change that was kept.

    Attributes:
        source: the tool or rule that proposed it; ``search`` where it was found by trying.
        message: what it does, one line.
        claim: of a search: a word of :class:`Claim`; ``""`` else.
        operator: of a search: which kind of change.
        tests_run: of a search: how many tests run the changed line.
        distinguishing_input: of a search: an input on which the program behaved differently before, or on which
            patches that pass differ; ``""`` where none was found.
    """

    source: str
    message: str
    claim: str = ""
    operator: str = ""
    tests_run: int = 0
    distinguishing_input: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """What came of an order.

    Attributes:
        changes: file below the repository's root -> its whole new text; empty where nothing was found.
        steps: that made them, in order.
        repaired: the targets that are gone with them.
        held: what was found and waits for a person's word, or is refused: one line each, with the reason.
        tried: changes that were judged, those of searches included.
        why: where there are no changes, the reason in one line.
    """

    changes: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[FixStep, ...] = ()
    repaired: tuple[Target, ...] = ()
    held: tuple[str, ...] = ()
    tried: int = 0
    why: str = ""
