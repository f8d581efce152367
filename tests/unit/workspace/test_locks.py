"""Locks: waited for, never stolen, and our own removed once whoever held them is gone."""

import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from orchestrator.domain.ids import RunId
from orchestrator.domain.tree import CommitId
from orchestrator.errors import GitBusyError, GitError
from orchestrator.testing.repo import TempRepo
from orchestrator.workspace import refs
from orchestrator.workspace.git import Git, Place
from orchestrator.workspace.refs import move_ref, read_ref, zero
from orchestrator.workspace.refslock import holding_refs, process_start
from orchestrator.workspace.repository import RunRepository
from tests.unit.workspace.observing import RUN, edit

pytestmark = pytest.mark.anyio


def quick(project: TempRepo) -> Place:
    """The user's repository, with git itself hardly waiting for locks."""
    impatient = (("core.filesRefLockTimeout", "0"), ("core.packedRefsTimeout", "0"))
    return Place(git_dir=project.git_dir, settings=impatient)


async def test_a_lock_that_is_let_go_in_time_is_waited_for(project: TempRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = project.git_dir / "refs" / "heads" / "new.lock"
    lock.touch()
    waits: list[float] = []

    async def let_go(seconds: float) -> None:
        waits.append(seconds)
        lock.unlink()
        await anyio.lowlevel.checkpoint()

    monkeypatch.setattr(anyio, "sleep", let_go)
    head = CommitId(project.head)
    await _move(await Git.find(), quick(project), head=head)
    assert len(waits) == 1
    assert await read_ref(await Git.find(), quick(project), ref="refs/heads/new") == head


async def _move(git: Git, place: Place, *, head: CommitId) -> None:
    await move_ref(git, place, ref="refs/heads/new", new=head, expected=zero("sha1"))


async def test_a_foreign_lock_is_never_removed_and_is_named(project: TempRepo) -> None:
    lock = project.git_dir / "refs" / "heads" / "new.lock"
    lock.touch()
    with pytest.raises(GitBusyError) as caught:
        await _move(await Git.find(), quick(project), head=CommitId(project.head))
    assert caught.value.lock == str(lock)
    assert str(caught.value).startswith(f"{lock} is held by another process")
    assert lock.exists()


async def test_a_foreign_lock_on_packed_refs_stays_too(project: TempRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refs, "_TRIES", 1)
    async with await RunRepository.create(project.folder, RUN) as run:
        project.git("pack-refs", "--all")
        lock = project.git_dir / "packed-refs.lock"
        lock.touch()
        with pytest.raises(GitBusyError, match=r"packed-refs\.lock is held"):
            await run.results.forget()
        assert lock.exists()
        lock.unlink()
        await run.results.forget()


async def test_the_users_index_lock_is_in_nobodys_way(project: TempRepo) -> None:
    (project.git_dir / "index.lock").touch()
    async with await RunRepository.create(project.folder, RUN) as run:
        tree = await run.write_tree(run.facts.tree, [edit("a.txt", "x\n")])
        await run.results.apply_to_user_tree(run.facts.tree, tree)
    assert (project.git_dir / "index.lock").exists()


DYING = """
import os, signal, sys
from pathlib import Path
import anyio
from orchestrator.workspace.git import Git
from orchestrator.workspace.refslock import holding_refs

async def main():
    common_dir = Path(sys.argv[1])
    async with holding_refs(await Git.find(), common_dir, refs=["refs/rung/r1/base"]):
        lock = common_dir / "refs/rung/r1/base.lock"
        lock.parent.mkdir(parents=True)
        lock.touch()
        os.kill(os.getpid(), signal.SIGKILL)

anyio.run(main)
"""


def die_at_work(project: TempRepo) -> Path:
    done = subprocess.run((sys.executable, "-c", DYING, str(project.git_dir)), check=False, env=os.environ)
    assert done.returncode == -signal.SIGKILL
    return project.git_dir / "refs" / "rung" / RUN / "base.lock"


async def test_a_lock_of_an_engine_that_died_is_removed_by_the_next(project: TempRepo) -> None:
    lock = die_at_work(project)
    assert lock.exists()
    async with await RunRepository.create(project.folder, RUN):
        assert not lock.exists()
    assert project.git("rev-parse", f"refs/rung/{RUN}/base") == project.head


async def test_a_lock_on_what_the_dead_engine_did_not_move_stays(project: TempRepo) -> None:
    die_at_work(project)
    other = project.git_dir / "refs" / "heads" / "main.lock"
    other.touch()
    async with await RunRepository.create(project.folder, RUN):
        assert other.exists()


async def test_a_lock_older_than_the_dead_engine_s_work_is_somebody_elses(project: TempRepo) -> None:
    lock = die_at_work(project)
    os.utime(lock, (1, 1))
    async with holding_refs(await Git.find(), project.git_dir, refs=[]):
        assert lock.exists()


async def test_a_note_of_a_live_engine_is_respected(project: TempRepo) -> None:
    lock = die_at_work(project)
    note = project.git_dir / "rung" / "refs"
    told = json.loads(note.read_text(encoding="utf-8"))
    parent = os.getppid()
    note.write_text(json.dumps({**told, "pid": parent, "started": process_start(parent)}), encoding="utf-8")
    async with holding_refs(await Git.find(), project.git_dir, refs=[]):
        assert lock.exists()


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
async def test_a_note_that_cannot_be_read_is_no_reason_to_fail(project: TempRepo, text: str) -> None:
    (project.git_dir / "rung").mkdir()
    (project.git_dir / "rung" / "refs").write_text(text, encoding="utf-8")
    async with holding_refs(await Git.find(), project.git_dir, refs=[]):
        pass


def outlive(stdin: int, handles: Sequence[int]) -> "subprocess.Popen[bytes]":
    """A process that inherits ``handles`` and ends when ``stdin`` is closed at its other end."""
    return subprocess.Popen(("sh", "-c", "read x"), stdin=stdin, pass_fds=handles)


async def test_a_git_that_outlives_the_engine_still_holds_the_lock(project: TempRepo) -> None:
    read, write = os.pipe()
    async with holding_refs(await Git.find(), project.git_dir, refs=[]) as git:
        child = outlive(read, git.handles)
    os.close(read)
    with (project.git_dir / "rung" / "refs").open("r+b") as file:
        with pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(write)
        child.wait()
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


async def test_a_git_that_was_killed_leaves_its_note_and_one_that_failed_does_not(project: TempRepo) -> None:
    note = project.git_dir / "rung" / "refs"
    for exit_code, noted in ((128, False), (-9, True)):
        with pytest.raises(GitError):
            async with holding_refs(await Git.find(), project.git_dir, refs=["refs/x"]):
                raise GitError(("git",), exit_code=exit_code, stderr="")
        assert bool(note.read_bytes()) is noted


async def test_many_runs_at_once_do_not_disturb_each_other(project: TempRepo) -> None:
    async def one(number: int) -> None:
        async with await RunRepository.create(project.folder, RunId(f"r{number}")) as run:
            tree = await run.write_tree(run.facts.tree, [edit("a.txt", f"{number}\n")])
            await run.results.publish(await run.commit(tree, [run.facts.base], message="x"))

    async with anyio.create_task_group() as group:
        for number in range(6):
            group.start_soon(one, number)
    for number in range(6):
        assert project.blob(f"rung/r{number}", "a.txt") == f"{number}\n".encode()
    assert list(project.git_dir.rglob("*.lock")) == []


def test_a_process_that_is_gone_has_no_start() -> None:
    child = subprocess.Popen(("true",))
    child.wait()
    assert process_start(child.pid) == 0
    assert process_start(os.getpid()) > 0
