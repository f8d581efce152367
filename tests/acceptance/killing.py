"""A real run that is killed again and again, and what must hold after each kill."""

import ctypes
import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeAlias

from orchestrator.domain.events import AttemptFailed, Event, NodeEnded, RunEnded
from orchestrator.domain.recovered import Recovered
from orchestrator.domain.status import RunStatus
from orchestrator.journal.layout import JOURNAL
from orchestrator.journal.lock import owner_of
from orchestrator.journal.reader import read
from orchestrator.journal.replay import fold
from tests.acceptance.conftest import command
from tests.unit.sandbox.processes import descendants, eventually

WORKERS = 4
NOTE = 'echo "$RUNG_NODE $RUNG_ATTEMPT" >> ledger'
"""A shell opens what it appends to with O_APPEND: lines of several commands do not mix."""

FORTY_NODES = f"""\
version: 1
name: forty
max-parallel: {WORKERS}
defaults: {{ shell: sh }}
nodes:
  first: {{ run: '{NOTE}; echo begun', outputs: {{ said: "${{{{ run.stdout }}}}" }} }}
  each:
    needs: first
    foreach: {json.dumps(list(range(20)))}
    run: '{NOTE}; echo "$RUNG_NODE"'
    outputs: {{ said: "${{{{ run.stdout }}}} ${{{{ item }}}}" }}
  repeat:
    needs: first
    until: loop.iteration >= 4
    max-iterations: 5
    nodes:
      edit: {{ run: '{NOTE}' }}
      check: {{ needs: edit, run: '{NOTE}; echo "$RUNG_NODE"', outputs: {{ said: "${{{{ run.stdout }}}}" }} }}
  flaky:
    needs: first
    foreach: [a, b, c, d]
    retry: {{ max-attempts: 2, backoff: 0 }}
    run: '{NOTE}; test "$RUNG_ATTEMPT" -ge 2'
  fails: {{ needs: first, continue-on-error: true, run: '{NOTE}; exit 3' }}
  spared: {{ needs: fails, if: needs.fails.result == 'succeeded', run: '{NOTE}' }}
  last: {{ needs: [each, repeat, flaky], run: '{NOTE}' }}
"""
FEW_NODES = f"""\
version: 1
name: few
defaults: {{ shell: sh }}
nodes:
  a: {{ run: '{NOTE}' }}
  b: {{ needs: a, retry: {{ max-attempts: 2, backoff: 0 }}, run: '{NOTE}; test "$RUNG_ATTEMPT" -ge 2' }}
  c: {{ needs: a, foreach: [0, 1], run: '{NOTE}' }}
"""

FOR_EVER = 60.0
"""Seconds after which an engine hangs."""

_PR_SET_CHILD_SUBREAPER = 36
_FORKER = Path(__file__).parents[1] / "cases" / "cli" / "forker.py"


class Order(NamedTuple):
    """``rung`` with these arguments, to be killed after so many seconds."""

    arguments: Sequence[str]
    cwd: Path
    env: Mapping[str, str]
    seconds: float


Start: TypeAlias = Callable[[Order], tuple[int, str]]
"""Carries out an order: the exit code, ``-SIGKILL`` where it was killed, and what was on standard error."""


def spawned(order: Order) -> tuple[int, str]:
    """As a process from its first instruction on."""
    with subprocess.Popen(
        command(*order.arguments), cwd=order.cwd, env=order.env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        try:
            _, said = process.communicate(timeout=order.seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait(), ""
    return process.returncode, said.decode()


@contextmanager
def forker() -> Iterator[Start]:
    """As a process that was forked when all was loaded: nearly all of its time is work."""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, str(_FORKER)], stdin=pipe, stdout=pipe, bufsize=0) as server:
        assert server.stdin
        assert server.stdout
        asked, told = server.stdin, server.stdout

        def forked(order: Order) -> tuple[int, str]:
            wish = {"arguments": order.arguments, "cwd": str(order.cwd), "env": dict(order.env)}
            asked.write(json.dumps(wish).encode() + b"\n")
            process = int(told.readline().split()[1])
            if not select.select([told], [], [], order.seconds)[0]:
                os.kill(process, signal.SIGKILL)
            code, errors = int(told.readline().split()[1]), order.cwd / "stderr"
            return code, errors.read_text() if errors.exists() else ""

        yield forked


