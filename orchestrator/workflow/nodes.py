"""Nodes of a workflow file, compiled to what the executor takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from orchestrator.domain.ids import NodeId, is_authored_id
from orchestrator.domain.node import NodeSpec, Wanted
from orchestrator.domain.plan import Plan
from orchestrator.domain.retry import Backoff, FailureKind, RetryPolicy
from orchestrator.workflow.dependencies import check_needs
from orchestrator.workflow.kinds import KINDS
from orchestrator.workflow.kinds.base import Graph, Kind, Parts, Site
from orchestrator.workflow.place import Place
from orchestrator.workflow.schema import AgentRetryKeys, BoundKeys, EnvKeys, NodeKeys, OutputKeys, RetryKeys, WorkKeys
from orchestrator.workflow.spread import Spread, compile_spread
from orchestrator.workflow.templates import check_condition, check_templates
from orchestrator.workflow.tree import Table, merge, quoted
from orchestrator.workflow.validate import fitting, known_keys, validate
from orchestrator.workflow.visible import Names, Visible

MAX_NESTING = 8
"""Levels of loops inside each other in one file."""

BUILD_POOL = "build"
"""The pool that exists without being declared."""

_ITEMS = "items"
"""The output that every repeated node has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the nodes of one file share.

    Attributes:
        defaults: merged under each node.
        pools: that are declared.
        call: the workflow that the text of ``uses`` at a place names.
    """

    defaults: Table
    pools: frozenset[str]
    call: Callable[[Place, str], Plan | None]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A node whose keys are right one by one."""

    id: str
    kind: Kind[Any]
    keys: NodeKeys
    place: Place

    @property
    def outputs(self) -> Names:
        """The outputs that expressions elsewhere may read; ``None`` where any may be there."""
        keys: object = self.keys
        own = frozenset(keys.outputs) if isinstance(keys, OutputKeys) else frozenset[str]()
        if self.keys.foreach is not None or self.keys.strategy is not None:
            return own | {_ITEMS}
        return None if self.kind.outputs is None else own | self.kind.outputs


def compile_nodes(around: Surroundings, nodes: Place, *, visible: Visible, nesting: int = 0) -> Graph:
    """The nodes of the mapping at ``nodes``, in its order; those that are wrong are noted and left out.

    Args:
        around: what the file says for all of them.
        nodes: their place.
        visible: what they inherit; their needs are added here.
        nesting: loops around them.
    """
    if not isinstance(nodes.tree, Table) or not nodes.tree.entries:
        nodes.note("must be a mapping of node ids to nodes, with at least one", "nodes: {build: {run: make}}")
        return Graph()
    if nesting > MAX_NESTING:
        nodes.note(f"loops are nested more than {MAX_NESTING} levels deep")
        return Graph()
    drafts = [draft for node in nodes.names if (draft := _draft(around, node, place=nodes.at(node)))]
    check_needs({draft.id: draft.keys.needs for draft in drafts}, nodes)
    outputs: dict[str, Names] = {**dict.fromkeys(nodes.names), **{draft.id: draft.outputs for draft in drafts}}
    inside = visible.plus({}, outputs=outputs)
    return Graph(tuple(_compile(around, draft, visible=inside, nesting=nesting) for draft in drafts), outputs)


def _draft(around: Surroundings, node: str, *, place: Place) -> _Draft | None:
    if not is_authored_id(node):
        hint = "a letter or _ first, then letters, digits, _ and -, at most 100"
        place.note(f"{quoted(node)} is no id of a node", hint)
    if not isinstance(place.tree, Table):
        place.note("a node is a mapping of keys", f"{quoted(node)[1:-1]}: {{run: ...}}")
        return None
    kind = _kind(place)
    if kind is None:
        return None
    merged = place.replaced(merge(fitting(around.defaults, kind.keys), place.tree))
    keys = validate(kind.keys, merged, elsewhere=partial(_elsewhere, kind.name))
    return _Draft(node, kind, keys, merged) if keys is not None else None


def _kind(place: Place) -> Kind[Any] | None:
    written = place.at("kind")
    if written.tree is not None:
        name = written.value
        if isinstance(name, str) and name in KINDS:
            return KINDS[name]
        hint = place.near(str(name), KINDS, noun="kinds")
        written.note(f"the kind {quoted(str(name))} is not known in this version", hint)
        return None
    signs = {kind.sign: kind for kind in KINDS.values() if kind.sign}
    for sign, kind in signs.items():
        if sign in place.names:
            return kind
    unsigned = ", ".join(kind.name for kind in KINDS.values() if not kind.sign)
    hint = f"write {', '.join(signs)}, or kind: one of {unsigned}"
    place.note("this node says nothing that tells its kind", _misspelt(place, signs) or hint)
    return None


