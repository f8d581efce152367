"""The merge train: candidates that are ready land together, judged once as merged.

Whoever comes while the train is under way waits for the next one. A train is built on objects: each candidate is
merged onto the one before it. The last tree, which holds all of them, is judged by the checks of all; passed, the
head moves there. Failed, the train is split in halves that try one after the other (bisection), down to the
candidate that does not fit. A verdict is not asked for twice: a candidate whose base is still the head lands as it
is, and one that was judged as forwarded to what is still the head lands as that.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

import anyio

from orchestrator.domain.landing import Conflicting, Forwarded, Landed, Landing, Unfit
from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import Verdict, VerdictStatus
from orchestrator.ports import Check, ProjectCheck, Validator, Workspace

Judge: TypeAlias = Callable[[CommitId, Sequence[Check | ProjectCheck]], Awaitable[Verdict]]


def judge_of(workspace: Workspace, validator: Validator) -> Judge:
    """Judges commits by scripts, in checkouts of their own; it is asked for no other checks."""

    async def judge(commit: CommitId, checks: Sequence[Check | ProjectCheck]) -> Verdict:
        scripts = [check for check in checks if isinstance(check, Check)]
        assert len(scripts) == len(checks), "who lands on the word of the projects' own checks gives another judge"
        async with workspace.checkout(commit) as folder:
            return await validator.judge(folder, scripts)

    return judge


class Tracks(Protocol):
    """What the train runs on: the run's repository, as far as it concerns landing."""

    async def head(self) -> CommitId:
        """What has landed so far."""
        ...

    async def arrival(self, candidate: CommitId, *, base: CommitId) -> CommitId | None:
        """The commit that brought ``candidate``, made on ``base``, into the head; ``None`` where none has."""
        ...

    async def merged(self, onto: CommitId, candidate: CommitId, *, base: CommitId) -> CommitId | tuple[str, ...]:
        """``candidate``, made on ``base``, merged onto another one; where it cannot be, the paths of the conflicts."""
        ...

    async def patch(self, base: CommitId, candidate: CommitId) -> str:
        """What ``candidate`` changes."""
        ...

    async def move(self, commit: CommitId, *, expected: CommitId) -> bool:
        """Move the head, on disk when this returns; whether it was ``expected``."""
        ...


@dataclass(slots=True, eq=False)
class _Passenger:
    candidate: CommitId
    base: CommitId
    checks: Sequence[Check | ProjectCheck]
    judged: Forwarded | None
    landing: Landing | None = None
    failure: Exception | None = None
    is_off: bool = False

    @property
    def is_waiting(self) -> bool:
        return not (self.landing or self.failure or self.is_off)

    def known_on(self, head: CommitId) -> CommitId | None:
        """What it is on top of ``head``, where that has passed the checks."""
        if self.base == head:
            return self.candidate
        return self.judged.commit if self.judged and self.judged.head == head else None


_Coupled: TypeAlias = Sequence[tuple[_Passenger, CommitId]]
"""Passengers, each with the commit that holds it and all before it."""


