"""A project with a bug, two scripted models, and a workflow that lets them mend it."""

import fcntl
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from orchestrator.domain.sandbox import SandboxPolicy
from orchestrator.errors import SandboxUnavailableError
from orchestrator.sandbox import SandboxRunner
from orchestrator.testing.repo import TempRepo

BROKEN = "def add(a, b):\n    return a - b\n"
MENDED = "def add(a, b):\n    return a + b\n"
FILES = {
    "calc.py": BROKEN,
    "test_calc.py": "from calc import add\n\nassert add(2, 3) == 5, add(2, 3)\n",
    "notes.txt": "one\n",
    ".gitignore": "stderr\n",
}
TESTS = "python3 -B test_calc.py"
WORKFLOW = """\
version: 1
name: fix
nodes:
  mend:
    prompt: add(a, b) has to return the sum.
    files: [calc.py]
    tier: { start: local, max: premium }
    validate:
      - name: tests
        run: {check}
"""
MODEL = """\
[[models]]
name = "{name}"
tier = "{tier}"
provider = "scripted"
script = "{name}.json"

"""
OFF = '[sandbox]\nmode = "off"\n\n'
TIERS = {"small": "local", "large": "premium"}
USD_MICROS = {"small": 12, "large": 900}


@cache
def no_sandbox() -> str:
    """Why no sandbox can be had on this machine; ``""`` where one can."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            str(SandboxRunner(SandboxPolicy(tree=folder, mount="/srv/project")).record)
        except SandboxUnavailableError as error:
            return error.why
    return ""


def edit(operator: str) -> str:
    """A model's reply."""
    block = f"<<<<<<< SEARCH\n    return a - b\n=======\n    return a {operator} b\n>>>>>>> REPLACE"
    return f"I would change this:\n\ncalc.py\n{block}\n\nThat is all.\n"


@dataclass(frozen=True)
class Project:
    """Somebody's repository, with work of theirs that is not committed, and their own configuration.

    Attributes:
        repository: whose folder the run is started in.
        home: where the models' scripts and their bills lie.
    """

    repository: TempRepo
    home: Path

    @classmethod
    def make(cls, folder: Path, *, check: str = TESTS, models: Sequence[str] = ("small", "large")) -> "Project":
        """A new one: the small model's edit is wrong, the large model's is right."""
        repository = TempRepo(folder / "project").commit({**FILES, "fix.yaml": WORKFLOW.replace("{check}", check)})
        repository.write({"notes.txt": "one\nstaged\n", "untracked.txt": "mine\n"}).git("add", "notes.txt")
        repository.write({"notes.txt": "one\nstaged\nand more\n"})
        home = folder / "config" / "rung"
        home.mkdir(parents=True)
        made = cls(repository, home)
        made.configure(models)
        for name, operator in (("small", "*"), ("large", "+")):
            usage = {"input": 100, "output": 20, "usd_micros": USD_MICROS[name]}
            (home / f"{name}.json").write_text(json.dumps({"replies": [{"text": edit(operator), "usage": usage}]}))
        return made

    def configure(self, models: Sequence[str]) -> None:
        """Let there be these models, and no others; where there is no sandbox the user has switched it off."""
        tables = "".join(MODEL.format(name=name, tier=TIERS[name]) for name in models)
        (self.home / "config.toml").write_text((OFF if no_sandbox() else "") + tables)

    @property
    def folder(self) -> Path:
        """The user's files."""
        return self.repository.folder

    @property
    def environment(self) -> Mapping[str, str]:
        """That of somebody who starts a run."""
        return {**os.environ, "XDG_CONFIG_HOME": str(self.home.parent)}

    def billed(self) -> dict[str, int]:
        """How often each model was asked, as whoever serves it counts."""
        bills = {name: self.home / f"{name}.json.calls" for name in USD_MICROS}
        return {name: bill.read_text().count("\n") if bill.exists() else 0 for name, bill in bills.items()}

    def belongings(self) -> Mapping[str, bytes]:
        """All that is the user's: files, index, HEAD and branches; what a run adds is left out."""
        files = [path for path in self.folder.rglob("*") if path.is_file() and ".git" not in path.parts]
        found = {str(path.relative_to(self.folder)): path.read_bytes() for path in files if path.name != "stderr"}
        git_dir = self.folder / ".git"
        return {**found, **{name: (git_dir / name).read_bytes() for name in ("index", "HEAD", "config")}}

    def refs(self) -> Mapping[str, str]:
        """Every reference and what it names."""
        lines = self.repository.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        return dict(line.split() for line in lines)

    def stale_locks(self) -> list[Path]:
        """Lock files that git would mind, and kernel locks of ours that somebody still holds."""
        found = sorted((self.folder / ".git").rglob("*.lock"))
        return [path for path in found if path.parent.name != "warm" or _is_held(path)]


def _is_held(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
