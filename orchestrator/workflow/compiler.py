"""One workflow file, from its document to a plan."""

import math
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import PurePath

from orchestrator.domain.node import NodeSpec
from orchestrator.domain.plan import Limits, Plan
from orchestrator.workflow.declarations import declare
from orchestrator.workflow.kinds import KINDS
from orchestrator.workflow.nodes import Surroundings, compile_nodes
from orchestrator.workflow.place import Place
from orchestrator.workflow.schema import DefaultKeys, LimitKeys, WorkflowKeys
from orchestrator.workflow.templates import check_templates
from orchestrator.workflow.tree import Table, only, quoted, rooted, size
from orchestrator.workflow.validate import known_keys, validate
from orchestrator.workflow.visible import RUN_FIELDS, Names, Visible

MAX_MERGED = 500_000
"""Values that ``defaults`` may add to all nodes of a file together."""

MICROS = 1_000_000
"""Millionths of a US dollar in one."""

_TYPED = ("number", "boolean")  # a tuple: what is compared with it may be unhashable


def compile_workflow(root: Place, call: Callable[[Place, str], Plan | None]) -> Plan:
    """The plan of the document at ``root``; only worth something where nothing was noted.

    Args:
        root: of the document, a mapping.
        call: the workflow that the text of ``uses`` at a place names; ``None`` where there is none (noted).
    """
    keys = validate(WorkflowKeys, root) or WorkflowKeys()
    inputs = declare(keys.inputs, root.at("inputs"))
    visible = _visible(root)
    pools = dict(keys.pools)
    place = _nodes(root)
    around = Surroundings(
        defaults=_defaults(root.at("defaults"), place),
        pools=frozenset(root.at("pools").names),
        call=lambda place, uses: _adopt(call(place, uses), place, pools=pools),
    )
    graph = compile_nodes(around, place, visible=visible)
    check_templates(keys.env, root.at("env"), visible=visible.without("env"))
    results = visible.plus({"needs": frozenset(place.names)}, outputs=graph.outputs)
    return Plan(
        name=keys.name or PurePath(root.diagnostics.file).stem or "workflow",
        nodes=graph.nodes,
        source=root.diagnostics.file,
        description=keys.description,
        inputs=inputs,
        env=keys.env,
        vars=keys.vars,
        outputs=check_templates(keys.outputs, root.at("outputs"), visible=results),
        limits=_limits(keys.limits),
        max_parallel=keys.max_parallel,
        fail_fast=keys.fail_fast,
        pools=pools,
        report={str(name): file for name, file in keys.report.items()},
        isolation="private" if edits(graph.nodes) else keys.isolation,
    )


def edits(nodes: Iterable[NodeSpec]) -> bool:
    """Whether any of ``nodes``, at any depth, changes files."""
    return any((node.kind in KINDS and KINDS[node.kind].edits) or edits(node.children) for node in nodes)


def _visible(root: Place) -> Visible:
    """What every text of the file sees: from the document itself, so that one wrong section hides no other."""
    contexts: dict[str, Names] = {
        "inputs": frozenset(root.at("inputs").names),
        "env": frozenset(root.at("env").names),
        "vars": frozenset(root.at("vars").names),
        "run": RUN_FIELDS,
    }
    inputs = root.at("inputs")
    return Visible(contexts=contexts, trusted=frozenset(name for name in inputs.names if _is_trusted(inputs.at(name))))


def _is_trusted(declared: Place) -> bool:
    """Whether the values of an input are all known, or numbers or booleans: no text of somebody's choice."""
    return declared.at("type").value in _TYPED or bool(declared.at("enum").value)


def _defaults(place: Place, nodes: Place) -> Table:
    """What is merged under each of ``nodes``: nothing where that would make a small text large."""
    if not isinstance(place.tree, Table):
        return Table(place.line)
    defaults = only(place.tree, frozenset(known_keys(DefaultKeys)))
    if size(defaults) * _count(nodes) > MAX_MERGED:
        place.note(f"merged under every node these make more than {MAX_MERGED:,} values", "write them where needed")
        return Table(place.line)
    return rooted(defaults, place.path)


def _count(nodes: Place) -> int:
    """How many nodes stand at ``nodes``, those in loops included."""
    return sum(1 + _count(nodes.at(node, "nodes")) for node in nodes.names)


def _nodes(root: Place) -> Place:
    written = [key for key in ("nodes", "jobs") if key in root.names]
    if len(written) > 1:
        root.at("jobs").note("jobs is another word for nodes: one of them is enough", "keep nodes")
    return root.at(written[0] if written else "nodes")


def _adopt(plan: Plan | None, place: Place, *, pools: dict[str, int]) -> Plan | None:
    """``plan``, whose pools join those of the calling workflow: one name is one pool in a run."""
    for name, slots in (plan.pools if plan else {}).items():
        if pools.setdefault(name, slots) != slots:
            what = f"the pool {quoted(name)} has {slots} slots there and {pools[name]} here"
            place.note(what, "one name is one pool in a run: give both the same number")
    return plan


def _limits(keys: LimitKeys) -> Limits:
    return Limits(
        usd_micros=math.ceil(Decimal(str(keys.usd)) * MICROS),
        tokens=keys.tokens,
        minutes=keys.minutes,
        nodes=keys.nodes,
        depth=keys.depth,
        attempts=keys.attempts,
    )
