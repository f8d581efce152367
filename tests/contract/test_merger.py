"""What every merger does: the train on the run's own repository, and on the one in memory."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import pytest

from orchestrator.domain.finding import Finding
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.landing import Conflicting, Landed, Landing, Unfit
from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import Evidence, Verdict, VerdictStatus
from orchestrator.ports import Check, EditPermit, Merger, Workspace
from orchestrator.testing.repo import TempRepo
from orchestrator.testing.workspace import MemoryWorkspace
from orchestrator.workspace.adapter import RunWorkspace
from orchestrator.workspace.repository import RunRepository
from orchestrator.workspace.train import Train, judge_of

pytestmark = pytest.mark.anyio

RUN = RunId("r1")
FILES = {f"{name}.txt": f"{name}\n" for name in ("a", "b", "c", "d")}
CHECK = Check(name="fits", script="fits")


class Fits:
    """A validator by which ``b.txt`` and ``c.txt`` may not both say ``new``."""

    def __init__(self) -> None:
        self.judged: list[str] = []

    async def judge(self, folder: str, checks: Sequence[Check]) -> Verdict:
        assert checks == [CHECK]
        new = new_in(folder)
        self.judged.append(new)
        if not {"b", "c"} <= set(new):
            return Verdict(status=VerdictStatus.PASSED, evidence=Evidence.EXIT_CODE, score=1.0)
        finding = Finding(tool="fits", message="b and c are both new")
        return Verdict(status=VerdictStatus.FAILED, evidence=Evidence.EXIT_CODE, findings=[finding])


def new_in(folder: str) -> str:
    return "".join(path.stem for path in sorted(Path(folder).iterdir()) if path.read_text() == "new\n")


@dataclass
class Yard:
    """A run's repository, and what lands in it."""

    workspace: Workspace
    merger: Merger
    fits: Fits
    landings: dict[str, Landing] = field(default_factory=dict)

    async def candidate(self, name: str, text: str = "new") -> CommitId:
        """One that changes a file; made on what has landed so far."""
        path = f"{name}.txt"
        reply = f"{path}\n```\n{text}\n```\n"
        head = await self.workspace.head()
        return await self.workspace.edit(head, reply, targets=[path], permit=EditPermit(), message=f"New {name}\n")

    async def land(self, candidate: CommitId, base: CommitId) -> Landing:
        return await self.merger.land(candidate, base=base, checks=[CHECK])

    async def land_all(self, *names: str) -> dict[str, Landing]:
        """Land a candidate for each, all made on one base and all at once."""
        base = await self.workspace.head()
        candidates = {name: await self.candidate(name) for name in names}

        async def one(name: str) -> None:
            self.landings[name] = await self.land(candidates[name], base)

        async with anyio.create_task_group() as group:
            for name in names:
                group.start_soon(one, name)
        return self.landings

    async def new(self) -> str:
        """The files of the head that are new."""
        texts = await self.workspace.texts(await self.workspace.head(), list(FILES))
        return "".join(path[0] for path, text in texts.items() if text == "new\n")


@asynccontextmanager
async def on_disk(folder: Path) -> AsyncIterator[Yard]:
    project = TempRepo(folder / "project").commit(dict(FILES))
    fits = Fits()
    async with await RunRepository.create(project.folder, RUN) as repository:
        workspace = RunWorkspace(repository)
        yield Yard(workspace, Train(workspace, judge_of(workspace, fits)), fits)


@asynccontextmanager
async def in_memory(_folder: Path) -> AsyncIterator[Yard]:
    fits, workspace = Fits(), MemoryWorkspace(FILES, branch=f"rung/{RUN}")
    yield Yard(workspace, Train(workspace, judge_of(workspace, fits)), fits)


@pytest.fixture(params=[on_disk, in_memory])
async def yard(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Yard]:
    make: Callable[[Path], AbstractAsyncContextManager[Yard]] = request.param
    async with make(tmp_path) as made:
        yield made


async def test_a_candidate_on_an_unmoved_head_becomes_the_head_on_the_verdict_it_has(yard: Yard) -> None:
    base, candidate = await yard.workspace.head(), await yard.candidate("a")
    assert await yard.land(candidate, base) == Landed(candidate)
    assert (await yard.workspace.head(), yard.fits.judged) == (candidate, [])


async def test_all_that_come_at_once_land_in_one_head_judged_once(yard: Yard) -> None:
    landings = await yard.land_all("a", "b", "d")
    assert (await yard.new(), yard.fits.judged) == ("abd", ["abd"])
    head = await yard.workspace.head()
    assert [getattr(landing, "commit", None) == head for landing in landings.values()] == [False, False, True]


async def test_two_that_do_not_fit_together_do_not_both_land_and_one_is_told_why(yard: Yard) -> None:
    landings = await yard.land_all("a", "b", "c", "d")
    assert await yard.new() == "abd"
    [unfit] = [landing for landing in landings.values() if isinstance(landing, Unfit)]
    assert unfit == landings["c"]
    assert [finding.message for finding in unfit.verdict.findings] == ["b and c are both new"]