class Train:
    """Implements :class:`orchestrator.ports.Merger`. Any number may be waiting; one train is under way at a time."""

    def __init__(self, tracks: Tracks, judge: Judge) -> None:
        self._tracks = tracks
        self._judge = judge
        self._waiting: list[_Passenger] = []
        self._under_way = anyio.Lock()
        self._arriving: Sequence[_Passenger] = ()
        self._arrived = anyio.Event()

    async def forward(self, candidate: CommitId, *, base: CommitId) -> Forwarded | None:
        """See the port."""
        head = await self._tracks.head()
        if head == base or await self._tracks.arrival(candidate, base=base):
            return None
        merged = await self._tracks.merged(head, candidate, base=base)
        return None if isinstance(merged, tuple) else Forwarded(head, merged)

    async def land(
        self,
        candidate: CommitId,
        *,
        base: CommitId,
        checks: Sequence[Check | ProjectCheck],
        judged: Forwarded | None = None,
    ) -> Landing:
        """See the port.

        The first to come drives, for all aboard; where it is cancelled, the next one drives those who are left. What
        goes wrong with the repository or the judge is raised for everybody aboard who has not landed.
        """
        passenger = _Passenger(candidate, base, checks, judged)
        self._waiting.append(passenger)
        try:
            async with self._under_way:
                if passenger.is_waiting:
                    await self._leave()
        except (Exception, anyio.get_cancelled_exc_class()):  # who has landed has, whatever becomes of the others
            await self._get_off(passenger)
            if passenger.landing is None:
                raise
        if passenger.landing is None:
            assert passenger.failure is not None, "everybody aboard is told"
            raise passenger.failure
        return passenger.landing

    async def _get_off(self, passenger: _Passenger) -> None:
        """Once the head is on its way it is too late."""
        while passenger in self._arriving:
            with anyio.CancelScope(shield=True):
                await self._arrived.wait()
        passenger.is_off = True
        if passenger in self._waiting:
            self._waiting.remove(passenger)

    async def _leave(self) -> None:
        aboard, self._waiting = self._waiting, []
        try:
            await self._ride(aboard)
        except Exception as error:
            for passenger in aboard:
                passenger.failure = error
            raise
        finally:
            self._waiting = [passenger for passenger in aboard if passenger.is_waiting] + self._waiting

    async def _ride(self, aboard: Sequence[_Passenger]) -> None:
        head = await self._tracks.head()
        coupled = await self._couple(aboard, head)
        if not coupled:
            return
        last = coupled[-1][1]
        if last == coupled[0][0].known_on(head):  # alone, and there is a verdict on this very tree
            await self._arrive(coupled, head, verdict=None)
            return
        verdict = await self._judge(last, _all_checks(coupled, head))
        if verdict.status == VerdictStatus.PASSED:
            await self._arrive(coupled, head, verdict=verdict)
        elif len(coupled) == 1:
            coupled[0][0].landing = Unfit(verdict)
        else:
            passengers = [passenger for passenger, _ in coupled]
            middle = len(passengers) // 2
            await self._ride(passengers[:middle])
            await self._ride(passengers[middle:])

    async def _couple(self, aboard: Sequence[_Passenger], head: CommitId) -> _Coupled:
        """Each candidate merged onto the one before it; who conflicts, or has landed before, gets off."""
        coupled: list[tuple[_Passenger, CommitId]] = []
        tip = head
        for one in aboard:
            if not one.is_waiting:
                continue
            if one.base != head and (arrival := await self._tracks.arrival(one.candidate, base=one.base)):
                one.landing = Landed(arrival)
                continue
            merged = one.known_on(tip) or await self._tracks.merged(tip, one.candidate, base=one.base)
            if isinstance(merged, tuple):
                one.landing = Conflicting(merged, await self._tracks.patch(one.base, one.candidate))
            else:
                coupled.append((one, merged))
                tip = merged
        return coupled

    async def _arrive(self, coupled: _Coupled, head: CommitId, *, verdict: Verdict | None) -> None:
        aboard = [passenger for passenger, _ in coupled]
        if not (all(one.is_waiting for one in aboard) and await self._moved(coupled, head, verdict=verdict)):
            await self._ride(aboard)  # somebody else moved the head, or somebody got off: couple anew

    async def _moved(self, coupled: _Coupled, head: CommitId, *, verdict: Verdict | None) -> bool:
        """Whether the head moved, and all aboard with it; nobody gets off meanwhile."""
        self._arriving, self._arrived = [passenger for passenger, _ in coupled], anyio.Event()
        try:
            with anyio.CancelScope(shield=True):
                has_moved = await self._tracks.move(coupled[-1][1], expected=head)
            if has_moved:
                for passenger, commit in coupled:
                    passenger.landing = Landed(commit, verdict)
        finally:
            self._arriving = ()
            self._arrived.set()
        return has_moved


def _all_checks(coupled: _Coupled, head: CommitId) -> list[Check | ProjectCheck]:
    """The checks of all, each once, in order of boarding."""
    return list(dict.fromkeys(_beside(head, check) for passenger, _ in coupled for check in passenger.checks))


def _beside(head: CommitId, check: Check | ProjectCheck) -> Check | ProjectCheck:
    """``check``; stages that are to pass are compared with ``head``: what it brought is no doing of those aboard."""
    return replace(check, base=head) if isinstance(check, ProjectCheck) and check.stages else check
