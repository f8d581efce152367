"""Results in the user's hands: branch, files, back again; nothing of the user's is ever overwritten."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.domain.tree import TreeId
from orchestrator.errors import OverwriteError, RefMovedError, RepositoryError, UnsafeTreeError
from orchestrator.testing.repo import TempRepo
from orchestrator.workspace.beneath import Beneath
from orchestrator.workspace.moverecord import Moves, read_moves, write_moves
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.values import Uncommitted
from tests.unit.workspace.observing import RUN, edit, files_below, state_of

pytestmark = pytest.mark.anyio

CHANGES = [
    edit("a.txt", "two\n"),
    edit("deep/er/new", "n\n", before=None, mode="100755"),
    edit("src/b.txt", None),
]


async def result_of(run: RunRepository) -> TreeId:
    return await run.write_tree(run.facts.tree, CHANGES)


async def test_a_published_branch_needs_nothing_of_the_run(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        middle = await run.commit(await run.write_tree(run.facts.tree, CHANGES[:1]), [run.facts.base], message="one")
        commit = await run.commit(await result_of(run), [middle], message="two")
        assert project.git("branch", "--list", "rung/*") == ""
        assert await run.results.publish(commit) == f"rung/{RUN}"
        shutil.rmtree(run.store.folder)
    assert project.git("rev-parse", f"rung/{RUN}") == commit
    assert project.git("fsck", "--connectivity-only") == ""
    assert project.git("log", "--format=%s|%an|%cn", f"rung/{RUN}").splitlines()[:2] == [
        "two|Rung|Rung",
        "one|Rung|Rung",
    ]


async def test_publishing_touches_neither_head_nor_index_nor_files(project: TempRepo) -> None:
    project.write({"a.txt": "dirty\n"})
    before = state_of(project)
    async with await RunRepository.create(project.folder, RUN, take=Uncommitted.TRACKED) as run:
        await run.results.publish(await run.commit(await result_of(run), [run.facts.base], message="x"))
    after = state_of(project)
    assert after[0].pop(f"refs/heads/rung/{RUN}")
    assert after == before


async def test_publishing_again_is_fine_and_replacing_must_name_what_is_replaced(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        one, two = [await run.commit(await result_of(run), [run.facts.base], message=text) for text in "12"]
        await run.results.publish(one)
        await run.results.publish(one)
        with pytest.raises(RefMovedError):
            await run.results.publish(two)
        await run.results.publish(two, replaces=one)
        assert project.git("rev-parse", f"rung/{RUN}") == two
        project.git("checkout", "--quiet", f"rung/{RUN}")
        with pytest.raises(RefMovedError):
            await run.results.publish(one, replaces=two)


async def test_publishing_the_base_itself_copies_nothing(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        await run.results.publish(run.facts.base)
    assert project.git("rev-parse", f"rung/{RUN}") == project.head


async def test_a_result_comes_into_the_users_files_and_goes_again(project: TempRepo) -> None:
    project.write({"own.txt": "mine\n", "tool.sh": "dirty\n", "src/own.log": "ignored\n"})
    before = state_of(project)
    async with await RunRepository.create(project.folder, RUN) as run:
        await run.results.apply_to_user_tree(run.facts.tree, await result_of(run))
        assert sorted(project.git("status", "--porcelain", "-uall").splitlines()) == [
            " D src/b.txt",
            " M a.txt",
            " M tool.sh",
            "?? deep/er/new",
            "?? own.txt",
        ]
        assert (project.folder / "deep" / "er" / "new").stat().st_mode & 0o111
        backup = f"refs/rung/{RUN}/backup"
        assert project.blob(backup, "tool.sh") == b"dirty\n"
        assert project.blob(backup, "a.txt") == b"one\n"
        await run.results.undo()
        assert state_of(project) == before
        with pytest.raises(RepositoryError, match="nothing of this run was applied"):
            await run.results.undo()


@pytest.mark.parametrize(
    ("theirs", "path"),
    [
        ({"a.txt": "meanwhile\n"}, "a.txt"),
        ({"deep/er/new": "mine\n"}, "deep/er/new"),
        ({"src/b.txt": "meanwhile\n"}, "src/b.txt"),
        ({"a.txt": None}, "a.txt"),
    ],
)
async def test_what_changed_meanwhile_is_not_overwritten(
    project: TempRepo, theirs: dict[str, str | bytes | None], path: str
) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        result = await result_of(run)
        project.write(theirs)
        before = state_of(project)
        with pytest.raises(OverwriteError) as caught:
            await run.results.apply_to_user_tree(run.facts.tree, result)
        assert caught.value.paths == (path,)
        assert state_of(project) == before


async def test_a_mode_that_changed_meanwhile_counts(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        result = await result_of(run)
        (project.folder / "a.txt").chmod(0o755)
        with pytest.raises(OverwriteError):
            await run.results.apply_to_user_tree(run.facts.tree, result)


async def test_an_ignored_file_is_not_overwritten_either(project: TempRepo) -> None:
    project.write({"x.log": "mine\n"})
    async with await RunRepository.create(project.folder, RUN) as run:
        result = await run.write_tree(run.facts.tree, [edit("x.log", "theirs\n", before=None)])
        with pytest.raises(OverwriteError):
            await run.results.apply_to_user_tree(run.facts.tree, result)
        assert (project.folder / "x.log").read_text(encoding="utf-8") == "mine\n"


async def test_a_folder_in_the_way_is_not_removed_and_the_rest_is_put_back(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        result = await run.write_tree(run.facts.tree, [*CHANGES, edit("z", "file\n", before=None)])
        project.write({"z/mine": "mine\n"})
        before = state_of(project)
        with pytest.raises(OverwriteError, match="z"):
            await run.results.apply_to_user_tree(run.facts.tree, result)
        assert state_of(project) == before
        assert read_moves(run.store.folder / "move.json") == Moves()


async def test_nothing_is_written_through_a_link_that_came_meanwhile(project: TempRepo, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    async with await RunRepository.create(project.folder, RUN) as run:
        result = await result_of(run)
        (project.folder / "deep").symlink_to(tmp_path / "outside")
        with pytest.raises(OverwriteError):
            await run.results.apply_to_user_tree(run.facts.tree, result)
        assert list((tmp_path / "outside").iterdir()) == []
        assert (project.folder / "a.txt").read_text(encoding="utf-8") == "one\n"


async def test_undoing_keeps_what_the_user_changed_since(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        await run.results.apply_to_user_tree(run.facts.tree, await result_of(run))
        project.write({"a.txt": "mine now\n"})
        with pytest.raises(OverwriteError, match=r"a\.txt"):
            await run.results.undo()
        assert (project.folder / "a.txt").read_text(encoding="utf-8") == "mine now\n"
        assert (project.folder / "deep" / "er" / "new").exists()


async def test_results_stack_and_every_backup_stays_reachable(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        base, first = run.facts.tree, await result_of(run)
        second = await run.write_tree(first, [edit("a.txt", "three\n")])
        for step in ((base, first), (first, second)):
            await run.results.apply_to_user_tree(*step)
        assert project.blob(f"refs/rung/{RUN}/backup", "a.txt") == b"two\n"
        assert project.blob(f"refs/rung/{RUN}/backup^2", "a.txt") == b"one\n"
        await run.results.undo()
        await run.results.undo()
    assert project.git("status", "--porcelain") == ""


async def test_a_result_with_what_no_result_may_hold_is_refused(project: TempRepo) -> None:
    blob = project.git("hash-object", "-w", "--stdin", stdin=b"/etc/passwd")
    project.git("update-index", "--add", "--cacheinfo", f"120000,{blob},evil")
    evil = TreeId(project.git("write-tree"))
    project.git("reset", "--quiet")
    async with await RunRepository.create(project.folder, RUN) as run:
        with pytest.raises(UnsafeTreeError, match="leaves the tree"):
            await run.results.apply_to_user_tree(run.facts.tree, evil)
        assert not (project.folder / "evil").is_symlink()


async def test_line_ends_are_the_users_in_the_users_files(project: TempRepo) -> None:
    project.git("config", "core.autocrlf", "true")
    project.write({"a.txt": "one\r\n"})
    async with await RunRepository.create(project.folder, RUN) as run:
        await run.results.apply_to_user_tree(run.facts.tree, await result_of(run))
        assert (project.folder / "a.txt").read_bytes() == b"two\r\n"


async def test_permissions_of_a_replaced_file_stay(project: TempRepo) -> None:
    (project.folder / "a.txt").chmod(0o640)
    async with await RunRepository.create(project.folder, RUN) as run:
        await run.results.apply_to_user_tree(run.facts.tree, await result_of(run))
    assert stat.S_IMODE((project.folder / "a.txt").stat().st_mode) == 0o640


async def test_a_failure_on_the_way_puts_everything_back(project: TempRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    put = Beneath.put

    def full(self: Beneath, path: str, source: Path) -> None:
        if path == "deep/er/new":
            raise OSError(28, "No space left on device")
        put(self, path, source)

    async with await RunRepository.create(project.folder, RUN) as run:
        result, before = await result_of(run), state_of(project)
        monkeypatch.setattr(Beneath, "put", full)
        with pytest.raises(RepositoryError, match=r"No space left.*nothing was changed"):
            await run.results.apply_to_user_tree(run.facts.tree, result)
        monkeypatch.undo()
        assert state_of(project) == before
        await run.results.apply_to_user_tree(run.facts.tree, result)


KILLED = """
import os, signal, sys
from pathlib import Path
import anyio
from orchestrator.workspace.beneath import Beneath
from orchestrator.workspace.repository import RunRepository

