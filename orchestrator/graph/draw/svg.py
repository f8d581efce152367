"""SVG: a self-contained picture without scripts, fonts or links, so that it may be shown anywhere."""

from html import escape

from orchestrator.errors import GraphError
from orchestrator.graph.checks import find_cycle
from orchestrator.graph.draw.columns import columns
from orchestrator.graph.draw.drawing import Drawing, Edge, Node
from orchestrator.graph.draw.frame import HEIGHT, MARGIN, MARK_ROOM, PAD, Frame, caption, framed
from orchestrator.graph.draw.style import CAPTION, LABEL, MARKS, TITLE, style_sheet
from orchestrator.graph.draw.words import one_line, shortened

_NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'
_ARROW = 7.0


def to_svg(drawing: Drawing) -> str:
    """A picture with the graph from left to right: a node's column is the length of its longest chain of needs.

    Raises:
        GraphError: the edges form a cycle.
    """
    _check_acyclic(drawing)
    place = {node.id: index for index, node in enumerate(drawing.nodes)}
    edges = {(place[edge.source], place[edge.target]): edge for edge in drawing.edges}
    layout = columns(len(drawing.nodes), list(edges))
    frame = framed(drawing, layout)
    wide, high = map(_number, frame.size)
    parts = [
        f'<svg {_NAMESPACE} width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" role="img">',
        f"<title>{_xml(drawing.title)}</title>",
        f"<desc>{len(drawing.nodes)} nodes, {len(edges)} edges</desc>",
        f"<style>{style_sheet()}</style>",
        '<rect class="page" width="100%" height="100%"/>',
        f'<text class="title" x="{_number(MARGIN)}" y="{_number(MARGIN + TITLE)}">{_title(drawing, frame)}</text>',
        *(_edge(edge, route, frame=frame) for edge, route in zip(edges.values(), layout.routes, strict=True)),
        *(_node(node, frame, index=index) for index, node in enumerate(drawing.nodes)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _check_acyclic(drawing: Drawing) -> None:
    needs: dict[str, list[str]] = {node.id: [] for node in drawing.nodes}
    for edge in drawing.edges:
        needs[edge.target].append(edge.source)
    if cycle := find_cycle(needs):
        raise GraphError("a graph with a cycle has no layers to draw", cycle=cycle)


def _title(drawing: Drawing, frame: Frame) -> str:
    return _xml(shortened(one_line(drawing.title), (frame.size[0] - 2 * MARGIN) / TITLE))


def _node(node: Node, frame: Frame, *, index: int) -> str:
    x, top, broad = frame.left[frame.column[index]], frame.middle[index] - HEIGHT / 2, frame.broad[frame.column[index]]
    mark = _mark(node, broad - PAD - 2)
    room = broad - 2 * PAD - (MARK_ROOM if mark else 0)
    named = node.id if node.label == node.id else f"{node.id}: {node.label}"
    facts = ", ".join(filter(None, (node.kind, *node.notes, node.status)))
    return (
        f'<g class="{_xml(_classes(node))}" transform="translate({_number(x)} {_number(top)})">'
        f"<title>{_xml(f'{named} ({facts})' if facts else named)}</title>"
        f'<rect class="box" width="{_number(broad)}" height="{_number(HEIGHT)}" rx="7"/>'
        f'<rect class="bar" x="6" y="10" width="3.5" height="26" rx="1.75"/>'
        f'<text class="label" x="16" y="20">{_xml(shortened(one_line(node.label), room / LABEL))}</text>'
        f'<text class="caption" x="16" y="36">{_xml(shortened(caption(node), room / CAPTION))}</text>{mark}</g>'
    )


def _mark(node: Node, x: float) -> str:
    path = MARKS.get(node.status, "")
    return f'<path class="mark" transform="translate({_number(x)} {_number(HEIGHT / 2)})" d="{path}"/>' if path else ""


def _edge(edge: Edge, route: tuple[int, ...], *, frame: Frame) -> str:
    """Level lines across columns, curves with level ends between them, an arrow's head at the end."""
    x, y = frame.right(route[0]), frame.middle[route[0]]
    path = [f"M{_number(x)} {_number(y)}"]
    for vertex in route[1:]:
        rim = frame.left[frame.column[vertex]] - (_ARROW if vertex == route[-1] else 0)
        bend, level = (x + rim) / 2, frame.middle[vertex]
        path.append(f"C{_number(bend)} {_number(y)} {_number(bend)} {_number(level)} {_number(rim)} {_number(level)}")
        x, y = rim, level
        if vertex != route[-1]:
            x = frame.right(vertex)
            path.append(f"H{_number(x)}")
    told = f"{edge.target} needs {edge.source}" + (f" ({edge.wanted})" if edge.wanted else "")
    head = f"M{_number(x)} {_number(y - 4)} L{_number(x + _ARROW)} {_number(y)} L{_number(x)} {_number(y + 4)} Z"
    return (
        f'<g><title>{_xml(told)}</title><path class="edge{" tolerant" if edge.tolerant else ""}" d="{"".join(path)}"/>'
        f'<path class="head" d="{head}"/></g>'
    )


def _classes(node: Node) -> str:
    return " ".join(filter(None, ("node", node.kind, node.status)))


def _xml(text: str) -> str:
    return escape(one_line(text))


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
