"""The seams: what the engine asks of the outside, and nothing of how it is done.

Each port has a real adapter and a test double that pass the same contract tests (``tests/contract``).
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

from orchestrator.domain.assessment import Scope
from orchestrator.domain.command import Command, CommandResult
from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.events import Event
from orchestrator.domain.finding import Finding
from orchestrator.domain.fixing import Fixed, FixOrder
from orchestrator.domain.ids import NodeId
from orchestrator.domain.intent import Guarded, IntentOrder
from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.domain.judgement import Comparison, Target
from orchestrator.domain.landing import Forwarded, Landing
from orchestrator.domain.model import Prompt, Reply
from orchestrator.domain.suggestion import Suggestion
from orchestrator.domain.survey import Survey
from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import Verdict

LineSink: TypeAlias = Callable[[str, str], None]
"""Called with ``("stdout" | "stderr", line)`` for each line as it comes; must not block."""


class Clock(Protocol):
    """Time as two readings."""

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back; what deadlines and waits are counted on."""
        ...

    def wall(self) -> float:
        """Seconds since the epoch; what a person reads in a report."""
        ...


class CommandRunner(Protocol):
    """Runs commands so that nothing of them outlives their end, a cancellation, or the engine's own death."""

    @property
    def isolation(self) -> str:
        """How commands are isolated, in a word: ``bubblewrap``, ``unshare``, ``process-group`` or ``sandbox``."""
        ...

    async def run(self, command: Command, on_line: LineSink | None = None) -> CommandResult:
        """Run ``command`` to its end.

        Cancellation sends SIGTERM, waits up to 5 s, then kills all that is left; the cancellation
        is re-raised only when no process of the command exists any more.

        Raises:
            FileNotFoundError: the program or the working directory does not exist.
            PermissionError: it may not be executed or entered.
            OSError: the system refuses for another reason (too long an argument list, too many processes).
            InputError: it cannot be given to a process at all (a NUL byte, no program, a relative directory).
            IsolationError: the isolation that was promised cannot be had.
        """
        ...


class Reporter(Protocol):
    """Is told what happens, in order. Must return quickly and must not raise."""

    def on_event(self, event: Event) -> None:
        """Take note of one event."""
        ...


class Person(Protocol):
    """Answers the question of a gate, where somebody is there to answer."""

    async def ask(self, node: str, question: str) -> bool | None:
        """``True`` approves, ``False`` rejects, ``None`` means nobody can be asked now: the node is blocked."""
        ...


class ModelClient(Protocol):
    """Asks models. Wrappers (budget, cache, breaker) implement the same port."""

    async def complete(self, prompt: Prompt) -> Reply:
        """The answer to ``prompt``, asked once: whoever wants another try asks again.

        Raises:
            ModelError: there is none; its ``kind`` says whether another try may help.
        """
        ...


