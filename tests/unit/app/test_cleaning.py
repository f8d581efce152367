import shutil
from pathlib import Path

import anyio
import pytest

from orchestrator.app.cleaning import FINISHED, Cleaning, clean, has_only_copy, plan_cleaning
from orchestrator.app.overview import Standing
from orchestrator.domain.events import CandidateKept, CandidateLanded, Event, NodeReopened, ResultPublished
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.status import RunStatus
from orchestrator.domain.tree import CommitId
from orchestrator.journal.cache import NodeCache
from orchestrator.journal.lock import RunLock
from orchestrator.journal.reader import read
from orchestrator.journal.state import open_state
from orchestrator.testing.repo import TempRepo
from orchestrator.workspace.repository import RunRepository
from tests.unit.app.history import START, finished, write

A, B = NodeId("a"), NodeId("b")
LATER = START + 100


def kept(node: NodeId, attempt: int = 1) -> CandidateKept:
    return CandidateKept(START, node, attempt, CommitId(f"{node}{attempt}"))


def landed(node: NodeId) -> CandidateLanded:
    return CandidateLanded(START, node, CommitId("merged"))


PUBLISHED = ResultPublished(START, "rung/r1", CommitId("merged"))


def run_clean(state: Path, cleaning: Cleaning) -> Cleaning:
    return anyio.run(clean, state, cleaning)


def left(state: Path) -> set[str]:
    return {store.name for store in (state / "runs").iterdir()}


@pytest.mark.parametrize("status", RunStatus)
def test_only_what_is_over_may_go(tmp_path: Path, status: RunStatus) -> None:
    write(tmp_path, finished(status=status))
    planned = plan_cleaning(tmp_path, before=LATER)
    is_over = Standing(status.value) in FINISHED
    assert [one.run for one in planned.leaving] == (["r1"] if is_over else [])
    assert [one.why for one in planned.staying] == ([] if is_over else [f"it is {status}"])
    run_clean(tmp_path, planned)
    assert left(tmp_path) == (set() if is_over else {"r1"})


def test_what_somebody_opened_again_or_nobody_ended_stays(tmp_path: Path) -> None:
    write(tmp_path, [*finished(), NodeReopened(START, A, "retried", {A: 0})], run="r1")
    write(tmp_path, finished(run="r2")[:2], run="r2")
    planned = plan_cleaning(tmp_path, before=LATER)
    assert {one.run: one.why for one in planned.staying} == {"r1": "it is opened", "r2": "it is killed"}
    assert planned.leaving == ()


def test_the_age_is_that_of_the_latest_event(tmp_path: Path) -> None:
    write(tmp_path, finished(at=0, run="r1"), run="r1")
    write(tmp_path, finished(at=50, run="r2"), run="r2")
    planned = plan_cleaning(tmp_path, before=START + 50)
    assert ([one.run for one in planned.leaving], planned.staying) == (["r1"], ())
    assert planned.size == planned.leaving[0].size > 0


def test_a_run_that_is_taken_up_after_it_was_listed_stays(tmp_path: Path) -> None:
    store = write(tmp_path, finished())
    planned = plan_cleaning(tmp_path, before=LATER)
    with RunLock.acquire(store):
        done = run_clean(tmp_path, planned)
    assert (done.leaving, left(tmp_path)) == ((), {"r1"})
    assert "works on this run" in done.staying[0].why
    assert len(read(store)) == 4


def test_a_run_that_changed_after_it_was_listed_is_judged_again(tmp_path: Path) -> None:
    store = write(tmp_path, finished())
    planned = plan_cleaning(tmp_path, before=LATER)
    shutil.rmtree(store)
    write(tmp_path, finished(status=RunStatus.BLOCKED))
    done = run_clean(tmp_path, planned)
    assert ([one.why for one in done.staying], left(tmp_path)) == (["it is blocked"], {"r1"})


def test_a_run_that_is_gone_when_its_turn_comes_is_no_error(tmp_path: Path) -> None:
    write(tmp_path, finished())
    planned = plan_cleaning(tmp_path, before=LATER)
    run_clean(tmp_path, planned)
    assert run_clean(tmp_path, planned).leaving == ()


