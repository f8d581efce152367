"""What every workspace does: the run's own repository, and the one in memory."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol

import pytest

from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.tree import CommitId
from orchestrator.errors import EditError, EditMissError, ElisionError, PathError, RefMovedError, ReplyError
from orchestrator.ports import EditPermit, Workspace
from orchestrator.testing.repo import TempRepo
from orchestrator.testing.workspace import MemoryWorkspace
from orchestrator.workspace.adapter import RunWorkspace
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.train import Tracks

pytestmark = pytest.mark.anyio

RUN = RunId("r1")
NODE = NodeId("mend[a b]")
FILES = {"calc.py": "def add(a, b):\n    return a - b\n", "docs/notes.txt": "line one\r\nline two\r\n"}
MENDED = "def add(a, b):\n    return a + b\n"
ANYTHING = EditPermit()


def block(path: str, search: str, replace: str) -> str:
    return f"{path}\n<<<<<<< SEARCH\n{search}=======\n{replace}>>>>>>> REPLACE\n"


MEND = "Sure.\n\n" + block("calc.py", "    return a - b\n", "    return a + b\n")
BREAK = block("calc.py", "    return a - b\n", "    return a * b\n")


class Landable(Workspace, Tracks, Protocol):
    """One whose head can be moved."""


@asynccontextmanager
async def on_disk(folder: Path) -> AsyncIterator[RunWorkspace]:
    project = TempRepo(folder / "project").commit(dict(FILES))
    async with await RunRepository.create(project.folder, RUN) as repository:
        yield RunWorkspace(repository)


@asynccontextmanager
async def in_memory(_folder: Path) -> AsyncIterator[MemoryWorkspace]:
    yield MemoryWorkspace(FILES, branch=f"rung/{RUN}")


@pytest.fixture(params=[on_disk, in_memory])
async def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Landable]:
    make: Callable[[Path], AbstractAsyncContextManager[Landable]] = request.param
    async with make(tmp_path) as made:
        yield made


async def edited(workspace: Workspace, reply: str, base: CommitId, permit: EditPermit = ANYTHING) -> CommitId:
    return await workspace.edit(base, reply, targets=["calc.py"], permit=permit, message="Mend it\n")


async def files_of(workspace: Workspace, commit: CommitId) -> Mapping[str, str]:
    return await workspace.texts(commit, ["calc.py", "docs/notes.txt", "new.py"])


def on_disk_in(folder: str) -> Mapping[str, str]:
    files = [path for path in Path(folder).rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in files}


def scribble_over(folder: str) -> None:
    Path(folder, "calc.py").write_text("scribbled over")


async def test_files_are_read_as_they_are_and_what_is_none_is_left_out(workspace: Workspace) -> None:
    base = await workspace.head()
    wanted = ["docs/notes.txt", "calc.py", "docs", "gone.py", "../calc.py", "/etc/passwd", ""]
    assert await workspace.texts(base, wanted) == FILES
    assert await workspace.texts(base, []) == {}


async def test_an_edit_makes_a_commit_and_moves_nothing(workspace: Workspace) -> None:
    base = await workspace.head()
    commit = await edited(workspace, MEND, base)
    assert commit != base
    assert await files_of(workspace, commit) == {**FILES, "calc.py": MENDED}
    assert await files_of(workspace, base) == FILES
    assert await workspace.head() == base


async def test_a_reply_may_make_and_delete_files(workspace: Workspace) -> None:
    made = block("new.py", "", "new = 1\n")
    deletion = "```diff\n--- a/docs/notes.txt\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-line one\n-line two\n```\n"
    commit = await edited(workspace, f"{made}\n{deletion}", await workspace.head())
    assert await files_of(workspace, commit) == {"calc.py": FILES["calc.py"], "new.py": "new = 1\n"}


async def test_one_target_may_be_sent_whole_without_its_name(workspace: Workspace) -> None:
    commit = await edited(workspace, f"```python\n{MENDED}```\n", await workspace.head())
    assert (await files_of(workspace, commit))["calc.py"] == MENDED


REFUSED: Mapping[str, tuple[str, type[EditError]]] = {
    "nothing that is an edit": ("I would rather not.", ReplyError),
    "an edit that fits nowhere": (block("calc.py", "    return a / b\n", "    return 0\n"), EditMissError),
    "an ellipsis": (block("calc.py", "    return a - b\n", "    # ... rest of the code ...\n"), ElisionError),
    "a path that leaves": (block("../x.py", "", "x = 1\n"), PathError),
    "git's own folder": (block(".git/config", "", "[core]\n"), PathError),
    "a file below a file": (block("calc.py/x.py", "", "x = 1\n"), EditError),
    "a good edit beside a bad one": (MEND + block("calc.py", "nowhere\n", "x\n"), EditError),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_a_reply_is_refused_whole(workspace: Workspace, case: str) -> None:
    reply, error = REFUSED[case]
    base = await workspace.head()
    with pytest.raises(error):
        await edited(workspace, reply, base)
    assert await workspace.head() == base
    assert await files_of(workspace, base) == FILES


@pytest.mark.parametrize(
    "permit",
    [
        EditPermit(allow=("docs/**",)),
        EditPermit(deny=("calc.py",)),
        EditPermit(deny=("CALC.PY",)),
        EditPermit(allow=("**",), deny=("*.py",)),
    ],
)
async def test_an_edit_outside_of_what_is_permitted_is_refused(workspace: Workspace, permit: EditPermit) -> None:
    with pytest.raises(PathError):
        await edited(workspace, MEND, await workspace.head(), permit)


@pytest.mark.parametrize("permit", [EditPermit(allow=("*.py",)), EditPermit(deny=("docs/**",))])
async def test_an_edit_inside_of_what_is_permitted_is_made(workspace: Workspace, permit: EditPermit) -> None:
    commit = await edited(workspace, MEND, await workspace.head(), permit)
    assert (await files_of(workspace, commit))["calc.py"] == MENDED


async def test_a_candidate_is_kept_for_its_attempt_and_for_no_other(workspace: Workspace) -> None:
    base = await workspace.head()
    first, second = await edited(workspace, MEND, base), await edited(workspace, BREAK, base)
    assert await workspace.kept(NODE, 1) is None
    await workspace.keep(NODE, 1, commit=first)
    await workspace.keep(NODE, 1, commit=first)
    await workspace.keep(NODE, 2, commit=second)
    await workspace.keep(NodeId("other"), 1, commit=second)
    assert [await workspace.kept(NODE, attempt) for attempt in (1, 2, 3)] == [first, second, None]
    with pytest.raises(RefMovedError):
        await workspace.keep(NODE, 1, commit=second)
    assert await workspace.kept(NODE, 1) == first


async def test_a_checkout_holds_the_files_of_its_commit_and_is_thrown_away(workspace: Workspace) -> None:
    base = await workspace.head()
    commit = await edited(workspace, MEND, base)
    async with workspace.checkout(commit) as folder, workspace.checkout(base) as other:
        assert folder != other
        assert on_disk_in(folder) == {**FILES, "calc.py": MENDED}
        assert on_disk_in(other) == FILES
        scribble_over(folder)
    assert on_disk_in(folder) == {}
    assert (await files_of(workspace, commit))["calc.py"] == MENDED


async def test_publishing_names_the_branch_and_the_head_and_may_be_repeated(workspace: Landable) -> None:
    base = await workspace.head()
    first = await edited(workspace, MEND, base)
    assert await workspace.move(first, expected=base)
    assert await workspace.publish() == (f"rung/{RUN}", first)
    assert await workspace.publish() == (f"rung/{RUN}", first)


async def test_what_lands_after_a_publishing_is_published_too(workspace: Landable) -> None:
    base = await workspace.head()
    first = await edited(workspace, MEND, base)
    assert await workspace.move(first, expected=base)
    await workspace.publish()
    second = await edited(workspace, block("new.py", "", "new = 1\n"), first)
    assert await workspace.move(second, expected=first)
    assert await workspace.publish() == (f"rung/{RUN}", second)
