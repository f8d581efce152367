"""git fails, is killed, leaves locks, finds its index damaged or the disk full, at any call of a run's life.

Whatever happens: the error is one of ours, the user's repository is as it was, no byte of a candidate is out of
reach, and once git works again the same run comes to the same end.
"""

import os
import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestrator.domain.ids import NodeId
from orchestrator.errors import RungError
from orchestrator.testing.repo import TempRepo
from orchestrator.workspace.git import Git
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.values import Merged
from tests.unit.workspace.observing import RUN, edit, files_below, state_of

pytestmark = pytest.mark.anyio

SCRIPT = Path(__file__).parents[2] / "cases" / "git" / "faulty.sh"
KINDS = ("fails", "killed-before", "killed-after", "leaves-lock", "damages-index", "full-disk")
ALWAYS_FELT = frozenset({"fails", "killed-before", "killed-after", "leaves-lock"})
NODE = NodeId("n")
BYTES = "the bytes of a candidate\n"
CALLS = 37
"""At least so many calls of git make a whole run; a fault is tried at each of them."""


@dataclass(frozen=True, slots=True)
class Faults:
    """A git on a ``PATH`` of its own that can be told to spoil one call."""

    folder: Path

    async def git(self) -> Git:
        real = shutil.which("git")
        assert real
        self.folder.mkdir()
        shutil.copy(SCRIPT, self.folder / "git")
        (self.folder / "real").symlink_to(real)
        self.spoil(0, "")
        return await Git.find({"PATH": f"{self.folder}{os.pathsep}{os.environ['PATH']}"})

    def spoil(self, call: int, kind: str) -> None:
        for name, text in (("count", "0"), ("at", str(call)), ("kind", kind)):
            (self.folder / name).write_text(text, encoding="ascii")

    @property
    def calls(self) -> int:
        return int((self.folder / "count").read_text(encoding="ascii"))


async def work(project: TempRepo, folder: Path, git: Git) -> None:
    """A run from its beginning to its result in the user's files; what an earlier try has done is not done again."""
    existing = project.git_dir / "rung" / "runs" / RUN / "repository" / "facts.json"
    begin = RunRepository.open if existing.exists() else RunRepository.create
    async with await begin(project.folder, RUN, git=git) as run:
        base = run.facts.tree
        candidate = await run.candidate(NODE, 1)
        if candidate is None:
            shutil.rmtree(folder, ignore_errors=True)
            out = await run.check_out(base, folder)
            (folder / "src" / "new.txt").write_text(BYTES, encoding="utf-8")
            (folder.parent / "written").touch()
            candidate = await run.commit(await out.collect(), [run.facts.base], message="candidate")
            await run.keep(NODE, candidate, attempt=1)
            await out.discard()
        other = await run.write_tree(base, [edit("a.txt", "two\n")])
        merged = await run.merge(base, ours=other, theirs=await run.tree_of(candidate))
        assert isinstance(merged, Merged)
        head = await run.head()
        if head == run.facts.base:
            landed = await run.commit(merged.tree, [run.facts.base], message="landed")
            await run.land(landed, expected=head)
            head = landed
        await run.results.publish(head)
        if not (await run.results.finish() or (project.folder / "src" / "new.txt").exists()):
            await run.results.apply_to_user_tree(base, merged.tree)


def is_in_reach(project: TempRepo, folder: Path) -> bool:
    """Whether the candidate's bytes are in its folder, or follow from a reference of the run."""
    if (folder / "src" / "new.txt").exists():
        return (folder / "src" / "new.txt").read_text(encoding="utf-8") == BYTES
    private = TempRepo.at(project.git_dir / "rung" / "runs" / RUN / "repository" / "git")
    blob = private.git("hash-object", "--stdin", stdin=BYTES.encode())
    return f"{blob} " in private.git("rev-list", "--all", "--objects")


async def spoiled(folder: Path, call: int, kind: str) -> None:
    """One run with one fault, and then the same without."""
    project = TempRepo(folder / "project").commit({"a.txt": "one\n", "src/b.txt": "b\n" * 30})
    before, out = state_of(project), folder / "out"
    faults = Faults(folder / "bin")
    git = await faults.git()
    faults.spoil(call, kind)
    errors: list[RungError] = []
    try:
        await work(project, out, git)
    except RungError as error:
        errors.append(error)
    assert all(str(error) for error in errors)
    assert errors or kind not in ALWAYS_FELT or faults.calls < call
    after = state_of(project)
    after[0].pop(f"refs/heads/rung/{RUN}", None)
    if files_below(project.folder) == before[3]:
        assert after == before
    else:  # the fault did no harm, and the result is there
        assert after[:3] == before[:3]
        assert (project.folder / "a.txt").read_text(encoding="utf-8") == "two\n"
    if (folder / "written").exists():
        assert is_in_reach(project, out), "candidate lost"
    project.git("fsck", "--connectivity-only")
    faults.spoil(0, "")
    await work(project, out, git)
    assert (project.folder / "src" / "new.txt").read_text(encoding="utf-8") == BYTES
    assert project.blob(f"rung/{RUN}", "src/new.txt") == BYTES.encode()
    assert project.blob(f"rung/{RUN}", "a.txt") == b"two\n"
    assert list(project.git_dir.rglob("*.lock")) == []


async def test_a_run_makes_as_many_calls_as_faults_are_tried(tmp_path: Path) -> None:
    project = TempRepo(tmp_path / "project").commit({"a.txt": "one\n", "src/b.txt": "b\n" * 30})
    faults = Faults(tmp_path / "bin")
    await work(project, tmp_path / "out", await faults.git())
    assert faults.calls >= CALLS


SOME = random.Random(7).sample([(call, kind) for call in range(1, CALLS + 1) for kind in KINDS], 20)


@pytest.mark.parametrize(("call", "kind"), SOME)
async def test_no_fault_of_git_loses_anything(tmp_path: Path, call: int, kind: str) -> None:
    await spoiled(tmp_path, call, kind)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
async def test_no_fault_of_git_at_any_call_loses_anything(tmp_path: Path, kind: str) -> None:
    for call in range(1, CALLS + 4):
        await spoiled(tmp_path / str(call), call, kind)
