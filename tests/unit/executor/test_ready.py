import pytest

from orchestrator.executor.ready import NOTHING, ReadyQueue
from orchestrator.executor.transitions import READY, RUNNING


def make(count: int, priorities: list[float] | None = None) -> tuple[ReadyQueue, bytearray]:
    phases = bytearray([READY] * count)
    return ReadyQueue(phases, priorities or [1.0] * count), phases


def test_the_highest_priority_comes_first_and_ties_go_by_number() -> None:
    queue, _ = make(4, [1.0, 3.0, 3.0, 2.0])
    for node in range(4):
        queue.push(node)
    assert [queue.take() for _ in range(5)] == [1, 2, 3, 0, NOTHING]


def test_a_node_that_is_no_longer_ready_is_dropped() -> None:
    queue, phases = make(2)
    queue.push(0)
    queue.push(1)
    phases[0] = RUNNING
    assert queue.take() == 1
    assert queue.take() == NOTHING


def test_a_full_pool_parks_its_nodes_and_lets_others_pass() -> None:
    queue, _ = make(3, [3.0, 2.0, 1.0])
    pool = queue.add_pool(1)
    queue.assign(0, [pool])
    queue.assign(1, [pool])
    for node in range(3):
        queue.push(node)
    assert [queue.take(), queue.take(), queue.take()] == [0, 2, NOTHING]
    queue.give_back(0)
    assert queue.take() == 1


def test_a_node_woken_for_a_slot_that_it_cannot_use_passes_it_on() -> None:
    queue, phases = make(4, [4.0, 3.0, 2.0, 1.0])
    first, second = queue.add_pool(1), queue.add_pool(1)
    queue.assign(0, [first])
    queue.assign(1, [second])
    queue.assign(2, [first, second])
    queue.assign(3, [first])
    for node in range(4):
        queue.push(node)
    assert [queue.take(), queue.take(), queue.take()] == [0, 1, NOTHING]
    phases[0] = phases[1] = RUNNING
    queue.give_back(0)  # wakes 2, which still needs the second pool
    assert queue.take() == 3


def test_a_parked_node_that_was_skipped_meanwhile_does_not_use_up_the_wake() -> None:
    queue, phases = make(3, [3.0, 2.0, 1.0])
    pool = queue.add_pool(1)
    for node in range(3):
        queue.assign(node, [pool])
        queue.push(node)
    assert [queue.take(), queue.take()] == [0, NOTHING]
    phases[1] = RUNNING
    queue.give_back(0)
    assert queue.take() == 2


@pytest.mark.parametrize("slots", [0, -1])
def test_a_pool_without_slots_is_refused(slots: int) -> None:
    queue, _ = make(1)
    with pytest.raises(ValueError, match="at least one slot"):
        queue.add_pool(slots)
