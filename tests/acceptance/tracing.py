"""Kills an engine at a system call of its choice, one place after another."""

import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import anyio
import pytest

from orchestrator import app
from orchestrator.domain.events import RunStarted
from orchestrator.domain.ids import RunId
from orchestrator.journal.layout import JOURNAL, store_of
from orchestrator.journal.writer import create_writer
from tests.acceptance.conftest import command
from tests.acceptance.killing import (
    FEW_NODES,
    FOR_EVER,
    WORKERS,
    Before,
    Patient,
    adopting_orphans,
    spawned,
    undisturbed,
)

STRACE = shutil.which("strace")
WRITES = "pwrite64,fdatasync,ftruncate,unlink"
"""How SQLite changes files and makes sure of it."""
MAKES = f"{WRITES},fsync,rename,mkdir"
"""And how a store comes to be."""
RUN = RunId("20250102-030405-1a2b3c4d")

Place: TypeAlias = tuple[str, int]
"""A system call, and which one of these within its thread, from 1."""

Setting: TypeAlias = Callable[[Path], tuple[Patient, Sequence[str]]]
"""Makes a run in a new folder, and says which calls of its engine strace shall see."""

needs_strace = pytest.mark.skipif(STRACE is None, reason="there is no strace")


async def begin(folder: Path) -> None:
    """Leave the journal of a run that has just begun: then its path is known beforehand."""
    plan = app.load_plan(folder / "rung.yaml")
    header = {"workflow": plan.name, "source": "rung.yaml", "cwd": str(folder)}
    async with create_writer(store_of(folder / "state", RUN), RUN, header=header) as journal:
        journal.append(RunStarted(1.0, RUN, plan, {}, WORKERS, "none"))


def traced(patient: Patient, *options: str) -> bool:
    """Let one engine work under strace; whether it came to the end.

    Not with ``--seccomp-bpf``, although it is faster: strace 6.1 then injects no signal.
    """
    assert STRACE
    before = Before.of(patient)
    done = subprocess.run(
        [STRACE, "-f", "-o", str(trace_of(patient)), *options, *command(*patient.arguments)],
        cwd=patient.folder,
        env=patient.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
        timeout=FOR_EVER,
    )
    return patient.examine(before, code=done.returncode, said=done.stderr.decode())


def trace_of(patient: Patient) -> Path:
    return patient.folder.with_suffix(".trace")


def places(patient: Patient) -> Sequence[Place]:
    """All calls that the last trace saw."""
    counts: dict[tuple[str, str], int] = {}
    for thread, call in re.findall(r"^(\d+) +(\w+)\(", trace_of(patient).read_text(), re.MULTILINE):
        counts[call, thread] = counts.get((call, thread), 0) + 1
    most = {call: max(number for (one, _), number in counts.items() if one == call) for call, _ in counts}
    return [(call, when) for call, number in most.items() for when in range(1, number + 1)]


def fresh(folder: Path) -> tuple[Patient, Sequence[str]]:
    """A run that does not exist yet, and the options by which everything is seen that its engine writes."""
    return Patient(folder, FEW_NODES, spawned), ("-e", f"trace={MAKES}")


def begun(folder: Path) -> tuple[Patient, Sequence[str]]:
    """A run that has just begun, and the options by which only the writes to its journal are seen."""
    patient = Patient(folder, FEW_NODES, spawned)
    anyio.run(begin, folder)
    database = store_of(folder / "state", RUN) / JOURNAL
    return patient, ("-P", str(database), "-P", f"{database}-wal", "-e", f"trace={WRITES}")


def kill_at_every_write(folder: Path, setting: Setting, *, stride: int) -> list[Place]:
    """Kill an engine at every ``stride``-th write that the run needs, each time in a new run; where that was."""
    with adopting_orphans():
        expected = undisturbed(folder / "undisturbed", FEW_NODES, start=spawned)
        counted, options = setting(folder / "counted")
        assert traced(counted, *options)
        killed = []
        for call, when in places(counted)[::stride]:
            patient, options = setting(folder / f"{call}-{when}")
            # An engine that had fewer groups to write than the one that was counted comes to the end.
            if not traced(patient, *options, "-e", f"inject={call}:signal=SIGKILL:when={when}"):
                killed.append((call, when))
                assert patient.live(FOR_EVER), "the next engine is left in peace"
            assert patient.ends() == expected, (call, when)
    return killed