folder, base, result, count, undoes = sys.argv[1:]
left = int(count)

def dying(call):
    def wrapped(self, *args, **named):
        global left
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return call(self, *args, **named)
    return wrapped

async def main():
    async with await RunRepository.open(Path(folder), "r1") as run:
        Beneath.put, Beneath.remove = dying(Beneath.put), dying(Beneath.remove)
        await (run.results.undo() if undoes == "yes" else run.results.apply_to_user_tree(base, result))

anyio.run(main)
"""


def kill_on_the_way(project: TempRepo, step: tuple[TreeId, TreeId], *, after: int, undoes: str = "no") -> None:
    argv = (sys.executable, "-c", KILLED, str(project.folder), *step, str(after), undoes)
    assert subprocess.run(argv, check=False, env=os.environ).returncode == -signal.SIGKILL


@pytest.mark.parametrize("after", [0, 1, 2])
async def test_after_a_kill_on_the_way_in_it_can_be_finished_or_undone(project: TempRepo, after: int) -> None:
    before = files_below(project.folder)
    async with await RunRepository.create(project.folder, RUN) as run:
        step = (run.facts.tree, await result_of(run))
    kill_on_the_way(project, step, after=after)
    async with await RunRepository.open(project.folder, RUN) as run:
        await run.results.undo()
        assert files_below(project.folder) == before
        kill_on_the_way(project, step, after=after)
        assert await run.results.finish()
        done = files_below(project.folder)
        assert not await run.results.finish()
        await run.results.undo()
        assert files_below(project.folder) == before
        await run.results.apply_to_user_tree(*step)
        assert files_below(project.folder) == done


async def test_after_a_kill_on_the_way_out_it_can_be_finished(project: TempRepo) -> None:
    before = files_below(project.folder)
    async with await RunRepository.create(project.folder, RUN) as run:
        step = (run.facts.tree, await result_of(run))
        await run.results.apply_to_user_tree(*step)
    kill_on_the_way(project, step, after=1, undoes="yes")
    async with await RunRepository.open(project.folder, RUN) as run:
        await run.results.undo()
        assert files_below(project.folder) == before
        with pytest.raises(RepositoryError, match="nothing of this run"):
            await run.results.undo()


async def test_a_file_that_changed_after_the_kill_is_not_overwritten(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        step = (run.facts.tree, await result_of(run))
    kill_on_the_way(project, step, after=2)
    project.write({"a.txt": "mine\n"})
    async with await RunRepository.open(project.folder, RUN) as run:
        with pytest.raises(OverwriteError, match=r"a\.txt"):
            await run.results.finish()
        other = await run.write_tree(run.facts.tree, [edit("tool.sh", "x\n")])
        with pytest.raises(RepositoryError, match="interrupted on its way"):
            await run.results.apply_to_user_tree(run.facts.tree, other)


def test_records_of_moves_are_read_as_written_and_damage_is_told(tmp_path: Path) -> None:
    one, two = (TreeId("1"), TreeId("2")), (TreeId("2"), TreeId("3"))
    path = tmp_path / "move.json"
    assert read_moves(path) == Moves()
    write_moves(path, Moves((one,), two))
    assert read_moves(path) == Moves((one,), two)
    path.write_text('{"done": 1}', encoding="utf-8")
    with pytest.raises(RepositoryError, match="is damaged"):
        read_moves(path)


def test_moves_end_as_they_were_meant() -> None:
    one, two = (TreeId("1"), TreeId("2")), (TreeId("2"), TreeId("3"))
    assert Moves().ended(one) == Moves((one,))
    assert Moves((one,)).ended(two) == Moves((one, two))
    assert Moves((one, two)).ended(two[::-1]) == Moves((one,))
    assert Moves((one,), two).ended(two) == Moves((one, two))
    assert Moves((one,), two).ended(two[::-1]) == Moves((one,))
    assert Moves((one,), one[::-1]).ended(one[::-1]) == Moves()
    assert Moves((one,), one[::-1]).ended(one) == Moves((one,))
    assert Moves((one,), one[::-1]).undoing == one[::-1]
    assert Moves((one,), two).undoing == two[::-1]
    assert Moves((one,)).undoing == one[::-1]
    assert Moves().undoing is None


async def test_forgetting_removes_our_references_and_keeps_the_branch(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        commit = await run.commit(await result_of(run), [run.facts.base], message="x")
        await run.results.publish(commit)
        await run.results.forget()
        await run.results.forget()
    assert project.git("for-each-ref", "refs/rung") == ""
    assert project.git("rev-parse", f"rung/{RUN}") == commit
