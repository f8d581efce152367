"""Kills the engine of a run that edits: at calls of git, at writes, while a model or a check is at work, any time."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.domain.events import CallSent, Event, ReplySaved, RunEnded
from orchestrator.domain.status import RunStatus
from orchestrator.journal.layout import JOURNAL
from orchestrator.journal.lock import owner_of
from orchestrator.journal.reader import read
from tests.acceptance.conftest import command
from tests.acceptance.killing import FOR_EVER, Order, Start, survivors
from tests.acceptance.skeleton import MENDED, Project
from tests.unit.sandbox.processes import eventually

STRACE = shutil.which("strace")
MODES = ("before", "during", "after")
"""When a call of git sees its engine killed: before it begins, while it runs (it goes on alone), or after its end."""

_GIT = """\
#!/bin/sh
printf x >> '{count}'
read -r place mode 2>/dev/null < '{order}' || exec {git} "$@"
[ "$(($(wc -c < '{count}')))" -eq "$place" ] || exec {git} "$@"
rm '{order}'
case $mode in
  before) kill -KILL $PPID ;;
  during) kill -KILL $PPID; exec {git} "$@" ;;
  after) {git} "$@"; kill -KILL $PPID ;;
esac
"""


@dataclass
class Case:
    """One run from its first engine to its end, and what must hold after each kill.

    Attributes:
        folder: the case's own.
        start: starts engines.
        check: the script that judges the edits.
        kills: how many engines were killed.
        promised: how many calls may have been bought twice: those whose engine died before it had saved the reply.
    """

    folder: Path
    start: Start
    check: str = "grep -q 'a + b' calc.py"
    kills: int = 0
    promised: int = 0
    project: Project = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.project = Project.make(self.folder, check=self.check)
        self._belongings, self._base = self.project.belongings(), self.project.repository.head
        self._bystanders = set(survivors())
        tools = self.folder / "tools"
        tools.mkdir()
        git = shutil.which("git")
        assert git
        self._count, self._order = self.folder / "count", self.folder / "order"
        (tools / "git").write_text(_GIT.format(count=self._count, order=self._order, git=git))
        (tools / "git").chmod(0o755)
        path = f"{tools}{os.pathsep}{os.environ['PATH']}"
        self.environment = {**self.project.environment, "PATH": path, "TMPDIR": str(self.folder)}

    @property
    def store(self) -> Path | None:
        """The folder of the run; ``None`` while no engine has got so far as to begin one."""
        stores = sorted((self.project.folder / ".git" / "rung" / "runs").glob("*"))
        begun = [store for store in stores if (store / JOURNAL).exists() and read(store)]
        assert len(begun) <= 1
        return begun[0] if begun else None

    @property
    def arguments(self) -> Sequence[str]:
        """What begins the run, or goes on with it."""
        rest = ["resume", self.store.name] if self.store else ["run", "fix.yaml"]
        return [*rest, "--quiet"]

    def events(self) -> Sequence[Event]:
        """What is committed."""
        return [one.event for one in read(self.store)] if self.store else []

    @property
    def calls_of_git(self) -> int:
        """How many the newest engine made."""
        return self._count.stat().st_size if self._count.exists() else 0

    def live(self, seconds: float = FOR_EVER) -> bool:
        """Let one engine work for so long, then kill it; whether it came to the end before."""
        self._count.unlink(missing_ok=True)
        code, said = self.start(Order(self.arguments, self.project.folder, self.environment, seconds))
        return self.examine(code, said)

    def live_until_git(self, place: int, mode: str) -> bool:
        """Kill an engine at its ``place``-th call of git, from 1."""
        self._order.write_text(f"{place} {mode}\n")
        ended = self.live()
        self._order.unlink(missing_ok=True)
        return ended

    def live_until_write(self, path: Path, call: str, when: int) -> bool:
        """Kill an engine at its ``when``-th ``call`` on the file ``path`` within a thread, just before it."""
        assert STRACE
        options = ("-f", "-o", os.devnull, "-P", str(path), "-e", f"trace={call}")
        inject = ("-e", f"inject={call}:signal=SIGKILL:when={when}")
        ended = subprocess.run(
            [STRACE, *options, *inject, *command(*self.arguments)],
            cwd=self.project.folder,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
            timeout=FOR_EVER,
        )
        return self.examine(ended.returncode, ended.stderr.decode())

    def live_until(self, has_come: Callable[[], bool]) -> bool:
        """Kill an engine as soon as ``has_come`` holds, which it must."""
        with subprocess.Popen(
            command(*self.arguments),
            cwd=self.project.folder,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as process:
            try:
                came = eventually(has_come, within=FOR_EVER)
            finally:
                process.kill()
            _, said = process.communicate()
        assert came
        return self.examine(process.returncode, said.decode())

    def examine(self, code: int, said: str) -> bool:
        """Check what must hold when an engine is gone; whether it came to the end."""
        assert code in (0, -signal.SIGKILL), said
        assert eventually(lambda: set(survivors()) <= self._bystanders), "something outlived the engine"
        assert self.store is None or owner_of(self.store) is None
        assert self.project.belongings() == self._belongings
        assert list(self.folder.glob("rung-*")) == [], "what it leaves is in the run's own folder"
        if code == 0:
            return True
        self.kills += 1
        calls = [event for event in self.events() if isinstance(event, CallSent | ReplySaved)]
        self.promised += bool(calls) and isinstance(calls[-1], CallSent)
        return False

    def end(self) -> None:
        """Let an engine work in peace, and check the end that the run comes to."""
        assert self.live()
        last = self.events()[-1]
        assert isinstance(last, RunEnded)
        assert last.status is RunStatus.SUCCEEDED
        assert self.store
        self._check_result(self.store.name)
        billed = self.project.billed()
        assert min(billed.values()) == 1 or self.promised, billed
        assert sum(billed.values()) - len(billed) <= self.promised, billed

    def _check_result(self, run: str) -> None:
        refs, repository = dict(self.project.refs()), self.project.repository
        branch = f"refs/heads/rung/{run}"
        assert {name for name in refs if not name.startswith("refs/rung/")} == {"refs/heads/main", branch}
        assert repository.git("rev-parse", f"{branch}^") == refs["refs/heads/main"] == self._base
        assert repository.git("diff", "--name-only", self._base, branch) == "calc.py"
        assert repository.blob(branch, "calc.py") == MENDED.encode()
        repository.git("fsck", "--connectivity-only", "--no-dangling")
        assert self.project.stale_locks() == []
