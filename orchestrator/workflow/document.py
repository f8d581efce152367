"""YAML 1.2 text to a tree with lines, within limits.

Built on ruamel's events instead of its constructor: nothing is ever constructed from a tag, an alias costs its expanded
size before it is expanded, and every key keeps its line. Merge keys (``<<``) are applied, although
YAML 1.2 dropped them.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from orchestrator.workflow.diagnostics import Diagnostics
from orchestrator.workflow.place import Place
from orchestrator.workflow.scalars import resolve
from orchestrator.workflow.tree import Entry, Items, Key, Scalar, Table, Tree, quoted

MAX_NODES = 100_000
"""Keys, values and items of one document, aliases expanded."""

MAX_DEPTH = 50
"""Levels of lists and mappings inside each other, aliases expanded."""

_MERGE = "<<"
_UNUSABLE = re.compile("[\0\ud800-\udfff]")
_RUAMEL_BUGS = (ValueError, OverflowError, IndexError, AttributeError, TypeError, NotImplementedError, AssertionError)
"""What ruamel raises on some malformed text instead of an error of its own (an escape beyond Unicode, for one)."""


def parse(text: str, diagnostics: Diagnostics) -> Place | None:
    """The one document of ``text`` as the place of its root, which is a mapping.

    What is wrong with a single key or value is noted, and the rest still read. ``None`` where the text is no YAML,
    beyond the limits, or no mapping; ``diagnostics`` is then told why.
    """
    top = Place(diagnostics, None)
    composer = _Composer(diagnostics)
    try:
        for event in _events(text):
            composer.feed(event)
    except YAMLError as error:
        _at(top, _line(error, text)).note(*_described(error))
        return None
    except _UnreadableError as error:
        _at(top, composer.line).note(*error.args)
        return None
    return _checked_root(composer.root, top)


class _UnreadableError(Exception):
    """Reading on would not help: a limit is passed, or this is no single document. Arguments: what, hint."""


@dataclass(frozen=True, slots=True)
class _Node:
    """A finished node, and what an alias to it costs: values in all, and levels."""

    tree: Tree
    size: int = 1
    height: int = 0


@dataclass(slots=True)
class _Frame:
    """A list or mapping that is still open."""

    tree: Items | Table
    anchor: str | None
    start: int
    height: int = 0
    key: str | None = None
    key_line: int = 0
    is_merge: bool = False
    merges: list[tuple[int, Tree]] = field(default_factory=list)

    @property
    def place(self) -> Key:
        """What the next value of this frame is filed under."""
        return len(self.tree.items) if isinstance(self.tree, Items) else self.key or ""


_Handler: TypeAlias = Callable[[Any], None]


class _Composer:
    """Builds the tree from events; keeps its own stack, so depth costs no recursion."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        self.root: Tree | None = None
        self.line = 1
        self._diagnostics = diagnostics
        self._frames: list[_Frame] = []
        self._anchors: dict[str, _Node | None] = {}  # None: still open
        self._documents = 0
        self._size = 0
        self._handlers: dict[type[Event], _Handler] = {
            DocumentStartEvent: self._document,
            ScalarEvent: self._scalar,
            SequenceStartEvent: self._open,
            MappingStartEvent: self._open,
            SequenceEndEvent: self._close,
            MappingEndEvent: self._close,
            AliasEvent: self._alias,
        }

    def feed(self, event: Event) -> None:
        """Take the next event."""
        self.line = event.start_mark.line + 1
        if isinstance(event, NodeEvent) and not isinstance(event, AliasEvent):
            self._check_tag(event)
        handler = self._handlers.get(type(event))
        if handler is not None:
            handler(event)

    def _document(self, event: DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            raise _UnreadableError("the file holds more than one document", "a workflow is one document: one file each")
        if event.version not in (None, (1, 2)):
            raise _UnreadableError("only YAML 1.2 is read", "remove the %YAML line")

    def _check_tag(self, event: Any) -> None:
        if event.tag not in (None, "!"):
            self._note(f"the tag {quoted(str(event.tag))} is not supported", "leave it out; quotes make a value text")

    def _scalar(self, event: ScalarEvent) -> None:
        frame = self._frames[-1] if self._frames else None
        if frame is not None and isinstance(frame.tree, Table) and frame.key is None:
            self._key(frame, event)
        else:
            self._count(1)
            self._finish(_Node(Scalar(self._value(event), self.line, verbatim=event.style == "|")), event.anchor)

    def _key(self, frame: _Frame, event: ScalarEvent) -> None:
        frame.key, frame.key_line = event.value, self.line
        frame.is_merge = event.value == _MERGE and event.implicit[0]
        self._count(1)
        self._check_characters(event.value)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Node(Scalar(event.value, self.line))

    def _value(self, event: ScalarEvent) -> str | int | float | bool | None:
        self._check_characters(event.value)
        if not event.implicit[0]:
            return str(event.value)
        try:
            return resolve(event.value)
        except ValueError as error:
            self._note(f"{quoted(event.value)} cannot be used: {error}")
            return 1  # a number that breaks no further rule

    def _check_characters(self, text: str) -> None:
        if _UNUSABLE.search(text):
            self._note(
                f"the text {quoted(text)} holds a character that no program can be given (NUL or a lone surrogate)"
            )

    def _open(self, event: SequenceStartEvent | MappingStartEvent) -> None:
        self._refuse_complex_key()
        if len(self._frames) >= MAX_DEPTH:
            raise _UnreadableError(f"nested more than {MAX_DEPTH} levels deep")
        tree: Items | Table = Items(self.line) if isinstance(event, SequenceStartEvent) else Table(self.line)
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._frames.append(_Frame(tree, event.anchor, self._size))
        self._count(1)

    def _close(self, event: CollectionEndEvent) -> None:
        del event
        frame = self._frames.pop()
        for line, tree in frame.merges:
            self._merge(frame.tree, line, source=tree)
        self._finish(_Node(frame.tree, self._size - frame.start, frame.height + 1), frame.anchor)

    def _alias(self, event: AliasEvent) -> None:
        self._refuse_complex_key()
        if event.anchor not in self._anchors:
            raise _UnreadableError(f"there is no anchor {quoted(event.anchor)} before this alias")
        node = self._anchors[event.anchor]
        if node is None:
            raise _UnreadableError(f"the anchor {quoted(event.anchor)} contains itself")
        if len(self._frames) + node.height > MAX_DEPTH:
            raise _UnreadableError(f"nested more than {MAX_DEPTH} levels deep once aliases are expanded")
        self._count(node.size)
        self._finish(node, None)

    def _refuse_complex_key(self) -> None:
        frame = self._frames[-1] if self._frames else None
        if frame is not None and isinstance(frame.tree, Table) and frame.key is None:
            raise _UnreadableError("a key must be text, not a list, a mapping or an alias")

    def _finish(self, node: _Node, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = node
        if not self._frames:
            self.root = node.tree
            return
        frame = self._frames[-1]
        frame.height = max(frame.height, node.height)
        if isinstance(frame.tree, Items):
            frame.tree.items.append(node.tree)
        else:
            self._enter(frame, frame.tree, value=node.tree)

    def _enter(self, frame: _Frame, table: Table, *, value: Tree) -> None:
        assert frame.key is not None
        key, line = frame.key, frame.key_line
        if frame.is_merge:
            frame.merges.append((line, value))
        elif key in table.entries:
            self._note(
                f"the key {quoted(key)} is written twice",
                f"first on line {table.entries[key].line}",
                line=line,
            )
        else:
            table.entries[key] = Entry(line, value)
        frame.key = None

    def _merge(self, into: Items | Table, line: int, *, source: Tree) -> None:
        assert isinstance(into, Table)
        tables = source.items if isinstance(source, Items) else [source]
        for table in tables:
            if not isinstance(table, Table):
                self._note("<< takes a mapping or a list of mappings", line=line)
                continue
            for key, entry in table.entries.items():
                into.entries.setdefault(key, entry)

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > MAX_NODES:
            raise _UnreadableError(f"more than {MAX_NODES:,} values (aliases expanded)")

    def _note(self, what: str, hint: str = "", *, line: int = 0) -> None:
        path = tuple(frame.place for frame in self._frames)
        Place(self._diagnostics, None, path, line or self.line).note(what, hint)


def _events(text: str) -> Iterator[Event]:
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except _RUAMEL_BUGS as error:
        raise _UnreadableError("not valid YAML: an escape or a directive here means nothing") from error


def _checked_root(root: Tree | None, top: Place) -> Place | None:
    if isinstance(root, Table):
        return top.replaced(root)
    if root is None or (isinstance(root, Scalar) and root.value is None):
        top.note("the file is empty", "a workflow needs at least `nodes:`")
    else:
        kind = "a list" if isinstance(root, Items) else f"the value {quoted(str(root.value))}"
        _at(top, root.line).note(f"a workflow is a mapping, not {kind}", "start with `nodes:`")
    return None


def _at(top: Place, line: int) -> Place:
    return Place(top.diagnostics, None, (), line)


def _line(error: YAMLError, text: str) -> int:
    if isinstance(error, ReaderError):
        return text.count("\n", 0, error.position) + 1
    mark = error.problem_mark or error.context_mark if isinstance(error, MarkedYAMLError) else None
    return mark.line + 1 if mark is not None else 1


def _described(error: YAMLError) -> tuple[str, str]:
    if isinstance(error, ReaderError):
        return "not valid YAML: a control character", "remove it, or write it as an escape in double quotes"
    if not isinstance(error, MarkedYAMLError):
        return f"not valid YAML: {error}", ""
    what = f"not valid YAML: {error.problem or error.context}"
    mark = error.context_mark
    context = f"{error.context}, line {mark.line + 1}" if mark is not None and error.problem else ""
    return what, context
