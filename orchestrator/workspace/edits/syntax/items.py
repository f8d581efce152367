"""A file's pieces in order: definitions with their names and what belongs to them, imports, everything else."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from orchestrator.workspace.edits.syntax.grammar import BODIES, COMMENTS, Kind
from orchestrator.workspace.edits.syntax.names import identity
from orchestrator.workspace.edits.syntax.source import Source

if TYPE_CHECKING:
    from tree_sitter import Node

_DEPTH = 40
DEFINING = frozenset({Kind.FUNCTION, Kind.PROTOTYPE, Kind.TYPE, Kind.SCOPE})


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Item:
    """One piece. Positions are byte offsets.

    Attributes:
        names: what it binds; empty where it binds nothing.
        parameters: types of its parameters, as text; tells overloads apart.
        lead: where its comments and attributes begin; ``start`` where it has none.
        has_attributes: some of what leads is an attribute.
        start, stop: of itself, with what is around it (``export``); the closing semicolon included.
        inner: where it begins inside of what is around it.
        body: from behind the opening to before the closing brace of its members; ``None`` where it has no members.
        text: itself, each run of white space as one blank.
        is_conditional: it stands in ``#if`` or the like.
    """

    kind: Kind
    names: tuple[str, ...]
    node: "Node"
    lead: int
    start: int
    stop: int
    inner: int
    text: str
    parameters: str = ""
    has_attributes: bool = False
    body: tuple[int, int] | None = None
    members: tuple["Item", ...] = field(default=())
    is_conditional: bool = False

    @property
    def slot(self) -> tuple[Kind, tuple[str, ...]]:
        """Equal for what may stand in its place."""
        return self.kind, self.names

    @property
    def title(self) -> str:
        """Its name for a person."""
        return ", ".join(self.names)


@dataclass(slots=True)
class _Lead:
    """The comments and attributes that stand right above what comes next."""

    start: int = -1
    row: int = -1
    has_attributes: bool = False

    def take(self, node: "Node", source: Source, *, is_attribute: bool) -> None:
        row = source.line_number(node.start_byte)
        if self.start < 0 or row > self.row + 1:
            self.start, self.has_attributes = node.start_byte, False
        self.has_attributes |= is_attribute
        self.row = source.line_number(max(node.start_byte, node.end_byte - 1))

    def give(self, node: "Node", source: Source) -> tuple[int, bool]:
        touches = self.start >= 0 and source.line_number(node.start_byte) <= self.row + 1
        found = (self.start, self.has_attributes) if touches else (node.start_byte, False)
        self.start = self.row = -1
        return found


def _inner(node: "Node", source: Source) -> "Node":
    """The definition that ``node`` only wraps, or itself."""
    while node.type in source.grammar.wrappers:
        named = [child for child in node.named_children if child.type not in COMMENTS]
        inner = node.child_by_field_name("declaration") or (named[-1] if named else None)
        if inner is None or inner.type not in source.grammar.kinds.keys() | source.grammar.wrappers:
            return node
        node = inner
    first = node.named_children[0] if node.type == "expression_statement" and node.named_child_count else node
    return first if first.type == "internal_module" else node


def _members(node: "Node", source: Source, *, depth: int) -> tuple[tuple[int, int] | None, tuple[Item, ...]]:
    body = node.child_by_field_name("body")
    if body is None or body.type not in BODIES or depth > _DEPTH or body.child_count < 2:  # noqa: PLR2004 - its braces
        return None, ()
    place = body.children[0].end_byte, body.children[-1].start_byte
    return place, tuple(_items(body, source, depth=depth + 1))


def _item(node: "Node", source: Source, *, lead: tuple[int, bool], depth: int) -> Item:
    inner = _inner(node, source)
    kind, names, parameters = identity(inner, source)
    body, members = _members(inner, source, depth=depth) if kind in {Kind.TYPE, Kind.SCOPE} else (None, ())
    return Item(
        kind=kind,
        names=names,
        node=inner,
        lead=lead[0],
        has_attributes=lead[1],
        start=node.start_byte,
        stop=node.end_byte,
        inner=inner.start_byte,
        text=source.of(node),
        parameters=parameters,
        body=body,
        members=members,
    )


def _directive(node: "Node", source: Source) -> Item:
    """What opens a conditional part, as a statement of its own: its first line."""
    stop = source.line_end(node.start_byte)
    text = " ".join(source.text[node.start_byte : stop].decode("utf-8", "replace").split())
    at = node.start_byte
    return Item(kind=Kind.OTHER, names=(), node=node, lead=at, start=at, stop=stop, inner=at, text=text)


def _inside(node: "Node", source: Source, *, depth: int) -> Iterator[Item]:
    """The pieces of a part that counts as standing in line with what is around it."""
    if node.type.startswith("preproc_"):
        yield _directive(node, source)
    body = node.child_by_field_name("body")
    for item in _items(body or node, source, depth=depth + 1):
        yield replace(item, is_conditional=True)


def _is_piece(node: "Node", field_name: str | None) -> bool:
    is_marker = node.type in {"access_specifier", "statement_identifier", "empty_statement"}
    is_part = field_name in {"name", "condition", "value"}
    return node.is_named and not is_part and not is_marker and node.type not in COMMENTS


def _pieces(parent: "Node", source: Source) -> Iterator[tuple["Node", tuple[int, bool], int]]:
    """Each node that is a piece, what leads it, and where it ends, a semicolon behind it included."""
    lead, stop = _Lead(), -1
    last: tuple[Node, tuple[int, bool]] | None = None
    for index, node in enumerate(parent.children):
        is_attribute = node.type in source.grammar.attributes
        is_behind = last is not None and _shares_line(stop, node, source=source)
        if is_attribute or (node.type in COMMENTS and not is_behind):
            lead.take(node, source, is_attribute=is_attribute)
        elif node.type == ";":
            stop = node.end_byte
        elif _is_piece(node, parent.field_name_for_child(index)):
            if last is not None:
                yield *last, stop
            last, stop = (node, lead.give(node, source)), node.end_byte
    if last is not None:
        yield *last, stop


def _items(parent: "Node", source: Source, *, depth: int = 0) -> Iterator[Item]:
    for node, lead, stop in _pieces(parent, source):
        if node.type in source.grammar.transparent and depth < _DEPTH:
            yield from _inside(node, source, depth=depth)
        else:
            yield replace(_item(node, source, lead=lead, depth=depth), stop=stop)


def _shares_line(stop: int, node: "Node", *, source: Source) -> bool:
    return b"\n" not in source.text[stop : node.start_byte]


def items_of(source: Source) -> tuple[Item, ...]:
    """The pieces of the file, in order; members are inside what they belong to."""
    return tuple(_items(source.root, source))


def walk(items: tuple[Item, ...], path: tuple[Item, ...] = ()) -> Iterator[tuple[tuple[Item, ...], Item]]:
    """Every item with what it stands in, outermost first."""
    for item in items:
        yield path, item
        yield from walk(item.members, (*path, item))
