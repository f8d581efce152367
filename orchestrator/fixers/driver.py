"""The one mechanism: apply a suggestion, have it judged, keep it if the tree is better for it."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from orchestrator.domain.suggestion import Edit, Suggestion, applied
from orchestrator.errors import EditError
from orchestrator.fixers.bench import Bench, Judgement
from orchestrator.fixers.choice import batch, decide, ordered, refusal
from orchestrator.fixers.trial import Decision, Limits, Refusal, Repaired, Stop, Trial
from orchestrator.ports import FixSource

__all__ = ["repair"]

_ALTERNATIVES = 8
"""Trees that lead ahead after which a round looks for no better one."""


async def repair(
    bench: Bench,
    sources: Sequence[FixSource],
    *,
    limits: Limits | None = None,
    accept: AbstractSet[str] = frozenset(),
    on_trial: Callable[[Trial], None] | None = None,
) -> Repaired:
    """Repair the tree that ``bench`` holds as far as the suggestions of ``sources`` reach.

    The order is the same every time. It ends: no tree is judged twice, and ``limits`` bound the rest.

    Args:
        bench: judges trees; the base is judged first.
        sources: asked anew for each tree that is kept.
        limits: what it may use up.
        accept: words of :data:`orchestrator.domain.suggestion.CONSENT` that a person gave.
        on_trial: told of each trial as it is decided; must not block.
    """
    first = await bench.judge({})
    run = _Run(bench, sources, limits=limits or Limits(), accept=accept, first=first, on_trial=on_trial)
    stop = await run.to_the_end()
    return run.result(stop)


@dataclass(frozen=True, slots=True)
class _State:
    """A tree that was kept."""

    changes: Mapping[str, str]
    judgement: Judgement
    path: tuple[Suggestion, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Memory:
    """What must not be done again."""

    trees: set[str] = field(default_factory=set)
    findings: set[str] = field(default_factory=set)
    refused: dict[tuple[Edit, ...], Refusal] = field(default_factory=dict)
    trials: list[Trial] = field(default_factory=list)
    ahead: int = 0


class _Run:
    def __init__(
        self,
        bench: Bench,
        sources: Sequence[FixSource],
        *,
        limits: Limits,
        accept: AbstractSet[str],
        first: Judgement,
        on_trial: Callable[[Trial], None] | None,
    ) -> None:
        self.bench, self.sources, self.limits, self.accept = bench, sources, limits, accept
        self.on_trial = on_trial or (lambda _: None)
        self.base = self.now = self.sure = self.best = _State({}, first)
        self.memory = _Memory(trees={_digest({})}, findings=set(first.fingerprints))

    async def to_the_end(self) -> Stop:
        for _ in range(self.limits.rounds):
            if self.now.judgement.progress.is_done:
                return Stop.DONE
            if await self._round():
                continue
            if len(self.memory.trials) >= self.limits.trials:
                return Stop.TRIALS
            if self.now is self.sure:
                return Stop.EXHAUSTED
            self.now, self.memory.ahead = self.sure, 0  # what was stepped ahead to leads nowhere
        return Stop.DONE if self.now.judgement.progress.is_done else Stop.ROUNDS

    def result(self, stop: Stop) -> Repaired:
        return Repaired(
            changes=self.best.changes,
            applied=self.best.path,
            base=self.base.judgement.progress,
            progress=self.best.judgement.progress,
            trials=tuple(self.memory.trials),
            refused=tuple(self.memory.refused.values()),
            stop=stop,
        )

    async def _round(self) -> bool:
        """Whether one more tree was kept: one that is better, or else the first that leads ahead."""
        ahead: list[_State] = []
        for chosen in self._candidates(await self._suggestions()):
            if len(self.memory.trials) >= self.limits.trials or len(ahead) >= _ALTERNATIVES:
                break
            found = await self._tried(chosen)
            if found and found[1] is Decision.KEPT:
                self.sure, self.memory.ahead = found[0], 0
                return self._goes_on(found[0])
            ahead += [found[0]] if found else []
        if not ahead or self.memory.ahead >= self.limits.ahead:
            return False
        self.memory.ahead += 1
        return self._goes_on(ahead[0])

    async def _suggestions(self) -> list[Suggestion]:
        found: list[Suggestion] = []
        for source in self.sources:
            found += await source.suggest(self.now.judgement.diagnosis)
        allowed = []
        for one in ordered(found):
            if reason := refusal(one, self.accept):
                self.memory.refused.setdefault(one.edits, reason)
            else:
                allowed.append(one)
        return allowed

    def _candidates(self, suggestions: Sequence[Suggestion]) -> Iterator[tuple[Suggestion, ...]]:
        together = batch(suggestions)
        if len(together) > 1:
            yield together
        yield from ((one,) for one in suggestions)

    async def _tried(self, chosen: tuple[Suggestion, ...]) -> tuple[_State, Decision] | None:
        """The tree with ``chosen``, where it is no worse; ``None`` for one that is, or that cannot be made."""
        changes = self._changed(chosen)
        if changes is None:
            return None
        after = await self.bench.judge(changes)
        answers = frozenset(one.finding for one in chosen) - {""}
        decision = decide(self.now.judgement, after, answers=answers, seen=self.memory.findings)
        self._note(chosen, decision, after=after)
        state = _State(changes, after, (*self.now.path, *chosen))
        return None if decision is Decision.REJECTED else (state, decision)

    def _changed(self, chosen: Sequence[Suggestion]) -> Mapping[str, str] | None:
        """The changes with ``chosen``; ``None`` where they cannot be applied or give a tree that was judged already."""
        texts = self.now.judgement.diagnosis.texts
        try:
            new = applied(texts, [edit for one in chosen for edit in one.edits])
        except EditError:
            return None  # a tool that names a place outside of the file, or overlaps itself, proposes nothing
        changes = {**self.now.changes, **new}
        digest = _digest(changes)
        if not new or digest in self.memory.trees:
            return None
        self.memory.trees.add(digest)
        return changes

    def _note(self, chosen: tuple[Suggestion, ...], decision: Decision, *, after: Judgement) -> None:
        trial = Trial(
            number=len(self.memory.trials) + 1,
            suggestions=chosen,
            decision=decision,
            before=self.now.judgement.progress,
            after=after.progress,
        )
        self.memory.trials.append(trial)
        self.on_trial(trial)

    def _goes_on(self, state: _State) -> bool:
        self.now = state
        self.memory.findings |= state.judgement.fingerprints
        new, best = state.judgement.progress, self.best.judgement.progress
        if new < best and (new.new_findings <= best.new_findings or new.stages_left < best.stages_left):
            self.best = state  # one fault in exchange for another is no result, though a step on the way to one
        return True


def _digest(changes: Mapping[str, str]) -> str:
    parts = (f"{len(file)}:{file}{len(text)}:{text}" for file, text in sorted(changes.items()))
    return hashlib.sha256("".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
