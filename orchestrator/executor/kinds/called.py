"""``workflow``: the nodes of another file, with inputs, environment and outputs of their own."""

from collections.abc import Mapping

from orchestrator.domain.ids import called_id
from orchestrator.domain.jsonvalue import JsonObject, JsonValue
from orchestrator.domain.outcome import Expanded, Failed, Outcome, Succeeded
from orchestrator.domain.retry import FailureKind
from orchestrator.errors import InputError
from orchestrator.executor.kinds.subgraph import contexts, first_failure, instantiate
from orchestrator.task import Task, parsed
from orchestrator.workflow import bind_call


async def perform_workflow(task: Task) -> Outcome:
    """Add the called workflow's nodes; when all have ended, its outputs are this node's."""
    return _finish(task) if task.step else _call(task)


def _call(task: Task) -> Outcome:
    given = {name: task.text(str(template)) for name, template in _mapping(task, "with").items()}
    try:
        inputs = bind_call(task.spec.body, given)
    except InputError as error:
        return Failed(str(error), FailureKind.ERROR)
    contexts_of_call = _contexts(task, inputs)
    children = instantiate(task.spec.children, lambda child: called_id(task.spec.id, child), scope=contexts_of_call)
    parallel, fail_fast = task.spec.body.get("max_parallel"), task.spec.body.get("fail_fast")
    return Expanded(children, parallel if isinstance(parallel, int) else 0, bool(fail_fast), {"inputs": inputs})


def _contexts(task: Task, inputs: JsonObject) -> JsonObject:
    """The called workflow sees its own inputs, vars and env, and none of the caller's."""
    scope: dict[str, JsonValue] = {"inputs": inputs, "vars": _mapping(task, "vars")}
    env: dict[str, JsonValue] = {}
    for name, template in _mapping(task, "env").items():
        env[name] = parsed(str(template)).evaluate(task.scope({**scope, "env": env}))
    return {**scope, "env": env}


def _finish(task: Task) -> Outcome:
    nodes = contexts(task.children)
    inputs = task.notes["inputs"]
    assert isinstance(inputs, Mapping), "written by the step before"
    scope = task.scope({**_contexts(task, inputs), "nodes": nodes, "needs": nodes})
    outputs = {name: parsed(str(text)).evaluate(scope) for name, text in _mapping(task, "outputs").items()}
    if failure := first_failure(task.children):
        return Failed(failure, FailureKind.ERROR, outputs)
    return Succeeded({**outputs, **task.outputs({"nodes": nodes})})


def _mapping(task: Task, key: str) -> JsonObject:
    value = task.spec.body.get(key)
    return value if isinstance(value, Mapping) else {}
