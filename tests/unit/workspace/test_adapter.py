"""The run's repository as the engine's port: what only a real repository shows."""

import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.tree import CommitId
from orchestrator.errors import EditError, PathError, RefMovedError, RejectedEditsError
from orchestrator.ports import EditPermit
from orchestrator.testing.repo import TempRepo
from orchestrator.workspace.adapter import RunWorkspace
from orchestrator.workspace.repository import RunRepository

pytestmark = pytest.mark.anyio

RUN, NODE = RunId("r1"), NodeId("mend")


@pytest.fixture
async def workspace(project: TempRepo) -> AsyncIterator[RunWorkspace]:
    (project.folder / "link.txt").symlink_to("a.txt")
    (project.folder / "other.txt").symlink_to("a.txt")
    project.commit({"latin.txt": "caf\xe9\n".encode("latin-1")})
    async with await RunRepository.create(project.folder, RUN) as repository:
        yield RunWorkspace(repository)


def block(path: str, search: str, replace: str) -> str:
    return f"{path}\n<<<<<<< SEARCH\n{search}\n=======\n{replace}\n>>>>>>> REPLACE\n"


async def edited(workspace: RunWorkspace, reply: str) -> CommitId:
    base = await workspace.head()
    return await workspace.edit(base, reply, targets=["a.txt"], permit=EditPermit(), message="m")


async def landed(workspace: RunWorkspace, text: str) -> CommitId:
    base = await workspace.head()
    commit = await edited(workspace, f"new-{text}.txt\n<<<<<<< SEARCH\n=======\n{text}\n>>>>>>> REPLACE\n")
    assert await workspace.move(commit, expected=base)
    return commit


async def test_an_edit_of_a_link_is_refused_with_feedback_for_its_author(workspace: RunWorkspace) -> None:
    with pytest.raises(PathError, match=r"link\.txt: it is a symbolic link"):
        await edited(workspace, block("link.txt", "a.txt", "/etc/passwd"))


async def test_all_that_only_the_tree_shows_is_told_at_once(workspace: RunWorkspace) -> None:
    reply = block("link.txt", "a.txt", "x") + block("other.txt", "a.txt", "x")
    with pytest.raises(RejectedEditsError) as caught:
        await edited(workspace, reply)
    assert [fault.path for fault in caught.value.faults] == ["link.txt", "other.txt"]


async def test_a_file_where_there_is_a_folder_is_refused(workspace: RunWorkspace) -> None:
    with pytest.raises(EditError):
        await edited(workspace, "src\n<<<<<<< SEARCH\n=======\nx\n>>>>>>> REPLACE\n")


async def test_bytes_that_are_no_text_survive_an_edit_around_them(workspace: RunWorkspace, project: TempRepo) -> None:
    commit = await edited(workspace, "latin.txt\n```\ncaf\udce9 noir\n```\n")
    await workspace.keep(NODE, 1, commit=commit)
    private = TempRepo.at(workspace._repository.store.git_dir)
    assert private.blob(commit, "latin.txt") == "caf\xe9 noir\n".encode("latin-1")
    assert project.git("rev-parse", "HEAD") == await workspace.head()


async def test_nothing_has_landed_until_something_has(workspace: RunWorkspace) -> None:
    assert not await workspace.has_landed()
    await landed(workspace, "one")
    assert await workspace.has_landed()


async def test_the_branch_follows_the_head_of_its_run(workspace: RunWorkspace, project: TempRepo) -> None:
    first = await landed(workspace, "one")
    assert await workspace.publish() == ("rung/r1", first)
    second = await landed(workspace, "two")
    await workspace.publish()
    assert project.git("rev-parse", "rung/r1") == second


async def test_a_branch_on_which_somebody_has_gone_on_is_left_alone(workspace: RunWorkspace, project: TempRepo) -> None:
    await landed(workspace, "one")
    await workspace.publish()
    project.git("checkout", "--quiet", "rung/r1")
    mine = project.commit({"mine.txt": "mine\n"}).head
    project.git("checkout", "--quiet", "main")
    await landed(workspace, "two")
    with pytest.raises(RefMovedError, match="refs/heads/rung/r1"):
        await workspace.publish()
    assert project.git("rev-parse", "rung/r1") == mine


