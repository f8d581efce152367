"""Graphviz's DOT language. Source: the grammar in the Graphviz documentation, "DOT Language"."""

import json
from collections.abc import Mapping

from orchestrator.graph.draw.drawing import Drawing, Edge, Node
from orchestrator.graph.draw.words import one_line

_SHAPES: Mapping[str, str] = {"gate": "hexagon", "loop": "box3d", "workflow": "component"}
_COLOURS: Mapping[str, str] = {
    "running": "#2563eb",
    "succeeded": "#15803d",
    "failed": "#dc2626",
    "blocked": "#b45309",
}
_FAINT = frozenset({"skipped", "cancelled", "discarded"})


def to_dot(drawing: Drawing) -> str:
    """A ``digraph``, left to right; ids are quoted, labels are plain text."""
    lines = [
        f"digraph {_quoted(one_line(drawing.title))} {{",
        '  graph [rankdir=LR, fontname="sans-serif"];',
        '  node [shape=box, style=rounded, fontname="sans-serif"];',
        '  edge [fontname="sans-serif", fontsize=10];',
        *(f"  {_name(node.id)} [{_node(node)}];" for node in drawing.nodes),
        *(f"  {_name(edge.source)} -> {_name(edge.target)}{_edge(edge)};" for edge in drawing.edges),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _node(node: Node) -> str:
    caption = one_line(" · ".join(filter(None, (node.kind, *node.notes, node.status))))
    text = "\n".join(filter(None, (one_line(node.label), caption)))
    attributes = {"label": _quoted(text)}
    if shape := _SHAPES.get(node.kind):
        attributes["shape"] = shape
    if colour := _COLOURS.get(node.status):
        attributes |= {"color": _quoted(colour), "penwidth": "2"}
    if node.status in _FAINT:
        attributes["style"] = _quoted("rounded,dashed")
    return ", ".join(f"{key}={value}" for key, value in attributes.items())


def _edge(edge: Edge) -> str:
    style = ", style=dashed" if edge.tolerant else ""
    return f" [label={_quoted(one_line(edge.wanted))}{style}]" if edge.wanted else ""


def _name(node: str) -> str:
    """An id: JSON's quoting is DOT's with control characters spelled out, so that no two ids meet."""
    return json.dumps(node, ensure_ascii=False)


def _quoted(text: str) -> str:
    """A quoted string; ``&`` as an entity, because Graphviz reads HTML entities in every string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;").replace("\n", "\\n")
    return f'"{escaped}"'
