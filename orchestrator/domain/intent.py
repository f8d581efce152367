"""Jobs on code that need no model: what is asked for, and what each of them may touch."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum

from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.domain.tree import CommitId


class Guarded(StrEnum):
    """Files that nobody's edit may touch unasked, because they say how a project is judged or what it is made of."""

    TESTS = "tests"
    CI = "ci"
    LOCKS = "locks"
    DEPENDENCIES = "dependencies"
    """No file of its own: what a manifest says that the project needs."""
    EXPECTATIONS = "expectations"
    """What a test runner has recorded (snapshots): of all that belongs to the tests this alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds for one intent.

    Attributes:
        permits: guarded files that it may change.
        consent: the word with which a person lets its result land; ``""`` where nobody need be asked.
    """

    permits: frozenset[Guarded] = frozenset({Guarded.TESTS})
    consent: str = ""


RULES: Mapping[str, Rules] = {
    "format": Rules(),
    "sort-imports": Rules(),
    "rename": Rules(),
    "licence": Rules(),
    "lock": Rules(permits=frozenset({Guarded.LOCKS}), consent="dependencies"),
    "snapshots": Rules(consent="expectations"),
}
"""Name of an intent -> what holds for it."""

CONSENTED: Mapping[str, frozenset[Guarded]] = {
    "dependencies": frozenset({Guarded.LOCKS, Guarded.DEPENDENCIES}),
    "expectations": frozenset({Guarded.EXPECTATIONS}),
}
"""Word with which a person allows what is held otherwise -> what repairs may then change."""


def permitted(words: AbstractSet[str]) -> frozenset[Guarded]:
    """What a person's ``words`` let repairs change; nothing for words that are about no guarded file."""
    return frozenset(kind for word in words for kind in CONSENTED.get(word, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentOrder:
    """A job on one tree.

    Attributes:
        base: the commit to begin from.
        name: a key of :data:`RULES`.
        arguments: the intent's own keys; paths in them count from the repository's root.
        below: a folder below the repository's root whose files alone are looked at; ``""`` for all.
        accept: words with which a person allowed what is held otherwise: ``dependencies``, ``expectations``.
    """

    base: CommitId
    name: str
    arguments: JsonObject = field(default_factory=dict)
    below: str = ""
    accept: frozenset[str] = frozenset()

    @property
    def rules(self) -> Rules:
        """What holds for it."""
        return RULES[self.name]
