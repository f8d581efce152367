"""``foreach`` and ``strategy.matrix``: one child for each item, whatever the node's kind."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from orchestrator.domain.ids import item_id, item_key
from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.domain.node import Foreach, Join, NodeSpec
from orchestrator.domain.outcome import Expanded, Failed, Outcome, Succeeded
from orchestrator.domain.retry import FailureKind
from orchestrator.errors import InputError
from orchestrator.executor.kinds.subgraph import first_failure
from orchestrator.expressions import parse, to_text
from orchestrator.task import ChildEnd, Task
from orchestrator.workflow import matrix_combinations


async def perform_foreach(task: Task) -> Outcome:
    """Add a child for each item, then gather.

    Outputs: ``items`` lists each child's key, result and outputs in item order; each declared output
    becomes the list of the children's values, ``null`` where a child has none.
    """
    foreach = task.spec.foreach
    assert foreach is not None, "the engine sends only nodes with foreach here"
    return _gather(task, foreach) if task.step else _spread(task, foreach)


def _spread(task: Task, foreach: Foreach) -> Outcome:
    try:
        items = _items(task, foreach)
    except InputError as error:
        return Failed(f"matrix: {error}", FailureKind.ERROR)
    if not isinstance(items, Sequence) or isinstance(items, str):
        return Failed(f"foreach: {foreach.items} is no list", FailureKind.ERROR)
    keys = [_key(task, foreach, index=index, item=item) for index, item in enumerate(items)]
    if twice := [key for key, count in Counter(keys).items() if count > 1]:
        return Failed(f"foreach: two items have the key {twice[0]!r}; give each its own with key:", FailureKind.ERROR)
    children = tuple(_child(task.spec, foreach, key=key, item=item) for key, item in zip(keys, items, strict=True))
    return Expanded(children, max_parallel=foreach.max_parallel, fail_fast=foreach.fail_fast)


def _items(task: Task, foreach: Foreach) -> JsonValue:
    items = parse(foreach.items).evaluate(task.scope({}))
    return matrix_combinations(items) if foreach.name == "matrix" and isinstance(items, Mapping) else items


def _key(task: Task, foreach: Foreach, *, index: int, item: JsonValue) -> str:
    if foreach.key:
        return item_key(to_text(task.text(foreach.key, {foreach.name: item})))
    if foreach.name == "matrix" and isinstance(item, Mapping):
        return item_key(",".join(to_text(value) for value in item.values()))
    return str(index)


def _child(spec: NodeSpec, foreach: Foreach, *, key: str, item: JsonValue) -> NodeSpec:
    """The node once more, for one item. Its needs and condition were judged when the parent started."""
    return replace(
        spec,
        id=item_id(spec.id, key),
        foreach=None,
        condition="",
        join=Join.ALL_DONE,
        continue_on_error=False,
        scope={**spec.scope, foreach.name: item},
    )


def _gather(task: Task, foreach: Foreach) -> Outcome:
    children = task.children
    outputs: dict[str, JsonValue] = {
        name: [child.outputs.get(name) for child in children] for name in task.spec.outputs
    }
    outputs["items"] = [{"key": child.name, **child.context()} for child in children]
    short = _shortfall(children, foreach.min_success)
    return Failed(short, FailureKind.ERROR, outputs) if short else Succeeded(outputs)


def _shortfall(children: Sequence[ChildEnd], wanted: int) -> str:
    """Why the items are not enough; ``""`` where they are. An item that was skipped is no success, and no failure."""
    failed = sum(child.has_failed for child in children)
    good = sum(child.is_good for child in children)
    if (not failed) if wanted < 0 else good >= wanted:
        return ""
    what = f"{failed} of {len(children)} items failed" if failed else f"{good} of {len(children)} items succeeded"
    asked = f"; {wanted} are wanted" if wanted >= 0 else ""
    first = first_failure(children)
    return f"{what}{asked}; {first}" if first else f"{what}{asked}"
