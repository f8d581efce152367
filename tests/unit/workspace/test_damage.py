"""Repositories that somebody or something broke: work is kept, and another checkout is never taken instead."""

import shutil
import subprocess
from pathlib import Path

import pytest

from orchestrator.domain.ids import NodeId, RunId
from orchestrator.errors import RungError
from orchestrator.testing.repo import TempRepo
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.values import Conflicted, Merged, Uncommitted
from tests.unit.workspace.observing import RUN, edit, state_of

pytestmark = pytest.mark.anyio


async def landed(project: TempRepo) -> str:
    """A run that makes a candidate, keeps it and publishes it; what the branch holds then."""
    async with await RunRepository.create(project.folder, RUN) as run:
        tree = await run.write_tree(run.facts.tree, [edit("a.txt", "ours\n")])
        commit = await run.commit(tree, [run.facts.base], message="x")
        await run.keep(NodeId("n"), commit, attempt=1)
        branch = await run.results.publish(commit)
        return project.git("show", f"{branch}:a.txt")


async def test_an_index_that_is_locked_or_damaged_is_in_nobody_s_way_and_stays_as_it_is(project: TempRepo) -> None:
    lock, index = project.git_dir / "index.lock", project.git_dir / "index"
    index.write_bytes(b"no index at all")
    lock.touch()
    with pytest.raises(subprocess.CalledProcessError):
        project.git("add", "a.txt")  # the control
    assert await landed(project) == "ours"
    assert (lock.exists(), index.read_bytes()) == (True, b"no index at all")


async def test_work_that_only_a_damaged_index_knows_is_not_taken_for_none(project: TempRepo) -> None:
    project.write({"a.txt": "dirty\n"})
    (project.git_dir / "index").write_bytes(b"no index at all")
    with pytest.raises(subprocess.CalledProcessError):
        project.git("status")  # the control
    with pytest.raises(RungError, match="index"):
        await RunRepository.create(project.folder, RUN, take=Uncommitted.ALL)
    assert (project.folder / "a.txt").read_text(encoding="utf-8") == "dirty\n"


async def test_a_detached_head_is_the_base_and_stays_detached(project: TempRepo) -> None:
    first = project.head
    project.commit({"a.txt": "two\n"})
    project.git("checkout", "--quiet", "--detach", first)
    before = state_of(project)
    async with await RunRepository.create(project.folder, RUN) as run:
        assert run.facts.base == first
    assert (project.folder / ".git" / "HEAD").read_text(encoding="ascii").strip() == first
    assert state_of(project) == before


async def test_a_linked_work_tree_that_was_deleted_is_not_replaced_by_the_main_one(
    project: TempRepo, tmp_path: Path
) -> None:
    project.git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    side = TempRepo.at(tmp_path / "side").commit({"a.txt": "side\n"})
    before = state_of(project)
    async with await RunRepository.create(side.folder, RUN) as run:
        tree = await run.write_tree(run.facts.tree, [edit("a.txt", "ours\n", before="side\n")])
        commit = await run.commit(tree, [run.facts.base], message="x")
        await run.keep(NodeId("n"), commit, attempt=1)
        shutil.rmtree(side.folder)
        with pytest.raises((RungError, OSError)):
            await run.results.apply_to_user_tree(run.facts.tree, tree)
    with pytest.raises((RungError, OSError)):
        await RunRepository.create(side.folder, RunId("r2"))
    assert state_of(project)[-1] == before[-1], "not one file of the main checkout has changed"
    kept = project.git("--git-dir", str(run.store.git_dir), "show", f"{commit}:a.txt")
    assert kept == "ours", "the work can still be reached"


async def test_a_work_folder_that_was_deleted_is_no_empty_candidate(project: TempRepo, tmp_path: Path) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        out = await run.check_out(run.facts.tree, tmp_path / "out")
        shutil.rmtree(out.folder)
        with pytest.raises((RungError, OSError)):
            await out.collect()
    assert (project.folder / "a.txt").read_text(encoding="utf-8") == "one\n"


async def test_two_that_edit_the_same_lines_are_a_conflict_and_both_are_kept(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as run:
        base = run.facts.tree
        made = {}
        for name in ("left", "right"):
            tree = await run.write_tree(base, [edit("a.txt", f"{name}\n")])
            commit = await run.commit(tree, [run.facts.base], message=name)
            await run.keep(NodeId(name), commit, attempt=1)
            made[name] = (tree, commit)
        found = await run.merge(base, ours=made["left"][0], theirs=made["right"][0])
        assert isinstance(found, Conflicted)
        assert [one.path for one in found.conflicts] == ["a.txt"]
        other = await run.write_tree(base, [edit("src/b.txt", "b\n", before="b\n" * 30)])
        control = await run.merge(base, ours=made["left"][0], theirs=other)
        assert isinstance(control, Merged), "the control: other files merge"
        for name, (_, commit) in made.items():
            assert project.git("--git-dir", str(run.store.git_dir), "show", f"{commit}:a.txt") == name
