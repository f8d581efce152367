"""Whether a node may start, from its needs, its ``join`` and its ``if``."""

from functools import lru_cache

from orchestrator.domain.node import Join, NodeSpec
from orchestrator.errors import ExpressionError
from orchestrator.executor.board import Board
from orchestrator.executor.machine import Admission
from orchestrator.executor.policy import reason_to_skip
from orchestrator.executor.transitions import FAILED, READY, SKIPPED
from orchestrator.expressions import Expression, parse_condition, truthy

_STATUS_FUNCTIONS = frozenset({"success", "failure", "always", "cancelled"})
_CLEANUP_FUNCTIONS = _STATUS_FUNCTIONS - {"success"}

parse = lru_cache(maxsize=4096)(parse_condition)


def asks(spec: NodeSpec) -> bool:
    """Whether admission has to be asked about ``spec`` even when every need succeeded."""
    return bool(spec.condition)


def survives(spec: NodeSpec) -> bool:
    """Whether ``spec`` is there to run when things go wrong, so that stopping the run leaves it alone."""
    if spec.condition:
        return bool(_calls(parse(spec.condition)) & _CLEANUP_FUNCTIONS)
    return spec.join == Join.ALL_DONE and bool(spec.needs)


def admit(board: Board, number: int) -> Admission:
    """Decide about a node whose needs have all ended.

    A condition that calls a status function decides alone, as in GitHub Actions; any other condition
    stands behind an implied ``success()``, which here is the node's ``join``.
    """
    spec = board.specs[number]
    condition = parse(spec.condition) if spec.condition else None
    if condition is None or not _calls(condition) & _STATUS_FUNCTIONS:
        if reason := reason_to_skip(spec.join, board.need_ends(number)):
            return Admission(SKIPPED, reason)
        if condition is None:
            return Admission(READY)
    try:
        is_wanted = truthy(condition.evaluate(board.scope(number, {})))
    except ExpressionError as error:
        return Admission(FAILED, f"if: {error}")
    return Admission(READY) if is_wanted else Admission(SKIPPED, f"if: {condition.text} is false")


def _calls(condition: Expression) -> frozenset[str]:
    return condition.calls()
