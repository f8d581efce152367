"""Pictures of a graph as text: Mermaid, Graphviz, SVG and JSON, each from the same small value."""

from collections.abc import Callable, Mapping

from orchestrator.graph.draw.dot import to_dot
from orchestrator.graph.draw.drawing import Drawing, Edge, Node, plan_drawing
from orchestrator.graph.draw.mermaid import to_mermaid
from orchestrator.graph.draw.nodelink import to_json
from orchestrator.graph.draw.svg import to_svg

__all__ = ["FORMATS", "Drawing", "Edge", "Node", "plan_drawing", "to_dot", "to_json", "to_mermaid", "to_svg"]

FORMATS: Mapping[str, Callable[[Drawing], str]] = {
    "mermaid": to_mermaid,
    "dot": to_dot,
    "svg": to_svg,
    "json": to_json,
}
"""Each format's name and the function that writes it; every text ends with a newline."""
