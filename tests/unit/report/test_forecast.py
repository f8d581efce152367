from collections.abc import Mapping
from threading import Lock

from orchestrator.domain.events import Event, NodeExpanded
from orchestrator.domain.ids import NodeId
from orchestrator.report import RunState
from orchestrator.report.estimate import Estimate
from orchestrator.report.forecast import Forecast, Remaining
from tests.unit.report.script import START, begun, blocked, failed, fold, node, started, succeeded, tell


def remaining(
    state: RunState, at: float, durations: Mapping[str, float] | None = None, *, workers: int = 4
) -> Remaining | None:
    known = {NodeId(name): seconds for name, seconds in (durations or {}).items()}
    nodes = list(state.nodes.values())
    forecast = Forecast(nodes, durations=known, kind_work=state.kind_work, workers=workers)
    return forecast.remaining(START + at, open_nodes=len(state.nodes) - state.finished - len(state.blocked))


CHAIN = begun(node("a"), node("b", "a"), node("c", "b"), node("lone"))
TIMES = {"a": 10.0, "b": 20.0, "c": 5.0, "lone": 12.0}


def test_the_longest_chain_is_what_is_left() -> None:
    assert remaining(fold([CHAIN]), 0, TIMES) == Remaining(
        35, (NodeId("a"), NodeId("b"), NodeId("c")), longer=False, left=35
    )


def test_the_time_that_a_node_has_run_is_taken_off_but_never_more_than_expected() -> None:
    state = fold([CHAIN, started(0, "a")])
    told = [remaining(state, at, TIMES) for at in (0, 4, 10, 99)]
    assert [one.critical if one else None for one in told] == [35, 31, 25, 25]


def test_when_the_longest_chain_has_run_off_another_one_counts() -> None:
    state = fold([begun(node("a"), node("b")), started(0, "a")])
    told = remaining(state, 9, {"a": 10, "b": 8})
    assert told is not None
    assert (told.critical, told.path) == (8, ("b",))


def test_few_workers_make_the_work_the_limit() -> None:
    told = remaining(fold([CHAIN]), 0, TIMES, workers=1)
    assert told is not None
    assert (told.critical, told.left) == (35, 47)


def test_unknown_nodes_take_what_their_kind_took() -> None:
    nodes = [node("a"), node("g", kind="gate"), node("b", "a"), node("h", kind="gate"), node("s", kind="set")]
    state = fold([begun(*nodes), started(0, "a"), succeeded(6, "a"), started(0, "g"), succeeded(2, "g")])
    told = remaining(state, 6)
    assert told is not None
    assert (told.critical, told.path) == (6, ("b",))
    assert told.left == max(6, (6 + 2 + 4) / 4)


def test_nothing_is_told_before_anything_is_known_and_after_everything_ended() -> None:
    assert remaining(fold([CHAIN]), 0) is None
    assert remaining(fold([begun()]), 0) is None
    assert remaining(fold([begun(node("a")), started(0, "a"), succeeded(1, "a")]), 1) is None


def test_a_parent_comes_after_its_children_and_weighs_nothing_itself() -> None:
    state = fold([begun(node("a"), node("b", "a")), started(0, "a")])
    tell(state, [NodeExpanded(START, NodeId("a"), 1, (node("a/x"), node("a/y", "a/x")))])
    told = remaining(state, 0, {"a": 100, "a/x": 3, "a/y": 4, "b": 5})
    assert told is not None
    assert (told.critical, told.path) == (12, ("a/x", "a/y", "b"))


def test_what_waits_for_a_question_is_left_out() -> None:
    nodes = [node("ask"), node("b", "ask"), node("c", "b"), node("other")]
    told = remaining(fold([begun(*nodes), blocked(1, "ask", "sure?")]), 1, {"b": 50, "c": 50, "other": 7})
    assert told is not None
    assert (told.critical, told.path) == (7, ("other",))


def test_a_long_path_is_cut() -> None:
    chain = [node("n0"), *(node(f"n{number}", f"n{number - 1}") for number in range(1, 9))]
    told = remaining(fold([begun(*chain)]), 0, {f"n{number}": 1 for number in range(9)})
    assert told is not None
    assert (told.critical, told.path, told.longer) == (9, ("n0", "n1", "n2", "n3"), True)


def test_one_forecast_follows_the_run_as_nodes_end() -> None:
    state = fold([CHAIN])
    known = {NodeId(name): seconds for name, seconds in TIMES.items()}
    forecast = Forecast(list(state.nodes.values()), durations=known, kind_work={}, workers=0)
    seen = []
    steps: list[Event] = [started(0, "a"), succeeded(10, "a"), started(10, "b"), failed(11, "b", "exit 1")]
    for step in steps:
        tell(state, [step])
        told = forecast.remaining(step.at, open_nodes=3)
        seen.append(told and (told.critical, told.path[0]))
    assert seen == [(35, "a"), (25, "b"), (25, "b"), (12, "lone")]


def test_an_estimate_is_made_again_when_nodes_were_added_but_not_at_once() -> None:
    state = fold([begun(node("a"))])
    estimate = Estimate(state, Lock(), durations={NodeId("a"): 1.0, NodeId("b"): 30.0})
    assert estimate.remaining(START) == Remaining(1.0, (NodeId("a"),), longer=False, left=1.0)
    tell(state, [NodeExpanded(START, NodeId("x"), 1, (node("b", "a"),))])
    soon, later = estimate.remaining(START + 0.5), estimate.remaining(START + 1.5)
    assert soon is not None
    assert later is not None
    assert (soon.path, later.path) == (("a",), ("a", "b"))
