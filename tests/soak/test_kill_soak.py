"""Engines killed a thousand times, and at each single write: the same end as if nobody had killed any."""

from pathlib import Path

import pytest

from tests.acceptance.killing import forker, kill_at_random, spawned
from tests.acceptance.tracing import Setting, begun, fresh, kill_at_every_write, needs_strace

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3_600)]


def test_eight_hundred_kills_of_engines_that_work(tmp_path: Path) -> None:
    with forker() as start:
        patients = kill_at_random(tmp_path, start=start, kills=800, seed=11)
    assert sum(one.at_work for one in patients) > 200


def test_two_hundred_kills_of_processes_at_any_time(tmp_path: Path) -> None:
    kill_at_random(tmp_path, start=spawned, kills=200, seed=12)


@needs_strace
@pytest.mark.parametrize("setting", [begun, fresh])
def test_a_kill_at_every_single_write(setting: Setting, tmp_path: Path) -> None:
    assert len(kill_at_every_write(tmp_path, setting, stride=1)) > 25
