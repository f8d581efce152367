import pytest

from orchestrator.errors import MachineError
from orchestrator.executor.machine import Admission, Cancel, Child, Ended, Machine
from orchestrator.executor.ready import NOTHING
from orchestrator.executor.transitions import (
    ALLOWED,
    ATTEMPT_MOVES,
    BLOCKED,
    CANCELLED,
    DELAYED,
    EXPANDED,
    FAILED,
    MOVES,
    PENDING,
    READY,
    RUNNING,
    SKIPPED,
    STATUS,
    SUCCEEDED,
)

DIAMOND = [[1, 2], [3], [3], []]


def skip_behind_failure(machine: Machine, needs: dict[int, list[int]], node: int) -> Admission:
    bad = [need for need in needs[node] if machine.phases[need] != SUCCEEDED]
    return Admission(SKIPPED, f"needs {bad[0]}") if bad else Admission(READY)


def diamond() -> Machine:
    machine = Machine(
        [list(followers) for followers in DIAMOND],
        admit=lambda node: skip_behind_failure(machine, {1: [0], 2: [0], 3: [1, 2]}, node),
    )
    machine.start()
    return machine


def test_nodes_start_when_all_their_needs_have_ended() -> None:
    machine = diamond()
    assert machine.take() == 0
    assert machine.take() == NOTHING
    machine.end(0)
    assert {machine.take(), machine.take()} == {1, 2}
    machine.end(1)
    assert machine.take() == NOTHING
    machine.end(2)
    assert machine.take() == 3
    assert not machine.is_exhausted()
    machine.end(3)
    assert machine.take() == NOTHING
    assert machine.is_exhausted()
    machine.check_over()


def test_a_failure_skips_what_needs_it_with_a_reason_and_goes_on_elsewhere() -> None:
    machine = diamond()
    machine.take()
    machine.end(0)
    assert machine.take() == 1
    machine.end(1, FAILED)
    assert machine.take() == 2
    machine.end(2)
    assert machine.commands == [Ended(3, SKIPPED, "needs 1")]
    assert list(machine.phases) == [SUCCEEDED, FAILED, SUCCEEDED, SKIPPED]


def test_a_chain_of_skips_longer_than_the_recursion_limit_is_told_in_order() -> None:
    count = 50_000
    machine = Machine([[node + 1] for node in range(count - 1)] + [[]], admit=lambda _node: Admission(SKIPPED, "x"))
    machine.start()
    machine.end(machine.take(), FAILED)
    assert [command.node for command in machine.commands] == list(range(1, count))
    machine.check_over()


def test_a_blocked_node_leaves_its_dependents_undecided() -> None:
    machine = diamond()
    machine.end(machine.take())
    machine.end(machine.take(), BLOCKED)
    machine.end(machine.take())
    assert machine.take() == NOTHING
    assert machine.is_exhausted()
    assert machine.unfinished() == [3]
    machine.check_over()


def test_a_retry_waits_until_it_is_due() -> None:
    machine = Machine([[]])
    machine.start()
    machine.delay(machine.take(), 10.0)
    assert machine.take() == NOTHING
    assert not machine.is_exhausted()
    assert machine.next_due == 10.0
    machine.wake(9.9)
    assert machine.take() == NOTHING
    machine.wake(10.0)
    assert machine.take() == 0


def test_children_run_before_what_waits_for_their_parent() -> None:
    machine = Machine([[1], []])
    machine.start()
    children = machine.expand(machine.take(), [Child(), Child(needs=(2,))])
    assert list(children) == [2, 3]
    assert machine.take() == 2
    assert machine.take() == NOTHING
    machine.end(2)
    machine.end(machine.take())
    assert machine.take() == 0, "the parent's next step"
    machine.end(0)
    assert machine.take() == 1


def test_an_expansion_without_children_goes_on_at_once() -> None:
    machine = Machine([[]])
    machine.start()
    assert list(machine.expand(machine.take(), [])) == []
    assert machine.take() == 0


