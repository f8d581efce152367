"""The engine of a run that edits is killed: `rung resume` ends in the same branch, and buys nothing that was saved."""

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.journal.layout import JOURNAL
from tests.acceptance.assassin import MODES, STRACE, Case
from tests.acceptance.killing import Start, adopting_orphans, forker
from tests.unit.sandbox.processes import pids, read

needs_strace = pytest.mark.skipif(STRACE is None, reason="there is no strace")


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    """Engines that have loaded already."""
    with adopting_orphans(), forker() as forked:
        yield forked


def calls_of_git(folder: Path, start: Start) -> int:
    """How many calls of git an undisturbed run makes."""
    case = Case(folder, start)
    case.end()
    assert case.project.billed() == {"small": 1, "large": 1}
    return case.calls_of_git


def kill_at_git(folder: Path, start: Start, *, places: int) -> int:
    """Kill engines at so many calls of git, spread over a run; how many kills that were."""
    calls = calls_of_git(folder / "undisturbed", start)
    chosen = sorted({1 + number * calls // places for number in range(places)})
    kills = 0
    for number, place in enumerate(chosen):
        case = Case(folder / f"git-{place}", start)
        case.live_until_git(place, MODES[number % len(MODES)])
        kills += case.kills
        case.end()
    return kills


def test_an_engine_killed_at_a_call_of_git_is_followed_by_one_that_ends_the_same(tmp_path: Path, start: Start) -> None:
    assert kill_at_git(tmp_path, start, places=8) == 8


def test_engines_that_are_all_killed_soon_come_to_the_same_end(tmp_path: Path, start: Start) -> None:
    """Each has only so many calls of git: what it saved, the next one does not do again."""
    case = Case(tmp_path / "case", start)
    allowed = 28  # one engine makes the run's repository, or opens it and does a part of an attempt
    while not case.live_until_git(allowed, MODES[case.kills % len(MODES)]):
        assert case.kills < 30, "no engine brings the run on"
    assert case.kills > 1
    case.end()


def test_an_engine_killed_at_a_random_time_is_followed_by_one_that_ends_the_same(tmp_path: Path, start: Start) -> None:
    assert kill_at_random(tmp_path, start, kills=4, seed=1) >= 4


def kill_at_random(folder: Path, start: Start, *, kills: int, seed: int) -> int:
    """Kill engines at uniformly random times until there were so many; how many that were."""
    chance = random.Random(seed)
    began = time.monotonic()
    Case(folder / "undisturbed", start).end()
    seconds = time.monotonic() - began
    done = number = 0
    while done < kills:
        number += 1
        case = Case(folder / f"random-{number}", start)
        while case.kills < 3 and not case.live(chance.uniform(0.0, seconds)):
            pass
        done += case.kills
        case.end()
    return done


@pytest.mark.parametrize("edit", ["a * b", "a + b"], ids=["rejected", "accepted"])
def test_an_engine_killed_while_a_check_runs_judges_again_and_asks_nobody(
    tmp_path: Path, start: Start, edit: str
) -> None:
    sleep = f"sleep 1{os.getpid():07}"
    hangs = f"""if [ "$CI" = hang ] && grep -Fq '{edit}' calc.py; then exec {sleep}; fi"""
    case = Case(tmp_path / "case", start, check=f"{hangs}; grep -Fq 'a + b' calc.py")
    case.environment["CI"] = "hang"
    assert not case.live_until(lambda: is_running(sleep))
    del case.environment["CI"]
    assert (case.kills, case.promised) == (1, 0)
    case.end()
    assert case.project.billed() == {"small": 1, "large": 1}


def is_running(command: str) -> bool:
    wanted = b"\0".join(map(str.encode, command.split())) + b"\0"
    return any(read(pid, "cmdline") == wanted for pid in pids())


@needs_strace
@pytest.mark.parametrize("model", ["small", "large"])
@pytest.mark.parametrize("death", [("write", 1), ("pread64", 2)], ids=["unasked", "unheard"])
def test_an_engine_killed_while_a_model_answers_buys_that_one_answer_again(
    tmp_path: Path, start: Start, model: str, *, death: tuple[str, int]
) -> None:
    call, bought = death
    case = Case(tmp_path / "case", start)
    bill = case.project.home / f"{model}.json.calls"
    assert not case.live_until_write(bill, call, 1)
    assert (case.kills, case.promised) == (1, 1)
    case.end()
    assert case.project.billed() == {"small": 1, "large": 1, model: bought}


def kill_at_journal(folder: Path, start: Start, *, whens: range, first: int) -> int:
    """Kill a second engine at each of these writes to the journal, the first one having died early; the kills."""
    kills = 0
    for when in whens:
        case = Case(folder / f"journal-{first}-{when}", start)
        assert not case.live_until_git(first, "after")
        assert case.store
        case.live_until_write(case.store / f"{JOURNAL}-wal", "pwrite64", when)
        kills += case.kills
        case.end()
    return kills


@needs_strace
def test_an_engine_killed_at_a_write_to_the_journal_is_followed_by_one_that_ends_the_same(
    tmp_path: Path, start: Start
) -> None:
    first = calls_of_git(tmp_path / "undisturbed", start) // 2
    assert kill_at_journal(tmp_path, start, whens=range(2, 18, 8), first=first) > 2


@pytest.mark.soak
@pytest.mark.timeout(3_000)
def test_a_hundred_kills_and_more_end_the_same(tmp_path: Path, start: Start) -> None:
    calls = calls_of_git(tmp_path / "counted", start)
    kills = 0
    for place in range(1, calls + 1):
        for mode in MODES:
            case = Case(tmp_path / f"git-{place}-{mode}", start)
            case.live_until_git(place, mode)
            kills += case.kills
            case.end()
    kills += kill_at_random(tmp_path, start, kills=60, seed=2)
    if STRACE:
        kills += kill_at_journal(tmp_path, start, whens=range(1, 40), first=calls // 2)
    assert kills > 100