def test_a_folder_under_another_name_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, finished()).rename(tmp_path / "runs" / "copy")
    planned = plan_cleaning(tmp_path, before=LATER)
    assert [(one.run, one.why) for one in planned.staying] == [("r1", "its folder is called copy")]
    assert planned.leaving == ()


def test_what_a_cut_short_removal_left_goes_with_the_next(tmp_path: Path) -> None:
    write(tmp_path, finished())
    (tmp_path / "trash").mkdir()
    write(tmp_path, finished(run="r0"), run="r0").rename(tmp_path / "trash" / "r0-1a2b")
    planned = plan_cleaning(tmp_path, before=START - 100)
    assert (planned.leaving, planned.leftovers > 0, planned.size) == ((), True, planned.leftovers)
    run_clean(tmp_path, planned)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["runs"]
    assert left(tmp_path) == {"r1"}


def test_cached_results_of_that_age_go_too(tmp_path: Path) -> None:
    old, new = "0" * 64, "1" * 64
    with open_state(tmp_path) as database:
        NodeCache(database).put(old, {"a": "x" * 100}, at=START)
        NodeCache(database).put(new, {}, at=LATER)
    planned = plan_cleaning(tmp_path, before=LATER)
    assert planned.cached[0] == 1
    assert planned.size == planned.cached[1] > 100
    assert run_clean(tmp_path, planned).cached == planned.cached
    with open_state(tmp_path) as database:
        assert (NodeCache(database).get(old), NodeCache(database).get(new)) == (None, {})


def test_looking_makes_nothing(tmp_path: Path) -> None:
    planned = plan_cleaning(tmp_path / "state", before=LATER)
    assert (planned.size, planned.leaving) == (0, ())
    run_clean(tmp_path / "state", planned)
    assert list(tmp_path.iterdir()) == []


ONLY_COPIES: list[tuple[str, list[Event], bool]] = [
    ("nothing kept", finished(), False),
    ("kept and never landed", [kept(A)], True),
    ("landed and never published", [kept(A), landed(A)], True),
    ("published before it landed", [kept(A), PUBLISHED, landed(A)], True),
    ("landed and published", [kept(A), landed(A), PUBLISHED], False),
    ("rejected before another one landed", [kept(A, 1), kept(A, 2), landed(A), PUBLISHED], True),
    ("one of two landed", [kept(A), kept(B), landed(A), PUBLISHED], True),
    ("both landed", [kept(A), kept(B), landed(A), landed(B), PUBLISHED], False),
]


@pytest.mark.parametrize(
    ("events", "expected"), [case[1:] for case in ONLY_COPIES], ids=[case[0] for case in ONLY_COPIES]
)
def test_a_candidate_is_safe_once_it_was_published(events: list[Event], *, expected: bool) -> None:
    assert has_only_copy(events) is expected


def test_a_run_with_the_only_copy_of_a_candidate_stays(tmp_path: Path) -> None:
    events = finished()
    write(tmp_path, [*events[:2], kept(A), *events[2:]])
    planned = plan_cleaning(tmp_path, before=LATER)
    assert planned.leaving == ()
    assert [one.why for one in planned.staying] == ["it may hold the only copy of a candidate"]


def test_the_users_repository_forgets_a_run_that_is_gone_and_keeps_its_branch(tmp_path: Path) -> None:
    user = TempRepo(tmp_path / "project").commit({"a.txt": "one\n"})
    state = user.git_dir / "rung"
    events = [*finished()[:2], kept(A), landed(A), PUBLISHED, *finished()[2:]]
    write(state, events, header={"workflow": "build", "cwd": str(user.folder)})

    async def edit() -> None:
        async with await RunRepository.create(user.folder, RunId("r1"), state_dir=state) as repository:
            await repository.results.publish(await repository.head())

    anyio.run(edit)
    assert user.git("for-each-ref", "--format=%(refname)").splitlines() == [
        "refs/heads/main",
        "refs/heads/rung/r1",
        "refs/rung/r1/base",
    ]
    done = run_clean(state, plan_cleaning(state, before=LATER))
    assert ([one.run for one in done.leaving], left(state)) == (["r1"], set())
    assert user.git("for-each-ref", "--format=%(refname)").splitlines() == ["refs/heads/main", "refs/heads/rung/r1"]
