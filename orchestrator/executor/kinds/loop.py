"""``loop``: a bounded sub-graph, run again until a condition holds; the outer graph stays acyclic."""

import hashlib
import json
from collections.abc import Mapping

from orchestrator.domain.ids import iteration_id
from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.domain.outcome import Blocked, Expanded, Failed, Outcome, Succeeded
from orchestrator.domain.retry import FailureKind
from orchestrator.executor.kinds.subgraph import contexts, first_failure, instantiate
from orchestrator.expressions import parse_condition, truthy
from orchestrator.task import Task


async def perform_loop(task: Task) -> Outcome:
    """Start the next iteration, or end.

    After each iteration: ``until`` true ends it well; ``stop-if`` true blocks it; the last iteration
    without ``until`` fails it. A failed node inside does not end the loop: the criterion does.
    """
    iteration = task.step
    if not iteration:
        return _iterate(task, 1, digest="")
    nodes = contexts(task.children)
    digest = _digest(nodes)
    loop: dict[str, JsonValue] = {"iteration": iteration, "no-progress": digest == task.notes.get("digest")}
    extra: dict[str, JsonValue] = {"nodes": nodes, "loop": loop}
    if _holds(task, "until", extra=extra):
        return Succeeded({"iterations": iteration, **task.outputs(extra)})
    if _holds(task, "stop_if", extra=extra):
        return Blocked(f"stopped after iteration {iteration}: {task.spec.body['stop_if']}")
    if iteration >= _limit(task):
        failure = first_failure(task.children)
        return Failed(
            f"until is still false after {iteration} iterations: {task.spec.body['until']}",
            FailureKind.ERROR,
            outputs={"iterations": iteration, **task.outputs(extra)},
            detail=failure,
        )
    return _iterate(task, iteration + 1, digest=digest)


def _iterate(task: Task, iteration: int, *, digest: str) -> Expanded:
    loop: JsonValue = {"iteration": iteration, "no-progress": False}
    scope: dict[str, JsonValue] = {**task.spec.scope, "env": _environment(task), "loop": loop}
    children = instantiate(
        task.spec.children, lambda child: iteration_id(task.spec.id, iteration, child=child), scope=scope
    )
    return Expanded(children, notes={"digest": digest})


def _environment(task: Task) -> JsonValue:
    """The run's variables and the loop's own: how a value from outside reaches the nodes inside."""
    around = task.scope({}).contexts["env"]
    assert isinstance(around, Mapping), "the engine provides it"
    return {**around, **{name: task.text(template) for name, template in task.spec.env.items()}}


def _holds(task: Task, key: str, *, extra: Mapping[str, JsonValue]) -> bool:
    text = task.spec.body.get(key)
    return bool(text) and truthy(parse_condition(str(text)).evaluate(task.scope(extra)))


def _limit(task: Task) -> int:
    limit = task.spec.body["max_iterations"]
    assert isinstance(limit, int), "checked when the workflow was loaded"
    return limit


def _digest(nodes: Mapping[str, JsonValue]) -> str:
    """A fingerprint of everything that an iteration's nodes put out: twice the same means no progress."""
    return hashlib.sha256(json.dumps(nodes, sort_keys=True).encode()).hexdigest()
