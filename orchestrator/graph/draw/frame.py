"""The measures of a picture: what the layout in columns comes to in pixels."""

from dataclasses import dataclass

from orchestrator.graph.draw.columns import Columns
from orchestrator.graph.draw.drawing import Drawing, Node
from orchestrator.graph.draw.heights import heights
from orchestrator.graph.draw.style import CAPTION, LABEL, MARKS, TITLE
from orchestrator.graph.draw.words import one_line, width

HEIGHT, MARGIN, PAD, MARK_ROOM = 46.0, 24.0, 16.0, 20.0
"""A node's height, the page's margin, the room beside a label, and the room that a status mark takes."""

_GAP, _LANE, _HEADER = 18.0, 16.0, 36.0
_NARROWEST, _WIDEST = 96.0, 260.0
_ALLEY, _ALLEY_PER_EDGE, _ALLEY_MOST = 56.0, 1.5, 150.0


@dataclass(frozen=True, slots=True)
class Frame:
    """Pixels.

    Attributes:
        left, broad: for each column its left rim and its width.
        column, middle: for each vertex the index of its column and the ordinate of its middle.
        size: width and height of the whole.
    """

    left: tuple[float, ...]
    broad: tuple[float, ...]
    column: tuple[int, ...]
    middle: tuple[float, ...]
    size: tuple[float, float]

    def right(self, vertex: int) -> float:
        """The right rim of the vertex's column."""
        return self.left[self.column[vertex]] + self.broad[self.column[vertex]]


def framed(drawing: Drawing, layout: Columns) -> Frame:
    """The frame of ``drawing``, whose nodes are the first vertices of ``layout``."""
    broad = tuple(max((_breadth(drawing.nodes[one]) for one in column if one < layout.nodes), default=0.0)
                  for column in layout.order)  # fmt: skip
    left: list[float] = []
    x = MARGIN
    for column, own in zip(layout.order, broad, strict=True):
        left.append(x)
        x += own + min(_ALLEY + _ALLEY_PER_EDGE * sum(len(layout.after[one]) for one in column), _ALLEY_MOST)
    at = heights(layout, node=HEIGHT + _GAP, dummy=_LANE)
    middle = tuple(MARGIN + _HEADER + one - _GAP / 2 for one in at)
    column_of = {vertex: index for index, column in enumerate(layout.order) for vertex in column}
    right = left[-1] + broad[-1] if left else MARGIN
    title = MARGIN + width(one_line(drawing.title)) * TITLE
    bottom = max(at, default=0.0) + HEIGHT / 2 + MARGIN + _HEADER - _GAP / 2
    size = (max(right, min(title, _WIDEST * 2)) + MARGIN, bottom + MARGIN)
    return Frame(tuple(left), broad, tuple(column_of[one] for one in range(len(at))), middle, size)


def _breadth(node: Node) -> float:
    told = width(caption(node)) * CAPTION
    text = max(width(one_line(node.label)) * LABEL, told) + 2 * PAD
    return min(max(text + (MARK_ROOM if node.status in MARKS else 0), _NARROWEST), _WIDEST)


def caption(node: Node) -> str:
    """The small line below a node's label."""
    return one_line(" · ".join(filter(None, (node.kind, *node.notes))))
