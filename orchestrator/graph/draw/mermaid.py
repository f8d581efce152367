"""Mermaid flowcharts, as hosts of Markdown draw them."""

import json
import re
from collections.abc import Mapping

from orchestrator.graph.draw.drawing import Drawing, Edge, Node
from orchestrator.graph.draw.words import one_line

_SHAPES: Mapping[str, tuple[str, str]] = {
    "gate": ("{{", "}}"),
    "loop": ("([", "])"),
    "workflow": ("[[", "]]"),
    "set": ("(", ")"),
}
_BOX = ("[", "]")
_COLOURS: Mapping[str, str] = {
    "running": "stroke:#2563eb,stroke-width:2px",
    "succeeded": "stroke:#15803d,stroke-width:2px",
    "failed": "stroke:#dc2626,stroke-width:2px",
    "blocked": "stroke:#b45309,stroke-width:2px",
    "skipped": "stroke-dasharray:4 3",
    "cancelled": "stroke-dasharray:4 3",
    "discarded": "stroke-dasharray:4 3",
}
_SPECIAL = re.compile(r"[^\w ,/@+=.-]|(?<![^\W_])_|_(?![^\W_])")
_LIST_MARK = re.compile(r"^(?:(\d+)([.])|([-+])(?= ))")


def to_mermaid(drawing: Drawing) -> str:
    """A ``flowchart LR``. Ids are ``n0``, ``n1``, ... in the order of the nodes, so no id can be a keyword."""
    names = {node.id: f"n{index}" for index, node in enumerate(drawing.nodes)}
    used = [status for status in _COLOURS if any(node.status == status for node in drawing.nodes)]
    lines = [
        "---",
        f"title: {json.dumps(one_line(drawing.title), ensure_ascii=False)}",  # YAML reads JSON's strings
        "---",
        "flowchart LR",
        *(f"    {_node(node, names[node.id])}" for node in drawing.nodes),
        *(f"    {_edge(edge, names)}" for edge in drawing.edges),
        *(f"    classDef {status} {_COLOURS[status]}" for status in used),
    ]
    return "\n".join(lines) + "\n"


def _node(node: Node, name: str) -> str:
    left, right = _SHAPES.get(node.kind, _BOX)
    caption = one_line(" · ".join(filter(None, (node.kind, *node.notes, node.status))))
    text = _entities(one_line(node.label)) + (f"<br/><small>{_entities(caption)}</small>" if caption else "")
    suffix = f":::{node.status}" if node.status in _COLOURS else ""
    return f'{name}{left}"{text}"{right}{suffix}'


def _edge(edge: Edge, names: Mapping[str, str]) -> str:
    arrow = "-.->" if edge.tolerant else "-->"
    label = f'|"{_entities(one_line(edge.wanted))}"|' if edge.wanted else ""
    return f"{names[edge.source]} {arrow}{label} {names[edge.target]}"


def _entities(text: str) -> str:
    """Mermaid's own escape, ``#code;``, for all that its grammar, Markdown or HTML could read as theirs."""
    escaped = _SPECIAL.sub(lambda match: _code(match.group()), text)
    return _LIST_MARK.sub(lambda match: (match[1] or "") + _code(match[2] or match[3]), escaped)


def _code(char: str) -> str:
    return f"#{ord(char)};" if char.isascii() else char
