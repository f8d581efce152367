"""Turning a template of nodes into the children of one expansion."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from orchestrator.domain.ids import NodeId
from orchestrator.domain.jsonvalue import JsonObject, JsonValue
from orchestrator.domain.node import NodeSpec
from orchestrator.task import ChildEnd


def instantiate(
    template: Iterable[NodeSpec], rename: Callable[[NodeId], NodeId], *, scope: JsonObject
) -> tuple[NodeSpec, ...]:
    """The nodes of ``template`` under new ids, their needs renamed alike, with ``scope`` laid under their own."""
    return tuple(
        replace(
            node,
            id=rename(node.id),
            needs={rename(need): wanted for need, wanted in node.needs.items()},
            scope={**scope, **node.scope},
        )
        for node in template
    )


def contexts(children: Sequence[ChildEnd]) -> dict[str, JsonValue]:
    """The children as expressions see them: name -> result and outputs."""
    return {child.name: child.context() for child in children}


def first_failure(children: Sequence[ChildEnd]) -> str:
    """What went wrong first, as one line; ``""`` where nothing did."""
    return next((f"{child.name} {child.status}: {child.reason}" for child in children if child.has_failed), "")
