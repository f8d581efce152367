"""What a run would do: the nodes in waves, each wave ready when the one before it has ended."""

import json

from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.domain.node import NodeSpec
from orchestrator.domain.plan import Plan
from orchestrator.graph.draw.columns import ranks
from orchestrator.report.plaintext import count


def waves(plan: Plan) -> list[list[NodeSpec]]:
    """The nodes by the length of the longest chain of needs before them; the author's order within a wave."""
    place = {node.id: index for index, node in enumerate(plan.nodes)}
    edges = [(place[need], place[node.id]) for node in plan.nodes for need in node.needs]
    rank = ranks(len(plan.nodes), edges)
    found: list[list[NodeSpec]] = [[] for _ in range(max(rank, default=-1) + 1)]
    for node, wave in zip(plan.nodes, rank, strict=True):
        found[wave].append(node)
    return found


def preview_text(plan: Plan) -> str:
    """One line for each node: its wave, id, kind and what it runs."""
    rows = [
        (str(number), node.id, node.kind, what(node)) for number, wave in enumerate(waves(plan), 1) for node in wave
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    lines = [
        "  ".join((row[0].rjust(widths[0]), row[1].ljust(widths[1]), row[2].ljust(widths[2]), row[3])).rstrip()
        for row in rows
    ]
    return "\n".join((f"{plan.name}: {count(len(rows), 'node')}, nothing is run", *lines)) + "\n"


def preview_json(plan: Plan, inputs: JsonObject) -> str:
    """``workflow``, ``inputs`` and ``waves``: lists of ``{id, kind, needs, if, runs}``."""
    listed = [
        [
            {"id": node.id, "kind": node.kind, "needs": list(node.needs), "if": node.condition, "runs": what(node)}
            for node in wave
        ]
        for wave in waves(plan)
    ]
    return json.dumps({"workflow": plan.name, "inputs": inputs, "waves": listed}, indent=2) + "\n"


def what(node: NodeSpec) -> str:
    """The first line of a command or a question, or how many nodes it holds; ``""`` for a node without these."""
    text = node.body.get("script") or node.body.get("prompt")
    if isinstance(text, str):
        first, *more = text.strip().splitlines() or [""]
        return f"{first} ..." if more else first
    return f"{count(len(node.children), 'node')} inside" if node.children else ""