class Router(Protocol):
    """Chooses which models may be asked, cheapest first."""

    def ladder(self, start: str, top: str) -> tuple[str, ...]:
        """Names of the models from tier ``start`` up to tier ``top``, rung by rung; ``()`` where none is configured."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EditPermit:
    """What an edit may touch: globs; ``deny`` wins. An empty ``allow`` allows every path."""

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


class Workspace(Protocol):
    """The run's own repository. The user's files and branches stay as they are until :meth:`publish`."""

    async def origin(self) -> CommitId:
        """What the run began from."""
        ...

    async def head(self) -> CommitId:
        """What has landed so far; the base where nothing has."""
        ...

    async def texts(self, commit: CommitId, paths: Sequence[str]) -> Mapping[str, str]:
        """The files of ``commit`` at ``paths`` as text; what is no file is left out."""
        ...

    async def edit(
        self, base: CommitId, reply: str, *, targets: Sequence[str], permit: EditPermit, message: str
    ) -> CommitId:
        """A candidate: the edits that ``reply`` holds, applied to ``base``, all or nothing, committed with ``message``.

        Raises:
            EditError: the reply is refused whole; the text is fit for feedback to its author.
        """
        ...

    async def write(self, base: CommitId, changes: Mapping[str, str], *, message: str) -> CommitId:
        """A candidate: ``base`` with each file of ``changes`` holding its new text, committed with ``message``.

        Raises:
            EditError: a path leaves the tree, or is none of a file.
        """
        ...

    async def keep(self, node: NodeId, attempt: int, *, commit: CommitId) -> None:
        """Keep a candidate reachable, on disk when this returns. The same one may be kept again.

        Raises:
            RefMovedError: another one is kept for that attempt.
        """
        ...

    async def kept(self, node: NodeId, attempt: int) -> CommitId | None:
        """What an engine, perhaps one that has died since, kept for that attempt; ``None`` where none did."""
        ...

    def checkout(self, commit: CommitId) -> AbstractAsyncContextManager[str]:
        """The files of ``commit`` in a folder of their own, which is removed on leaving."""
        ...

    async def publish(self) -> tuple[str, CommitId]:
        """Put what has landed into the user's repository; the branch's name and the commit. May be called again."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that has to hold: a script whose exit code decides.

    ``timeout`` in seconds; 0 means none.
    """

    name: str
    script: str
    shell: str = "bash"
    timeout: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectCheck:
    """That the projects' own checks find ``targets`` gone, and nothing worse than at ``base``.

    ``below`` is a folder below the repository's root whose projects alone are looked at; ``""`` for all. ``permits``
    are guarded files that may change. With ``stages`` these are to pass, see :class:`Examiner`; then ``targets``,
    ``below`` and ``permits`` say nothing, and a :class:`Merger` compares with the head that it merges onto.
    """

    base: CommitId
    targets: tuple[Target, ...] = ()
    below: str = ""
    permits: frozenset[Guarded] = frozenset()
    stages: frozenset[str] = frozenset()


class Validator(Protocol):
    """Says whether a tree is good."""

    async def judge(self, folder: str, checks: Sequence[Check]) -> Verdict:
        """The verdict on the files in ``folder``: checks in order, the first that fails ends it.

        No checks at all are ``empty``: nothing was looked at.
        """
        ...


class Judged(NamedTuple):
    """A candidate beside its base, and whether it may land: ``passed``, or why not."""

    judgement: Comparison
    verdict: Verdict


class Jury(Protocol):
    """Judges commits of a run by the checks of their own projects."""

    async def survey(self, commit: CommitId, scope: Scope) -> Survey:
        """What is wrong with ``commit``, as far as ``scope`` goes. Of one tree it is found out once.

        Raises:
            OSError: the disk is full, for example.
            IsolationError: the isolation that was promised cannot be had.
        """
        ...

    async def judge(
        self,
        base: CommitId,
        candidate: CommitId,
        *,
        targets: Sequence[Target],
        below: str = "",
        permits: frozenset[Guarded] = frozenset(),
    ) -> Judged:
        """What becomes of ``candidate``: ``targets`` are to be gone, and nothing may be worse than at ``base``.

        ``below`` is a folder below the repository's root whose projects alone are looked at; ``""`` for all. A guarded
        file that changed speaks against it, unless ``permits`` names its sort.

        It may land although later stages cannot speak yet because of what was wrong before; whether all is well, only
        a survey of the whole tells.

        Raises:
            OSError, IsolationError: as :meth:`survey`.
        """
        ...


class Examiner(Protocol):
    """Says whether commits of a run pass stages of their projects' own checks."""

    async def examine(self, base: CommitId, candidate: CommitId, *, stages: frozenset[str]) -> Verdict:
        """``passed`` where nothing fails in ``stages`` of ``candidate``, whatever failed at ``base``.

        And nothing that held at ``base`` may be lost, no guarded file changed, and no check bent. ``tool_error`` where
        a tool failed, or nothing was found that could be run, there as here: then nobody's edit is to blame. The
        findings say what fails, what is worse than at ``base`` first.

        Raises:
            OSError, IsolationError: as of a :class:`Jury`.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewOrder:
    """A candidate that somebody is to look at: what it was to do, what it was made on, what the checks say of it."""

    task: str
    base: CommitId
    candidate: CommitId
    verdict: Verdict


class Critic(Protocol):
    """A model's opinion of candidates that the checks have passed. It can hold one back, never wave one through."""

    async def review(self, order: ReviewOrder, models: ModelClient) -> Verdict:
        """The order's verdict after a review, for which ``models`` are asked. What a model does raises nothing.

        Raises:
            GitError: the candidate cannot be read.
        """
        ...


