"""The engine killed at any moment: `rung resume` brings the run to the end that it would have had."""

from pathlib import Path

import pytest

from tests.acceptance.killing import forker, kill_at_random, spawned
from tests.acceptance.tracing import begun, kill_at_every_write, needs_strace


@pytest.mark.parametrize("seed", range(4))
def test_a_run_whose_engines_are_killed_at_random_comes_to_its_end(seed: int, tmp_path: Path) -> None:
    with forker() as start:
        patients = kill_at_random(tmp_path, start=start, kills=20, seed=seed)
    assert sum(one.at_work for one in patients) > 1, "engines were killed at work"


def test_a_run_whose_engines_are_killed_even_while_they_load_comes_to_its_end(tmp_path: Path) -> None:
    kill_at_random(tmp_path, start=spawned, kills=20, seed=4)


@needs_strace
def test_a_run_whose_engine_is_killed_at_a_write_to_its_journal_comes_to_its_end(tmp_path: Path) -> None:
    assert len(kill_at_every_write(tmp_path, begun, stride=6)) > 3