async def test_a_conflict_names_its_paths_and_the_change(yard: Yard) -> None:
    base = await yard.workspace.head()
    first, second = await yard.candidate("a"), await yard.candidate("a", "other")
    assert await yard.land(first, base) == Landed(first)
    conflicting = await yard.land(second, base)
    assert isinstance(conflicting, Conflicting)
    assert conflicting.paths == ("a.txt",)
    assert "-a\n+other\n" in conflicting.patch
    assert (await yard.workspace.head(), yard.fits.judged) == (first, [])


async def test_three_that_conflict_end_landed_or_explained(yard: Yard) -> None:
    base = await yard.workspace.head()
    candidates = [await yard.candidate("a", text) for text in ("one", "two", "three")]
    landings = [await yard.land(candidate, base) for candidate in candidates]
    assert [type(landing) for landing in landings] == [Landed, Conflicting, Conflicting]


async def test_one_that_has_landed_has_landed_also_when_more_came_after_it(yard: Yard) -> None:
    base = await yard.workspace.head()
    first, second = await yard.candidate("a"), await yard.candidate("b")
    await yard.land(first, base)
    merged = await yard.land(second, base)
    await yard.land(await yard.candidate("d"), await yard.workspace.head())
    head, judged = await yard.workspace.head(), list(yard.fits.judged)
    assert isinstance(merged, Landed)
    assert await yard.land(first, base) == Landed(first)
    assert await yard.land(second, base) == Landed(merged.commit)
    assert (await yard.workspace.head(), yard.fits.judged) == (head, judged)


async def test_the_same_change_made_twice_lands_twice(yard: Yard) -> None:
    base = await yard.workspace.head()
    first, second = await yard.candidate("a"), await yard.candidate("a")
    assert isinstance(await yard.land(first, base), Landed)
    assert isinstance(await yard.land(second, base), Landed)
    assert await yard.new() == "a"


async def test_a_candidate_that_deletes_a_file_lands_beside_one_that_makes_one(yard: Yard) -> None:
    base = await yard.workspace.head()
    deletion = "```diff\n--- a/d.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-d\n```\n"
    gone = await yard.workspace.edit(base, deletion, targets=[], permit=EditPermit(), message="Away\n")
    await yard.land(await yard.candidate("e"), base)
    assert isinstance(await yard.land(gone, base), Landed)
    assert set(await yard.workspace.texts(await yard.workspace.head(), ["d.txt", "e.txt"])) == {"e.txt"}


async def test_a_candidate_that_stays_off_is_still_there(yard: Yard) -> None:
    base = await yard.workspace.head()
    first, second = await yard.candidate("a"), await yard.candidate("a", "other")
    await yard.workspace.keep(NodeId("n"), 1, commit=second)
    await yard.land(first, base)
    await yard.land(second, base)
    assert await yard.workspace.kept(NodeId("n"), 1) == second
    assert (await yard.workspace.texts(second, ["a.txt"]))["a.txt"] == "other\n"


async def test_what_would_land_is_the_candidate_itself_while_nothing_else_has(yard: Yard) -> None:
    base, candidate = await yard.workspace.head(), await yard.candidate("a")
    assert await yard.merger.forward(candidate, base=base) is None
    await yard.land(candidate, base)
    await yard.land(await yard.candidate("b"), candidate)
    assert await yard.merger.forward(candidate, base=base) is None, "it has landed"


async def test_what_would_land_holds_what_landed_meanwhile_and_nothing_lands(yard: Yard) -> None:
    base = await yard.workspace.head()
    first, second, other = await yard.candidate("a"), await yard.candidate("b"), await yard.candidate("a", "other")
    await yard.land(first, base)
    forwarded = await yard.merger.forward(second, base=base)
    assert forwarded
    assert forwarded.head == first == await yard.workspace.head()
    texts = await yard.workspace.texts(forwarded.commit, ["a.txt", "b.txt", "c.txt"])
    assert texts == {"a.txt": "new\n", "b.txt": "new\n", "c.txt": "c\n"}
    assert await yard.merger.forward(other, base=base) is None, "it cannot be merged"


async def test_what_was_judged_as_it_would_land_is_not_judged_again(yard: Yard) -> None:
    base = await yard.workspace.head()
    first, second = await yard.candidate("a"), await yard.candidate("b")
    await yard.land(first, base)
    forwarded = await yard.merger.forward(second, base=base)
    assert forwarded
    landed = await yard.merger.land(second, base=base, checks=[CHECK], judged=forwarded)
    assert (landed, yard.fits.judged) == (Landed(forwarded.commit), [])
    assert await yard.land(second, base) == Landed(forwarded.commit)


async def test_what_was_judged_on_a_head_that_has_moved_again_is_merged_and_judged_anew(yard: Yard) -> None:
    base = await yard.workspace.head()
    first, second, third = [await yard.candidate(name) for name in ("a", "b", "d")]
    await yard.land(first, base)
    forwarded = await yard.merger.forward(second, base=base)
    await yard.land(third, base)
    landed = await yard.merger.land(second, base=base, checks=[CHECK], judged=forwarded)
    assert (await yard.new(), yard.fits.judged) == ("abd", ["ad", "abd"])
    assert isinstance(landed, Landed)
    assert await yard.land(second, base) == Landed(landed.commit)
