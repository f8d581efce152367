"""The fake runner: the script is followed, and what happened is on record."""

import math

import anyio
import pytest

from orchestrator.domain.command import Command
from orchestrator.testing.runner import FakeRunner, Reply

pytestmark = pytest.mark.anyio

MAKE = Command(argv=("make", "all"), cwd="/")


async def test_replies_are_used_in_turn_and_the_last_one_again() -> None:
    runner = FakeRunner().when(lambda argv: argv[0] == "make", Reply(exit_code=2), Reply())
    assert [(await runner.run(MAKE)).exit_code for _ in range(3)] == [2, 0, 0]
    assert runner.commands == [MAKE] * 3


async def test_the_first_rule_that_matches_counts() -> None:
    runner = FakeRunner().when(lambda argv: "all" in argv, Reply(exit_code=1)).when(lambda _argv: True)
    assert (await runner.run(MAKE)).exit_code == 1
    assert (await runner.run(Command(argv=("make",), cwd="/"))).exit_code == 0


async def test_what_is_not_in_the_script_is_an_error() -> None:
    with pytest.raises(LookupError, match="'make', 'all'"):
        await FakeRunner().run(MAKE)


async def test_a_cancelled_command_is_on_record() -> None:
    runner = FakeRunner().when(lambda _argv: True, Reply(stdout="up\n", seconds=math.inf))
    up = anyio.Event()
    async with anyio.create_task_group() as tasks:
        for _ in range(2):
            tasks.start_soon(runner.run, MAKE, lambda _name, _line: up.set())
        await up.wait()
        assert runner.running >= 1
        tasks.cancel_scope.cancel()
    assert runner.cancelled == runner.commands
    assert (runner.running, runner.most_running) == (0, len(runner.commands))
