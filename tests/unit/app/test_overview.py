from pathlib import Path

import pytest

from orchestrator.app.overview import Standing, overviews
from orchestrator.domain.events import Answered, Event, NodeReopened, RunResumed
from orchestrator.domain.ids import NodeId
from orchestrator.domain.status import NodeStatus, RunStatus
from orchestrator.journal.lock import RunLock
from tests.unit.app.history import START, begun, finished, node, started, write


def test_every_end_is_a_standing_and_the_others_are_told_apart() -> None:
    ends = {status.value for status in RunStatus}
    assert {one.value for one in Standing} - ends == {"running", "killed", "opened", "unreadable"}
    assert ends < {one.value for one in Standing}


A = NodeId("a")
CASES: list[tuple[str, list[Event], Standing]] = [
    ("ended", finished(), Standing.SUCCEEDED),
    ("ended badly", finished(status=RunStatus.BUDGET), Standing.BUDGET),
    ("in flight", [begun(node("a")), started(1, "a")], Standing.KILLED),
    ("without any event", [], Standing.KILLED),
    ("answered", [*finished(), Answered(START + 1, A, approve=True, opened={A: 0})], Standing.OPENED),
    ("to be tried again", [*finished(), NodeReopened(START + 1, A, "retried", {A: 0})], Standing.OPENED),
    ("taken up again and killed", [*finished(), RunResumed(START + 1)], Standing.KILLED),
]


@pytest.mark.parametrize(("events", "standing"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_where_a_run_stands_is_told_by_its_last_event(tmp_path: Path, events: list[Event], standing: Standing) -> None:
    write(tmp_path, events)
    [one] = overviews(tmp_path)
    assert (one.standing, one.pid, one.problem) == (standing, 0, "")


def test_a_run_that_is_held_is_running_whatever_its_events_say(tmp_path: Path) -> None:
    store = write(tmp_path, finished())
    with RunLock.acquire(store) as lock:
        [one] = overviews(tmp_path)
    assert (one.standing, one.pid) == (Standing.RUNNING, lock.owner.pid)


def test_the_figures_are_those_of_the_events(tmp_path: Path) -> None:
    write(tmp_path, finished(at=10))
    [one] = overviews(tmp_path)
    assert (one.workflow, one.started, one.last_at, one.seconds) == ("build", START + 7, START + 10, 3)
    assert {status: number for status, number in one.nodes.items() if number} == {NodeStatus.SUCCEEDED: 1}


def test_time_between_an_end_and_an_answer_is_nobodys_work(tmp_path: Path) -> None:
    answered = Answered(START + 5_000, A, approve=True, opened={A: 0})
    write(tmp_path, [*finished(), answered, RunResumed(START + 9_000)])
    [one] = overviews(tmp_path)
    assert one.seconds == 3


def test_the_newest_are_listed_first_and_the_unreadable_ones_always(tmp_path: Path) -> None:
    for number in range(5):
        write(tmp_path, finished(at=number, run=f"r{number}"), run=f"r{number}")
    (tmp_path / "runs" / "r1" / "journal.db").write_bytes(b"")
    assert [one.run for one in overviews(tmp_path, most=2)] == ["r4", "r3", "r1"]
    assert [one.run for one in overviews(tmp_path)] == ["r4", "r3", "r2", "r0", "r1"]
    assert overviews(tmp_path / "nowhere") == []


def test_damage_behind_the_last_event_is_found(tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    store = write(tmp_path, finished())
    with closing(sqlite3.connect(store / "journal.db")) as connection, connection:
        connection.execute("DELETE FROM event WHERE seq = 2")
    [one] = overviews(tmp_path)
    assert (one.standing, one.nodes) == (Standing.UNREADABLE, {})
    assert "event 2 is damaged or missing" in one.problem
