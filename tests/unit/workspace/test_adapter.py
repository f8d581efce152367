"""The run's repository as the engine's port: what only a real repository shows."""

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
    assert await workspace.land(commit, base=base)
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
