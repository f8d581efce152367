"""JSON in networkx's node-link shape: ``networkx.node_link_graph(document, edges="edges")`` reads it back."""

import json

from orchestrator.graph.draw.drawing import Drawing


def to_json(drawing: Drawing) -> str:
    """``directed``, ``multigraph``, ``graph{title}``, ``nodes[{id, label, kind, status, notes}]``, ``edges[]``.

    An edge is ``{source, target, wanted}``. Nodes and edges come in the drawing's order, text exactly as it
    is; ``status`` and ``wanted`` may be ``""``.
    """
    document = {
        "directed": True,
        "multigraph": False,
        "graph": {"title": drawing.title},
        "nodes": [
            {"id": node.id, "label": node.label, "kind": node.kind, "status": node.status, "notes": node.notes}
            for node in drawing.nodes
        ],
        "edges": [{"source": edge.source, "target": edge.target, "wanted": edge.wanted} for edge in drawing.edges],
    }
    return json.dumps(document, indent=2) + "\n"