class Diagnostician(Protocol):
    """A model's opinion of why candidates fail. It decides nothing."""

    async def diagnose(self, order: ReviewOrder, models: ModelClient) -> Finding:
        """A note for the next attempt and for people, for which ``models`` are asked. What a model does raises nothing.

        Where no diagnosis can be had the note says why.

        Raises:
            GitError: the candidate cannot be read.
        """
        ...


class Fixer(Protocol):
    """Repairs without a model."""

    async def fix(self, order: FixOrder) -> Fixed:
        """What tools, rules and search can do for ``order``; nothing is written anywhere.

        Raises:
            OSError, IsolationError: as of a :class:`Jury`.
        """
        ...


class Doer(Protocol):
    """Does jobs that need no model."""

    async def perform(self, order: IntentOrder) -> Fixed:
        """What ``order`` comes to; nothing is written anywhere.

        Without changes: ``held`` says what waits for a person's word, ``why`` says why it could not be done (a tool is
        missing, for example), and with neither there is nothing to change.

        Raises:
            OSError, IsolationError: as of a :class:`Jury`.
        """
        ...


class Merger(Protocol):
    """Brings candidates onto the run's head, whatever has landed since they were made."""

    async def forward(self, candidate: CommitId, *, base: CommitId) -> Forwarded | None:
        """``candidate``, made on ``base``, as it would land now, to be judged in its place.

        ``None`` where that is the candidate itself, or where it has landed already or cannot be merged.
        """
        ...

    async def land(
        self,
        candidate: CommitId,
        *,
        base: CommitId,
        checks: Sequence[Check | ProjectCheck],
        judged: Forwarded | None = None,
    ) -> Landing:
        """Land ``candidate``, which was made on ``base`` and passed ``checks``: itself, or as ``judged``.

        Any number may be asked for at once. One that is part of the head already has landed and is not merged again.
        On disk when this returns. Cancelled, either nothing of the candidate lands, or this returns as if nobody had.
        """
        ...


class FixSource(Protocol):
    """Proposes changes without a model."""

    @property
    def name(self) -> str:
        """In a word, for reports."""
        ...

    async def suggest(self, diagnosis: Diagnosis) -> Sequence[Suggestion]:
        """What it would change, in any order; ``()`` where it knows nothing. Proposals are not tried here."""
        ...


class ResultCache(Protocol):
    """Remembers results of commands by what they depend on, from run to run."""

    async def digest(self, folder: str, globs: Sequence[str]) -> str:
        """A digest of the files below ``folder`` that ``globs`` name; equal means unchanged.

        Raises:
            OSError: one of them cannot be read.
        """
        ...

    async def get(self, key: str) -> JsonObject | None:
        """What was put under ``key``, a SHA-256 in hexadecimal; ``None`` where nothing was."""
        ...

    async def put(self, key: str, result: JsonObject) -> None:
        """Keep ``result`` under ``key``, in place of what may be there."""
        ...


class Recorded(NamedTuple):
    """An event and its place in the journal, counted from 1 without gaps."""

    seq: int
    event: Event


class Journal(Protocol):
    """Remembers the events of one run, in the order in which they were appended.

    Used from the event loop's thread only. Events are values: nobody changes what was appended.
    """

    def append(self, event: Event) -> None:
        """Remember ``event``; returns at once, before it is on disk. A :class:`NodeOutput` is passed over.

        Raises:
            JournalError: something appended earlier could not be written. Nothing is written any more:
                the caller ends the run. Raised again by every later call.
        """
        ...

    async def durable(self) -> None:
        """Return when everything appended so far would survive a loss of power.

        Raises:
            JournalError: as :meth:`append`.
        """
        ...

    def read(self, after: int = 0) -> Sequence[Recorded]:
        """What is committed with a ``seq`` greater than ``after``, in order; what was just appended may be missing.

        Raises:
            JournalError: it cannot be read.
        """
        ...