def _misspelt(place: Place, signs: Mapping[str, Kind[Any]]) -> str:
    hints = (place.near(key, signs) for key in place.names)
    return next((hint for hint in hints if hint.startswith("did")), "")


def _elsewhere(own: str, key: str) -> str:
    kinds = [kind.name for kind in KINDS.values() if key in known_keys(kind.keys)]
    return f"it belongs to kind {' or '.join(kinds)}; this node is of kind {own}" if kinds else ""


def _compile(around: Surroundings, draft: _Draft, *, visible: Visible, nesting: int) -> NodeSpec:
    keys, place = draft.keys, draft.place
    visible = visible.plus({"needs": frozenset(keys.needs)})
    condition = check_condition(keys.if_, place.at("if"), visible=visible.with_status()) if keys.if_ else ""
    spread = compile_spread(keys, place, visible=visible)
    inner = _inner(draft, spread, visible=visible)
    site = Site(
        place=place,
        visible=inner,
        nodes=lambda at, inherited: compile_nodes(around, at, visible=inherited, nesting=nesting + 1),
        call=around.call,
    )
    parts: Parts = draft.kind.compile(keys, site)
    return NodeSpec(
        id=NodeId(draft.id),
        kind=draft.kind.name,
        name=keys.name,
        needs={NodeId(need): Wanted(wanted) for need, wanted in keys.needs.items()},
        join=keys.join,
        condition=condition,
        continue_on_error=keys.continue_on_error,
        foreach=spread.foreach if spread else None,
        env={**_env(keys, place, visible=inner), **parts.env},
        outputs=_outputs(keys, place, visible=inner.plus(parts.contexts, outputs=parts.outputs)),
        body=parts.body,
        children=parts.children,
        line=place.line,
        **_work(keys, place, pools=around.pools),
    )


def _inner(draft: _Draft, spread: Spread | None, *, visible: Visible) -> Visible:
    """What the texts of a node see when it runs: where it is repeated, also its item."""
    if spread is not None:
        return visible.plus(spread.contexts)
    if draft.keys.foreach is not None or draft.keys.strategy is not None:  # wrong, and told: say it once
        return visible.plus({draft.keys.as_: None, "matrix": None})
    return visible


def _env(keys: object, place: Place, *, visible: Visible) -> Mapping[str, str]:
    return check_templates(keys.env, place.at("env"), visible=visible) if isinstance(keys, EnvKeys) else {}


def _outputs(keys: object, place: Place, *, visible: Visible) -> Mapping[str, str]:
    return check_templates(keys.outputs, place.at("outputs"), visible=visible) if isinstance(keys, OutputKeys) else {}


def _work(keys: object, place: Place, *, pools: frozenset[str]) -> dict[str, Any]:
    """The fields of a node that only work has."""
    if not isinstance(keys, BoundKeys):
        return {}
    for index, pool in enumerate(keys.pool):
        if pool not in pools and pool != BUILD_POOL:
            at = next((one for one in (place.at("pool", index),) if one.tree is not None), place.at("pool"))
            at.note(f"the pool {quoted(pool)} is not declared", place.near(pool, {*pools, BUILD_POOL}, noun="pools"))
    bounds = {"timeout": keys.timeout_minutes * 60, "retry": _retry(keys.retry), "pools": tuple(keys.pool)}
    if not isinstance(keys, WorkKeys):
        return bounds
    return {
        **bounds,
        "idle_timeout": keys.idle_minutes * 60,
        "cache": keys.cache,
        "reads": tuple(keys.reads),
        "writes": tuple(keys.writes),
    }


def _retry(keys: RetryKeys) -> RetryPolicy:
    backoff = Backoff(base=keys.backoff.base, cap=keys.backoff.cap, factor=keys.backoff.factor)
    policy = RetryPolicy(
        max_attempts=keys.max_attempts, on=frozenset(FailureKind(one) for one in keys.on), backoff=backoff
    )
    if isinstance(keys, AgentRetryKeys):
        return replace(policy, escalate=keys.escalate, feedback=keys.feedback)
    return policy
