"""Tests of Python that do not end, or that are named in another order each time, told by the runners of the pack."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.validation.pipeline.running import SECONDS
from tests.unit.validation.luck import luck
from tests.unit.validation.packs.projects import SHIPPED

PROGRAMS = SHIPPED.packs["python"].programs
ENDLESS = """
import time
import unittest
def spin():
    while True:
        pass
class Case(unittest.TestCase):
    def test_a(self):
        pass
    def test_spins(self):
        spin()
    def test_swallows(self):
        while True:
            try:
                spin()
            except Exception:
                pass
    def test_waits(self):
        time.sleep(3600)
    def test_z(self):
        pass
"""
NAMED = """
import pytest
@pytest.mark.parametrize("x", {(None, str(number)) for number in range(20)})
def test_it(x):
    print(x, end=" ")
"""


def run(runner: str, text: str, folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """As the pack starts it; 2 s allow half of that to a test, and four times as much by the clock."""
    (folder / "test_it.py").write_text(text, encoding="utf-8")
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    for name in ("watched.py", runner):
        (programs / name).write_text(PROGRAMS[name], encoding="utf-8")
    command = (sys.executable, "-I", "-X", f"pycache_prefix={folder}/cache", programs / "watched.py", programs / runner)
    return subprocess.run(
        (*command, *arguments), cwd=folder, check=False, capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], "COLUMNS": "200", SECONDS: "2", **env},
    )  # fmt: skip


def test_a_test_that_does_not_end_fails_for_itself_and_the_others_run(tmp_path: Path) -> None:
    done = run("pytests.py", ENDLESS, tmp_path, "-p", "no:cacheprovider", "-rA", "--tb=short")
    assert done.returncode == 1, done.stderr
    assert "3 failed, 2 passed" in done.stdout
    assert "test_spins - TimeoutException: no end within 1 s of processor time" in done.stdout
    assert re.search(r"test_it\.py:\d+: in spin", done.stdout), "where it was"


def test_unittest_is_watched_likewise(tmp_path: Path) -> None:
    done = run("unittests.py", ENDLESS, tmp_path)
    assert done.returncode == 1
    assert "FAILED (errors=3)" in done.stderr
    assert "TimeoutException: no end within 1 s of processor time" in done.stderr
    assert "test_z (test_it.Case.test_z) ... ok" in done.stderr or "test_z (test_it.Case) ... ok" in done.stderr


def test_what_swallows_everything_ends_the_run_with_its_name(tmp_path: Path) -> None:
    text = (  # twice, for a signal may come between the end of one statement and the beginning of the next
        "def test_it():\n    try:\n        try:\n            while 1: sum(())\n        except BaseException:\n"
        "            test_it()\n    except BaseException:\n        test_it()\n"
    )
    fast = PROGRAMS["watched.py"].replace("MOST = 20", "MOST = 1")
    assert fast != PROGRAMS["watched.py"]
    (tmp_path / "programs").mkdir()
    (tmp_path / "test_it.py").write_text(text, encoding="utf-8")
    (tmp_path / "programs" / "watched.py").write_text(fast, encoding="utf-8")
    (tmp_path / "programs" / "pytests.py").write_text(PROGRAMS["pytests.py"], encoding="utf-8")
    command = (sys.executable, "-I", "programs/watched.py", "programs/pytests.py", "-q", "-p", "no:cacheprovider")
    done = subprocess.run(
        command, cwd=tmp_path, check=False, capture_output=True, text=True, env={**os.environ, SECONDS: "2"}
    )
    assert done.returncode == 1
    assert "test_it.py::test_it: no end within 1 s of processor time, and it cannot be stopped" in done.stderr


def test_a_signal_that_a_test_uses_is_left_to_it(tmp_path: Path) -> None:
    text = """
import signal
seen = []
def setup_module():
    signal.signal(signal.SIGALRM, lambda *_: seen.append(1))
def test_a():
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    signal.pause()
    assert seen == [1]
def test_b():
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    signal.pause()
    assert seen == [1, 1]
"""
    done = run("pytests.py", text, tmp_path, "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="addresses are the same each time on Linux alone")
def test_the_order_of_sets_and_so_the_names_of_tests_are_the_same_in_each_run(tmp_path: Path) -> None:
    runs = [run("pytests.py", NAMED, tmp_path, "-q", "-s", "-p", "no:cacheprovider").stdout for _ in range(3)]
    assert len({text.partition(" passed")[0] for text in runs}) == 1, runs


def test_each_turn_has_its_own_order_of_sets_and_no_test_can_tell_which_turn_it_is(tmp_path: Path) -> None:
    text = f"import os\ndef test_it():\n    print({luck().first}, [one for one in os.environ if 'TURN' in one])\n"
    turns: tuple[dict[str, str], ...] = ({}, {"RUNG_TURN": "0"}, {"RUNG_TURN": "1"}, {"RUNG_TURN": "2"})
    said = [run("pytests.py", text, tmp_path, "-qs", "-p", "no:cacheprovider", **turn).stdout for turn in turns]
    assert [one.splitlines()[0].rstrip(".") for one in said] == [
        f"{first} []" for first in (luck().firsts[0], *luck().firsts)
    ], said


def test_what_the_tests_start_has_its_surroundings_and_the_runner_has_not(tmp_path: Path) -> None:
    (tmp_path / "evil").mkdir()
    (tmp_path / "evil" / "pytest.py").write_text("raise SystemExit(0)\n", encoding="utf-8")
    (tmp_path / "json.py").write_text("raise SystemExit(0)\n", encoding="utf-8")
    text = "import json, os, sys\ndef test_it():\n    print(json.dumps([os.environ['PYTHONPATH'], sys.argv[1:]]))\n"
    (tmp_path / "programs").mkdir()
    (tmp_path / "programs" / "json.py").write_text("raise SystemExit(0)\n", encoding="utf-8")
    done = run("pytests.py", text, tmp_path, "-qs", "-p", "no:cacheprovider", PYTHONPATH=f"{tmp_path}/evil")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[0].rpartition("]")[0] + "]") == [
        f"{tmp_path}/evil", ["-qs", "-p", "no:cacheprovider"],
    ]  # fmt: skip