async def test_a_branch_that_somebody_removed_is_made_again(workspace: RunWorkspace, project: TempRepo) -> None:
    first = await landed(workspace, "one")
    await workspace.publish()
    project.git("branch", "--quiet", "--delete", "--force", "rung/r1")
    assert await workspace.publish() == ("rung/r1", first)


async def test_a_checkout_is_gone_also_when_its_use_failed(workspace: RunWorkspace) -> None:
    folder = ""
    with pytest.raises(ValueError, match="midway"):
        async with workspace.checkout(await workspace.head()) as folder:
            raise ValueError("midway")
    assert folder
    assert not exists(folder)


def exists(folder: str) -> bool:
    return Path(folder).exists()


async def two(workspace: RunWorkspace) -> tuple[CommitId, CommitId, CommitId]:
    """A base, and two candidates on it of which the first has landed."""
    base = await workspace.head()
    first = await edited(workspace, block("new.txt", "", "x"))
    second = await edited(workspace, block("a.txt", "one", "two"))
    assert await workspace.move(first, expected=base)
    return base, first, second


async def test_a_merge_has_both_as_parents_and_says_what_it_brings_in(workspace: RunWorkspace) -> None:
    base, first, second = await two(workspace)
    merge = await workspace.merged(first, second, base=base)
    assert not isinstance(merge, tuple)
    private = TempRepo.at(workspace._repository.store.git_dir)
    assert private.git("show", "--no-patch", "--format=%P%n%B", merge) == f"{first} {second}\nm\n"
    assert private.git("diff", "--name-only", first, merge) == "a.txt"
    assert await workspace.head() == first


async def test_a_merge_that_landed_is_found_by_what_it_brought_in(workspace: RunWorkspace) -> None:
    base, first, second = await two(workspace)
    assert await workspace.arrival(second, base=base) is None
    merge = await workspace.merged(first, second, base=base)
    assert not isinstance(merge, tuple)
    assert await workspace.move(merge, expected=first)
    third = await landed(workspace, "three")
    assert await workspace.arrival(second, base=base) == merge
    assert await workspace.arrival(first, base=base) == first
    assert await workspace.arrival(third, base=merge) == third
    assert await workspace.arrival(base, base=third) is None


async def test_the_same_commit_twice_is_no_merge(workspace: RunWorkspace) -> None:
    base, first, _ = await two(workspace)
    assert await workspace.merged(first, first, base=base) == first


async def test_a_head_that_has_moved_is_not_moved(workspace: RunWorkspace) -> None:
    base, first, second = await two(workspace)
    assert not await workspace.move(second, expected=base)
    assert await workspace.head() == first


async def test_a_patch_holds_bytes_that_are_no_text(workspace: RunWorkspace) -> None:
    base = await workspace.head()
    commit = await edited(workspace, "latin.txt\n```\ncaf\udce9 noir\n```\n")
    assert "-caf\udce9\n+caf\udce9 noir\n" in await workspace.patch(base, commit)


def in_store(workspace: RunWorkspace, folder: str) -> set[str]:
    return {path.name for path in (workspace._repository.store.folder / folder).glob("*")}


async def test_a_copy_is_in_the_runs_own_store_and_leaves_nothing_there(workspace: RunWorkspace) -> None:
    async with workspace.copy(await workspace.head()) as folder:
        assert Path(folder).is_relative_to(workspace._repository.store.folder)
        forbid(folder)
    assert in_store(workspace, "scratch") == in_store(workspace, "checkouts") == set()


def forbid(folder: str) -> None:
    Path(folder, "src").chmod(0)


async def test_git_in_a_copy_does_not_find_the_users_repository(workspace: RunWorkspace) -> None:
    async with workspace.copy(await workspace.head()) as folder:
        with pytest.raises(subprocess.CalledProcessError) as caught:
            TempRepo.at(Path(folder)).git("rev-parse", "--git-dir")
        assert b"not a git repository" in caught.value.stderr


async def test_a_copy_that_a_killed_engine_left_is_cleared_by_the_next_one(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as repository:
        dead = RunWorkspace(repository).copy(await repository.head())
        folder = await dead.__aenter__()
        forbid(folder)
    async with await RunRepository.open(project.folder, RUN) as repository:
        assert not exists(folder)
        assert in_store(RunWorkspace(repository), "checkouts") == set()
