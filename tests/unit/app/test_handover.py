"""What is handed over by itself, and what is not; every expected failure is told and leaves the branch."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from orchestrator.app.handover import Ended, Handover, Way, hand_over, unverified
from orchestrator.domain.events import CandidateJudged, CandidateLanded, Event, RunStarted
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.plan import Plan
from orchestrator.domain.status import RunStatus
from orchestrator.domain.tree import CommitId
from orchestrator.domain.verdict import Evidence, VerdictStatus
from orchestrator.errors import InputError
from orchestrator.testing.repo import TempRepo
from orchestrator.workspace.edits.values import FileChange
from orchestrator.workspace.repository import RunRepository

RUN = RunId("20250102-030405-1a2b3c4d")
PASSED, FAILED = VerdictStatus.PASSED, VerdictStatus.FAILED
APPLY = Handover(Way.APPLY)


def landed(*judged: tuple[str, VerdictStatus, Evidence]) -> list[Event]:
    events: list[Event] = [RunStarted(1.0, RUN, Plan(name="p", nodes=()), {}, 1, "none")]
    for node, verdict, evidence in judged:
        events.append(CandidateJudged(2.0, NodeId(node), 1, verdict, evidence))
        events.append(CandidateLanded(3.0, NodeId(node), CommitId("c")))
    return events


GOOD = landed(("a", PASSED, Evidence.EXIT_CODE))


def test_an_edit_is_verified_by_the_last_judgement_before_it_landed() -> None:
    assert unverified(landed(("a", PASSED, Evidence.IDS), ("b", PASSED, Evidence.EXIT_CODE))) == ()
    assert unverified(landed(("a", PASSED, Evidence.NONE), ("b", FAILED, Evidence.IDS))) == ("a", "b")
    again: list[Event] = [CandidateJudged(1.0, NodeId("a"), 1, PASSED, Evidence.NONE)]
    assert unverified(again) == (), "it did not land"
    assert unverified([*again, *landed(("a", PASSED, Evidence.IDS))]) == ()
    assert unverified([CandidateLanded(1.0, NodeId("x"), CommitId("c"))]) == ("x",)


@pytest.fixture
def project(tmp_path: Path) -> TempRepo:
    return TempRepo(tmp_path / "project").commit({"a.txt": "one\n"})


async def land(repository: RunRepository) -> None:
    """Let the run's head be one commit in which the file is another."""
    entry = FileChange(path="a.txt", before="one\n", after="two\n")
    tree = await repository.write_tree(repository.facts.tree, [entry])
    commit = await repository.commit(tree, [repository.facts.base], message="x")
    await repository.land(commit, expected=repository.facts.base)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("events", "status", "asked_for", "note"),
    [
        (GOOD, RunStatus.SUCCEEDED, False, ""),
        (GOOD, RunStatus.PARTIAL, True, ""),
        (GOOD, RunStatus.PARTIAL, False, "the run is partial"),
        (GOOD, RunStatus.BLOCKED, False, "the run is blocked"),
        (landed(("b", PASSED, Evidence.NONE)), RunStatus.SUCCEEDED, False, "no check speaks for b"),
        (landed(("b", PASSED, Evidence.NONE)), RunStatus.SUCCEEDED, True, "no check speaks for b"),
    ],
)
async def test_only_what_succeeded_and_is_verified_is_applied_by_itself(
    project: TempRepo, events: Sequence[Event], status: RunStatus, note: str, *, asked_for: bool
) -> None:
    async with await RunRepository.create(project.folder, RUN) as repository:
        await land(repository)
        ended = Ended(repository=repository, events=events, status=status, asked_for=asked_for)
        handed = await hand_over(ended, APPLY)
    assert (handed.is_applied, handed.fault) == (not note, "")
    assert (project.folder / "a.txt").read_text() == ("one\n" if note else "two\n")
    assert note in "".join(handed.notes)
    assert bool(handed.notes) is bool(note)


@pytest.mark.anyio
async def test_what_is_applied_already_is_left_and_what_landed_since_is_added(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as repository:
        await land(repository)
        ended = Ended(repository=repository, events=GOOD, status=RunStatus.SUCCEEDED)
        assert (await hand_over(ended, APPLY)).is_applied
        assert (await hand_over(ended, APPLY)).is_applied
        head = await repository.head()
        entry = FileChange(path="b.txt", before=None, after="new\n")
        tree = await repository.write_tree(await repository.tree_of(head), [entry])
        await repository.land(await repository.commit(tree, [head], message="y"), expected=head)
        assert (await hand_over(ended, APPLY)).is_applied
        assert (project.folder / "b.txt").read_text() == "new\n"
        await repository.results.undo()
        assert not (project.folder / "b.txt").exists()
        await repository.results.undo()
    assert project.git("status", "--short") == ""


@pytest.mark.anyio
async def test_a_result_that_cannot_be_applied_is_one_line_and_touches_nothing(project: TempRepo) -> None:
    async with await RunRepository.create(project.folder, RUN) as repository:
        await land(repository)
        project.write({"a.txt": "mine\n"})
        handed = await hand_over(Ended(repository=repository, events=GOOD, status=RunStatus.SUCCEEDED), APPLY)
    assert not handed.is_applied
    assert handed.fault.startswith("the result is not handed over: these files were changed meanwhile")
    assert "a.txt" in handed.fault
    assert "\n" not in handed.fault
    assert (project.folder / "a.txt").read_text() == "mine\n"


@pytest.mark.anyio
async def test_a_patch_that_cannot_be_written_is_a_fault(project: TempRepo, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "patch.diff").write_text("somebody's")
    wish = Handover(Way.PATCH, tmp_path / "out")
    async with await RunRepository.create(project.folder, RUN) as repository:
        await land(repository)
        handed = await hand_over(Ended(repository=repository, events=GOOD, status=RunStatus.SUCCEEDED), wish)
    assert "patch.diff" in handed.fault
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["patch.diff"]
    assert (tmp_path / "out" / "patch.diff").read_text() == "somebody's"


@pytest.mark.anyio
async def test_a_run_that_edits_nothing_gives_a_report_and_no_patch(tmp_path: Path) -> None:
    ended = Ended(repository=None, events=GOOD, status=RunStatus.SUCCEEDED)
    handed = await hand_over(ended, Handover(Way.PATCH, tmp_path / "out"))
    assert (handed.patch_file, handed.fault) == ("", "")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["report.json"]
    assert not (await hand_over(ended, APPLY)).is_applied


def test_a_patch_that_is_there_already_is_found_out_beforehand(tmp_path: Path) -> None:
    wish = Handover(Way.PATCH, tmp_path)
    wish.check(is_new=True)
    (tmp_path / "patch.diff").symlink_to("nowhere")
    wish.check(is_new=False)
    with pytest.raises(InputError, match=r"patch\.diff: it exists"):
        wish.check(is_new=True)
    (tmp_path / "report.json").touch()
    with pytest.raises(InputError, match=r"report\.json: it exists"):
        wish.check(is_new=False)
    with pytest.raises(InputError, match="it is not a folder"):
        Handover(Way.PATCH, tmp_path / "report.json").check(is_new=True)