@contextmanager
def adopting_orphans() -> Iterator[None]:
    """What an engine leaves behind when it is killed becomes a child of ours, so that nothing goes unseen."""
    libc = ctypes.CDLL(None)
    assert libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    try:
        yield
    finally:
        libc.prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def survivors() -> dict[int, str]:
    """What lives below this process; the dead are buried first."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    return descendants(os.getpid())


@dataclass
class Patient:
    """One run in a folder, from its first engine to its end.

    Attributes:
        folder: where its commands run; empty at first.
        kills: how many engines were killed while they worked on it.
        at_work: how many of these had begun the run, and not ended it.
    """

    folder: Path
    workflow: str
    start: Start
    kills: int = 0
    at_work: int = 0
    _bystanders: Mapping[int, str] = field(default_factory=survivors)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        (self.folder / "rung.yaml").write_text(self.workflow)

    @property
    def environment(self) -> Mapping[str, str]:
        """In which its engines run."""
        return {**os.environ, "RUNG_STATE_DIR": str(self.folder / "state")}

    @property
    def arguments(self) -> Sequence[str]:
        """What begins the run, or goes on with it."""
        rest = ["resume", self.store.name] if self.store else ["run", "rung.yaml"]
        return [*rest, "--quiet"]

    @property
    def store(self) -> Path | None:
        """The folder of the run; ``None`` while no engine has got so far as to begin one."""
        stores = sorted((self.folder / "state" / "runs").glob("*"))
        begun = [store for store in stores if (store / JOURNAL).exists() and read(store)]
        assert len(begun) <= 1
        return begun[0] if begun else None

    def events(self) -> list[Event]:
        """What is committed, every page and row of it checked."""
        return [one.event for one in read(self.store)] if self.store else []

    def recovered(self) -> Recovered | None:
        return fold(self.events())

    def ledger(self) -> list[tuple[str, int]]:
        """(node, attempt) of every command that has begun its work, in order."""
        path = self.folder / "ledger"
        lines = path.read_text().splitlines() if path.exists() else []
        return [(node, int(attempt)) for node, attempt in map(str.split, lines)]

    def live(self, seconds: float) -> bool:
        """Let one engine work for so long, then kill it. Returns whether it came to the end before."""
        before = Before.of(self)
        code, said = self.start(Order(self.arguments, self.folder, self.environment, seconds))
        return self.examine(before, code=code, said=said)

    def examine(self, before: "Before", *, code: int, said: str = "") -> bool:
        """Check all that must hold after an engine is gone; whether it came to the end."""
        assert code in (0, -signal.SIGKILL), said
        assert eventually(lambda: set(survivors()) <= set(self._bystanders)), "something outlived the engine"
        events, ledger = self.events(), self.ledger()
        assert self.store is None or owner_of(self.store) is None
        again = [node for node, _ in ledger[before.performed :] if node in before.ended]
        assert not again, "they had ended, and were run again"
        if code == 0:
            return True
        self.kills += 1
        self.at_work += bool(events) and not isinstance(events[-1], RunEnded)
        ended = {one.node for one in events if isinstance(one, NodeEnded)}
        failed = {(one.node, one.attempt) for one in events if isinstance(one, AttemptFailed)}
        lost = [one for one in ledger[before.performed :] if one[0] not in ended and one not in failed]
        assert len(lost) <= WORKERS, "more than was in flight has to be done again"
        return False

    def ends(self) -> dict[str, object]:
        """How every node ended; the run must have."""
        recovered = self.recovered()
        assert recovered
        assert recovered.ended
        assert recovered.ended.status == RunStatus.SUCCEEDED
        found = {str(name): record.end for name, record in recovered.nodes.items()}
        return {name: (end.status, end.reason, end.outputs, end.kind) for name, end in found.items() if end}


@dataclass(frozen=True)
class Before:
    """What had happened before an engine was started: what had ended, and how long the ledger was."""

    ended: frozenset[str]
    performed: int

    @classmethod
    def of(cls, patient: Patient) -> "Before":
        ended = frozenset(one.node for one in patient.events() if isinstance(one, NodeEnded))
        return cls(ended, len(patient.ledger()))


def undisturbed(folder: Path, workflow: str, *, start: Start) -> dict[str, object]:
    """How the workflow ends when nobody kills anything."""
    patient = Patient(folder, workflow, start)
    assert patient.live(FOR_EVER), "it came to its end"
    starts = [node for node, _ in patient.ledger()]
    assert len(starts) > len(set(starts)), "something was tried twice"
    return patient.ends()


def kill_at_random(folder: Path, *, start: Start, kills: int, seed: int) -> Sequence[Patient]:
    """Kill engines at uniformly random times, so many in all, and bring every run to its end."""
    chance = random.Random(seed)
    patients: list[Patient] = []
    with adopting_orphans():
        began = time.monotonic()
        expected = undisturbed(folder / "undisturbed", FORTY_NODES, start=start)
        seconds = time.monotonic() - began
        while left := kills - sum(one.kills for one in patients):
            began = time.monotonic()
            patient = Patient(folder / f"run-{len(patients)}", FORTY_NODES, start)
            patients.append(patient)
            while not patient.live(chance.uniform(0.0, seconds) if patient.kills < left else FOR_EVER):
                pass
            if not patient.kills:  # the machine is faster now than it was
                seconds = min(seconds, time.monotonic() - began)
            assert patient.ends() == expected
    return patients
