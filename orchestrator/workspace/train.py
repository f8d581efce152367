"""The merge train: candidates that are ready land together, judged once as merged.

Whoever comes while the train is under way waits for the next one. A train is built on objects: each candidate is
merged onto the one before it. The last tree, which holds all of them, is judged by the checks of all; passed, the
head moves there. Failed, the train is split in halves that try one after the other (bisection), down to the
candidate that does not fit. A candidate whose base is still the head lands as it is, on the verdict it has.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import anyio

from orchestrator.domain.landing import Conflicting, Landed, Landing, Unfit
from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import Verdict, VerdictStatus
from orchestrator.ports import Check

Judge: TypeAlias = Callable[[CommitId, Sequence[Check]], Awaitable[Verdict]]


class Tracks(Protocol):
    """What the train runs on: the run's repository, as far as it concerns landing."""

    async def head(self) -> CommitId:
        """What has landed so far."""
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


@dataclass(slots=True)
class _Passenger:
    candidate: CommitId
    base: CommitId
    checks: Sequence[Check]
    done: anyio.Event = field(default_factory=anyio.Event)
    landing: Landing | None = None
    failure: BaseException | None = None

    def leave(self, landing: Landing) -> None:
        self.landing = landing
        self.done.set()


class Train:
    """Lands candidates of one run. Any number may be waiting; one train is under way at a time."""

    def __init__(self, tracks: Tracks, judge: Judge) -> None:
        self._tracks = tracks
        self._judge = judge
        self._waiting: list[_Passenger] = []
        self._under_way = anyio.Lock()

    async def land(self, candidate: CommitId, *, base: CommitId, checks: Sequence[Check]) -> Landing:
        """Bring ``candidate``, which passed ``checks`` on top of ``base``, onto the run's head.

        A caller that is cancelled before its train leaves takes its candidate off; one under way is not stopped
        for it, as others are aboard. What goes wrong with the repository or the judge is raised for everybody aboard.
        """
        passenger = _Passenger(candidate, base, checks)
        self._waiting.append(passenger)
        try:
            async with self._under_way:
                if not passenger.done.is_set():
                    await self._leave()
        finally:
            if passenger in self._waiting:
                self._waiting.remove(passenger)
        if passenger.landing is None:
            assert passenger.failure is not None, "everybody aboard is told"
            raise passenger.failure
        return passenger.landing

    async def _leave(self) -> None:
        aboard, self._waiting = self._waiting, []
        with anyio.CancelScope(shield=True):
            try:
                await self._ride(aboard)
            except Exception as error:
                for passenger in aboard:
                    passenger.failure = error
                    passenger.done.set()
                raise

    async def _ride(self, aboard: Sequence[_Passenger]) -> None:
        head = await self._tracks.head()
        coupled = await self._couple(aboard, head)
        if not coupled:
            return
        last = coupled[-1][1]
        if last == coupled[0][0].candidate:  # alone, on a head that has not moved: its own verdict is about this tree
            await self._arrive(coupled, head, verdict=None)
            return
        verdict = await self._judge(last, _all_checks(coupled))
        if verdict.status == VerdictStatus.PASSED:
            await self._arrive(coupled, head, verdict=verdict)
        elif len(coupled) == 1:
            coupled[0][0].leave(Unfit(verdict))
        else:
            passengers = [passenger for passenger, _ in coupled]
            middle = len(passengers) // 2
            await self._ride(passengers[:middle])
            await self._ride(passengers[middle:])

    async def _couple(self, aboard: Sequence[_Passenger], head: CommitId) -> list[tuple[_Passenger, CommitId]]:
        """Each candidate merged onto the one before it; who conflicts gets off."""
        coupled: list[tuple[_Passenger, CommitId]] = []
        tip = head
        for one in aboard:
            merged = one.candidate if one.base == tip else await self._tracks.merged(tip, one.candidate, base=one.base)
            if isinstance(merged, tuple):
                one.leave(Conflicting(merged, await self._tracks.patch(one.base, one.candidate)))
            else:
                coupled.append((one, merged))
                tip = merged
        return coupled

    async def _arrive(
        self, coupled: Sequence[tuple[_Passenger, CommitId]], head: CommitId, *, verdict: Verdict | None
    ) -> None:
        if not await self._tracks.move(coupled[-1][1], expected=head):
            await self._ride([passenger for passenger, _ in coupled])  # somebody else moved it: try on the new one
            return
        for passenger, commit in coupled:
            passenger.leave(Landed(commit, verdict))


def _all_checks(coupled: Sequence[tuple[_Passenger, CommitId]]) -> list[Check]:
    """The checks of all, each once, in order of boarding."""
    return list(dict.fromkeys(check for passenger, _ in coupled for check in passenger.checks))
