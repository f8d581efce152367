"""``loop``: a sub-graph that runs again until a condition holds; the outer graph stays acyclic."""

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from orchestrator.workflow.fields import Condition
from orchestrator.workflow.kinds.base import Kind, Parts, Site
from orchestrator.workflow.schema import NODES, EnvKeys, NodeKeys, OutputKeys
from orchestrator.workflow.templates import check_condition
from orchestrator.workflow.visible import LOOP_FIELDS, Names


class LoopKeys(NodeKeys, EnvKeys, OutputKeys):
    """A node that repeats a sub-graph."""

    kind: Literal["loop"] = "loop"
    until: Condition
    stop_if: Condition = ""
    max_iterations: Annotated[int, Field(ge=1, le=1000)] = 10
    nodes: Annotated[Any, WithJsonSchema(NODES)]


def _compile(keys: LoopKeys, site: Site) -> Parts:
    """Body: ``until`` and ``stop_if`` (expressions; the latter may be ``""``), ``max_iterations``.

    The children see what the loop itself sees, and its variables, but not its needs: only siblings can be needed.
    """
    place = site.place
    inherited = {name: names for name, names in site.visible.contexts.items() if name not in ("needs", "nodes")}
    env = frozenset({*(inherited.get("env") or ()), *keys.env})
    graph = site.nodes(place.at("nodes"), site.visible.only({**inherited, "env": env, "loop": LOOP_FIELDS}))
    contexts: dict[str, Names] = {"nodes": frozenset(place.at("nodes").names), "loop": LOOP_FIELDS}
    after = site.visible.plus(contexts, outputs=graph.outputs).with_status()
    until = check_condition(keys.until, place.at("until"), visible=after)
    stop_if = check_condition(keys.stop_if, place.at("stop-if"), visible=after) if keys.stop_if else ""
    return Parts(
        body={"until": until, "stop_if": stop_if, "max_iterations": keys.max_iterations},
        children=graph.nodes,
        contexts=contexts,
        outputs=graph.outputs,
    )


LOOP = Kind(name="loop", keys=LoopKeys, compile=_compile, sign="until", outputs=frozenset({"iterations"}))