def test_a_child_may_need_a_node_that_has_ended_and_is_asked_when_it_went_badly() -> None:
    machine = Machine([[], []], admit=lambda _node: Admission(SKIPPED, "went badly"))
    machine.start()
    machine.end(machine.take(), FAILED)
    machine.expand(machine.take(), [Child(needs=(0,))])
    assert machine.commands == [Ended(2, SKIPPED, "went badly")]
    assert machine.take() == 1


def test_of_the_children_the_longest_chain_goes_first_in_whatever_order_they_are_listed() -> None:
    machine = Machine([[]])
    machine.start()
    machine.expand(machine.take(), [Child(), Child(needs=(3,)), Child()])
    assert machine.take() == 3
    assert machine.take() == 1


def test_stop_skips_what_has_not_started_cancels_what_runs_and_spares_survivors() -> None:
    machine = diamond()
    machine.mark(3, asks=True, survives=True)
    machine.end(machine.take())
    running = machine.take()
    machine.stop("over")
    waiting = 3 - running
    assert set(machine.commands) == {Cancel(running, "over"), Ended(waiting, SKIPPED, "over")}
    assert machine.phases[3] == PENDING
    machine.commands.clear()
    machine.end(running, CANCELLED)
    assert machine.commands == [Ended(3, SKIPPED, "needs 1")], "a survivor is decided by its own admission"


def test_stop_within_a_node_leaves_the_rest_alone() -> None:
    machine = Machine([[], []])
    machine.start()
    parent = machine.take()
    machine.expand(parent, [Child(), Child()])
    machine.end(machine.take(), FAILED)
    machine.stop("sibling failed", within=parent)
    assert machine.commands == [Ended(3, SKIPPED, "sibling failed")]
    assert machine.take() == parent
    assert machine.take() == 1


def test_a_stopped_parent_ends_with_its_last_child() -> None:
    machine = Machine([[1], []], admit=lambda _node: Admission(SKIPPED, "needs 0"))
    machine.start()
    machine.expand(machine.take(), [Child()])
    child = machine.take()
    machine.stop("over")
    machine.commands.clear()
    machine.end(child, CANCELLED)
    assert machine.commands == [Ended(0, CANCELLED, "over")]
    assert list(machine.phases) == [CANCELLED, SKIPPED, CANCELLED]


def test_a_drained_machine_gives_nothing_and_is_exhausted_once_nothing_runs() -> None:
    machine = Machine([[], []])
    machine.start()
    node = machine.take()
    machine.drain()
    assert machine.take() == NOTHING
    assert not machine.is_exhausted()
    machine.release(node)
    assert machine.is_exhausted()
    assert machine.phases[node] == READY


def test_an_illegal_move_tells_the_story() -> None:
    machine = Machine([[]])
    machine.start()
    machine.end(machine.take())
    with pytest.raises(MachineError, match="not running; story: ready, running, succeeded"):
        machine.end(0)


def test_a_forgotten_node_is_a_bug() -> None:
    machine = Machine([[], [1]])
    machine.start()
    machine.end(machine.take())
    with pytest.raises(MachineError, match="node 1 was never decided"):
        machine.check_over()


def test_the_table_allows_what_it_lists_and_nothing_else() -> None:
    assert len(MOVES) == len(STATUS) == len(ALLOWED)
    for phase, moves in enumerate(MOVES):
        allowed = {target for target in range(len(MOVES)) if ALLOWED[phase][target]}
        assert allowed - {READY} == set(moves) - {READY}
        assert phase not in moves
    assert not ALLOWED[PENDING][RUNNING], "a node is ready before it runs"
    assert not ALLOWED[SKIPPED][RUNNING]
    assert ALLOWED[RUNNING][DELAYED]
    assert ALLOWED[RUNNING][EXPANDED]


def test_an_attempt_is_judged_before_it_is_accepted() -> None:
    accepted_from = [status for status, moves in ATTEMPT_MOVES.items() if "accepted" in moves]
    assert accepted_from == ["judged"]
