"""Random programs whose engines die at any event: whatever is lost, the next engines bring them to the same end."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.domain.status import RunStatus
from orchestrator.testing.journal import MemoryJournal
from tests.unit.executor.programs import Program, World, program_of

SEEDS = st.integers(0, 2**32)


def undisturbed(program: Program) -> tuple[RunStatus, World]:
    world = World(program, random.Random(0))
    return world.finish(), world


def crashed(program: Program, seed: int) -> tuple[RunStatus, World]:
    rng = random.Random(seed)
    world = World(program, rng)
    return world.finish(crashes=rng.randrange(1, 6)), world


def check_crashes(seed: int) -> None:
    """The same end; nothing that had ended is done again (see ``World``), and little of the rest."""
    program = program_of(seed, stops=False)
    expected, calm = undisturbed(program)
    status, world = crashed(program, seed)
    assert status == expected
    assert world.ends() == calm.ends()
    assert max(world.redone, default=0) <= program.workers
    again, repeated = crashed(program, seed)
    assert (again, repeated.journal.events, repeated.performed) == (status, world.journal.events, world.performed)


def check_stops(seed: int) -> None:
    """Who is stopped depends on who was first, but not how the run ends."""
    program = program_of(seed, stops=True)
    expected, _ = undisturbed(program)
    status, world = crashed(program, seed)
    assert status == expected
    assert max(world.redone, default=0) <= program.workers


def check_every_beginning(seed: int) -> None:
    program = program_of(seed, stops=False)
    expected, calm = undisturbed(program)
    ends = calm.ends()
    for length in range(len(calm.journal.events) + 1):
        world = World(program, random.Random(length), MemoryJournal(calm.journal.events[:length]))
        assert world.finish() == expected, f"after {length} events"
        assert world.ends() == ends, f"after {length} events"


@settings(max_examples=200)
@given(seed=SEEDS)
def test_engines_that_die_at_any_event_leave_the_run_to_the_same_end(seed: int) -> None:
    check_crashes(seed)


@settings(max_examples=100)
@given(seed=SEEDS)
def test_a_run_that_failures_stop_ends_alike_whenever_engines_die(seed: int) -> None:
    check_stops(seed)


@settings(max_examples=10)
@given(seed=SEEDS)
def test_every_beginning_of_a_journal_leads_to_the_same_end(seed: int) -> None:
    check_every_beginning(seed)


@pytest.mark.soak
@settings(max_examples=2_000)
@given(seed=SEEDS)
def test_two_thousand_programs_survive_their_engines(seed: int) -> None:
    check_crashes(seed)
    check_stops(seed)


@pytest.mark.soak
@settings(max_examples=200)
@given(seed=SEEDS)
def test_every_beginning_of_two_hundred_journals_leads_to_the_same_end(seed: int) -> None:
    check_every_beginning(seed)


def test_the_programs_hold_what_they_are_meant_to_try() -> None:
    worlds = [crashed(program_of(seed, stops=False), seed)[1] for seed in range(100)]
    kinds = {type(event).__name__ for world in worlds for event in world.journal.events}
    assert {"AttemptFailed", "NodeExpanded", "Answered", "RunResumed"} <= kinds
    assert sum(bool(world.redone) for world in worlds) > 30, "engines die"
    assert max(number for world in worlds for number in world.redone) > 1, "with several nodes in flight"
    nested = {
        event.node.count("#") + event.node.count("/")
        for world in worlds
        for event in world.journal.events[1:-1]
        if hasattr(event, "node")
    }
    assert max(nested) > 2
