"""What landing adds to a run: eight independent edits, four workers, beside the same run whose landing does nothing.

``python -m benchmarks.landing [--latency 8] [--shares 0.01,0.025,0.05] [--repeat 3]``: the model answers after
``latency`` seconds, give or take a quarter; a check takes the given share of that. Real git, real commands, real time.
Each node is edited, checked, and landed: merged with what has landed meanwhile and checked again as merged. Where
landing does nothing a candidate counts as landed when it has passed: nothing can be faster. CPU is that of the
engine and of all that it starts, for each landing.
"""

import argparse
import asyncio
import os
import random
import re
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import anyio

from benchmarks.overhead import NoRunner, WallClock
from orchestrator.domain.ids import RunId
from orchestrator.domain.landing import Forwarded, Landed, Landing
from orchestrator.domain.model import Prompt, Reply
from orchestrator.domain.status import RunStatus
from orchestrator.domain.tree import CommitId
from orchestrator.executor.engine import Engine, RunSetup
from orchestrator.models.tiers import Ladder
from orchestrator.ports import Check, Merger, ProjectCheck
from orchestrator.repair.attempt import Repair
from orchestrator.repair.checking import Checking
from orchestrator.sandbox import LocalRunner
from orchestrator.task import Services
from orchestrator.testing.examiner import ScriptedExaminer
from orchestrator.testing.repo import TempRepo
from orchestrator.validation.commands import CommandValidator
from orchestrator.workflow import loads
from orchestrator.workspace.adapter import RunWorkspace
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.train import Train, judge_of

NODES, WORKERS = 8, 4
RUN = RunId("benchmark")
NODE = """\
  n{number}:
    prompt: Edit {number}.
    files: [f{number}.txt]
    validate: [{{ name: tests, shell: sh, run: "grep -q . f{number}.txt && sleep {seconds:.3f}" }}]
"""


class Editor:
    """A model that answers with an edit after the same seconds in every run, for each node its own."""

    def __init__(self, latency: float) -> None:
        chance = random.Random(7)
        self._seconds = [latency * chance.uniform(0.75, 1.25) for _ in range(NODES)]

    async def complete(self, prompt: Prompt) -> Reply:
        found = re.match(r"Edit (\d+)\.", prompt.user)
        assert found
        await anyio.sleep(self._seconds[int(found[1])])
        return Reply(text=f"f{found[1]}.txt\n```\nnew\n```\n", model=prompt.model)


class NoLanding:
    """Says of every candidate that it has landed."""

    async def forward(self, candidate: CommitId, *, base: CommitId) -> Forwarded | None:
        assert candidate != base
        return None

    async def land(
        self,
        candidate: CommitId,
        *,
        base: CommitId,
        checks: Sequence[Check | ProjectCheck],
        judged: Forwarded | None = None,
    ) -> Landing:
        assert base
        assert checks
        assert judged is None
        return Landed(candidate)


@dataclass(frozen=True)
class Spent:
    """Seconds of a whole run: by the wall, and of CPU."""

    wall: float
    cpu: float


async def run_once(folder: Path, latency: float, *, share: float, lands: bool) -> Spent:
    """One run on a repository of its own."""
    project = TempRepo(folder).commit({f"f{number}.txt": "old\n" for number in range(NODES)})
    async with await RunRepository.create(project.folder, RUN) as repository:
        workspace = RunWorkspace(repository)
        validator = CommandValidator(LocalRunner(), {"PATH": os.environ["PATH"]})
        train = Train(workspace, judge_of(workspace, validator))
        merger: Merger = train if lands else NoLanding()
        repair = Repair(
            workspace=workspace,
            merger=merger,
            models=Editor(latency),
            router=Ladder({"local-fast": ["editor"]}),
            checking=Checking(workspace=workspace, validator=validator, examiner=ScriptedExaminer()),
            clock=WallClock(),
        )
        cpu, wall = cpu_seconds(), time.perf_counter()
        status = await Engine(setup_of(repair, latency * share)).run()
        spent = Spent(time.perf_counter() - wall, cpu_seconds() - cpu)
        assert status is RunStatus.SUCCEEDED, status
        head = await workspace.head()
        changed = TempRepo.at(repository.store.git_dir).git("diff", "--name-only", repository.facts.base, head)
        assert len(changed.splitlines()) == (NODES if lands else 0), changed
        return spent


def setup_of(repair: Repair, seconds: float) -> RunSetup:
    """Eight nodes whose checks take so long."""
    text = "nodes:\n" + "".join(NODE.format(number=number, seconds=seconds) for number in range(NODES))
    return RunSetup(
        run=RUN,
        plan=loads(text, source="benchmark", base=None),
        inputs={},
        workers=WORKERS,
        services=Services(runner=NoRunner(), workplace=lambda: nullcontext("/"), env={}, scratch="/"),
        clock=WallClock(),
        chance=lambda: 0.5,
        emit=lambda _event: None,
        handlers={"agent": repair.perform},
    )


def cpu_seconds() -> float:
    """Of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=8.0)
    parser.add_argument("--shares", default="0.01,0.025,0.05")
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    version = subprocess.run(("git", "--version"), capture_output=True, text=True, check=True).stdout.strip()
    print(
        f"landing, {NODES} edits, {WORKERS} workers, a model answers in {options.latency:g} s, {version}, "
        f"load {os.getloadavg()[0]:.1f}, median of {options.repeat} (min to max)"
    )
    print(f"{'checks':>7} {'no landing':>11} {'landing':>9} {'landing adds':>13} {'CPU of a landing':>24}")
    for share in (float(one) for one in options.shares.split(",")):
        print_row(options.latency, share, repeat=options.repeat)


def print_row(latency: float, share: float, *, repeat: int) -> None:
    """Both kinds of run in turn, so that drift hits them alike."""
    with tempfile.TemporaryDirectory() as name:
        pairs = [
            [
                asyncio.run(run_once(Path(name, f"{turn}-{lands}"), latency, share=share, lands=lands))
                for lands in (False, True)
            ]
            for turn in range(repeat)
        ]
    added = [(landing.wall / limit.wall - 1) * 100 for limit, landing in pairs]
    limits, landings = ([pair[number].wall for pair in pairs] for number in (0, 1))
    cpu = [(landing.cpu - limit.cpu) / NODES * 1000 for limit, landing in pairs]
    print(
        f"{share:7.1%} {statistics.median(limits):9.2f} s {statistics.median(landings):7.2f} s "
        f"{statistics.median(added):+11.1f} %  {statistics.median(cpu):6.0f} ms  "
        f"({min(added):+.1f} to {max(added):+.1f} %)",
        flush=True,
    )


if __name__ == "__main__":
    main()
