"""A rule: what a tool or a template knows about a tree, and the tools that it has to ask first."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from orchestrator.domain.diagnosis import Diagnosis, ToolRun
from orchestrator.domain.suggestion import Suggestion
from orchestrator.fixers.bench import Bench, Probe

Propose: TypeAlias = Callable[[Diagnosis], Iterable[Suggestion]]
"""Pure: from what is known to what may help."""


def _nothing(_: Diagnosis) -> Sequence[Probe]:
    return ()


def _no_trouble(_: Sequence[ToolRun]) -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A row of the table of rules.

    Attributes:
        name: in a word. The ``source`` of a suggestion is the tool's name, or what a template sees as wrong.
        propose: sees the runs of the tree's judge and those of its own probes, the latter first.
        probes: tools that it needs to ask about this tree; ``()`` for none.
        troubles: what was wrong with the runs of its probes, a sentence each; for those that say so themselves.
    """

    name: str
    propose: Propose
    probes: Callable[[Diagnosis], Sequence[Probe]] = _nothing
    troubles: Callable[[Sequence[ToolRun]], Sequence[str]] = _no_trouble


@dataclass(slots=True)
class RuleSource:
    """A rule with a bench to run its probes on; a :class:`orchestrator.ports.FixSource`.

    Attributes:
        troubles: programs that it would have asked and that are missing or broken, a sentence each, each once.
    """

    rule: Rule
    bench: Bench
    troubles: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The rule's."""
        return self.rule.name

    async def suggest(self, diagnosis: Diagnosis) -> Sequence[Suggestion]:
        """Ask the probes, then propose; a program that is missing is noted and the rest goes on without it."""
        runs = []
        for probe in self.rule.probes(diagnosis):
            try:
                runs.append(replace(await self.bench.run(probe, diagnosis.changes), about=probe.about))
            except FileNotFoundError:
                self._note(f"{probe.argv[0]} is missing")
        for trouble in self.rule.troubles(runs):
            self._note(trouble)
        return tuple(self.rule.propose(replace(diagnosis, runs=(*runs, *diagnosis.runs))))

    def _note(self, trouble: str) -> None:
        if trouble not in self.troubles:
            self.troubles.append(trouble)
