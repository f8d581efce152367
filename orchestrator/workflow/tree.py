"""A YAML document as a tree that remembers its lines.

The tree keeps what a plain value loses: where each key and item was written. Aliases share the node that they
name, and :func:`merge` shares entries, so a value taken over from elsewhere still tells its own line.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from orchestrator.domain.jsonvalue import JsonScalar, JsonValue

Key: TypeAlias = str | int

_PLAIN_KEY = re.compile(r"[\w-]{1,100}\Z")
_SHOWN = 60


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """A text, number, boolean or null.

    Attributes:
        line: 1-based line of its first character.
        verbatim: whether it is a ``|`` block, whose lines are the file's lines from ``line + 1`` on.
    """

    value: JsonScalar
    line: int
    verbatim: bool = False

    def line_of(self, offset: int) -> int:
        """The line of the character at ``offset`` in the text; ``line`` where YAML has folded it."""
        if not self.verbatim or not isinstance(self.value, str):
            return self.line
        return self.line + 1 + self.value.count("\n", 0, offset)


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """A list."""

    line: int
    items: "list[Tree]" = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A value under a key.

    Attributes:
        line: of the key.
        origin: the path at which it was written, where that is not the path at which it is found.
    """

    line: int
    value: "Tree"
    origin: "tuple[Key, ...]" = ()


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A mapping; keys are text, whatever YAML would make of them."""

    line: int
    entries: dict[str, Entry] = field(default_factory=dict)


Tree: TypeAlias = Scalar | Items | Table


def plain(tree: Tree) -> JsonValue:
    """The tree as plain Python values: new lists and dictionaries, nothing shared."""
    if isinstance(tree, Table):
        return {key: plain(entry.value) for key, entry in tree.entries.items()}
    if isinstance(tree, Items):
        return [plain(item) for item in tree.items]
    return tree.value


def size(tree: Tree) -> int:
    """How many values ``tree`` holds, itself included."""
    if isinstance(tree, Table):
        return 1 + sum(size(entry.value) for entry in tree.entries.values())
    return 1 + sum(map(size, tree.items)) if isinstance(tree, Items) else 1


def merge(under: Table, over: Table) -> Table:
    """``over`` with what it lacks taken from ``under``: mappings merge, anything else of ``over`` replaces."""
    merged = Table(over.line, dict(over.entries))
    for key, entry in under.entries.items():
        own = over.entries.get(key)
        if own is None:
            merged.entries[key] = entry
        elif isinstance(own.value, Table) and isinstance(entry.value, Table):
            merged.entries[key] = Entry(own.line, merge(entry.value, own.value), own.origin)
    return merged


def rooted(table: Table, path: tuple[Key, ...]) -> Table:
    """``table`` as it was written at ``path``: its entries, and those of mappings inside it, remember that."""
    entries = {}
    for key, entry in table.entries.items():
        here = (*path, key)
        value = rooted(entry.value, here) if isinstance(entry.value, Table) else entry.value
        entries[key] = Entry(entry.line, value, here)
    return Table(table.line, entries)


def only(table: Table, keys: frozenset[str]) -> Table:
    """The entries of ``table`` under ``keys``."""
    return Table(table.line, {key: entry for key, entry in table.entries.items() if key in keys})


def quoted(text: str) -> str:
    """``text`` for a message: quoted, control characters escaped, cut at 60 characters."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def dotted(path: Sequence[Key]) -> str:
    """A path as text: ``nodes.build.needs[0]``; a key that is no plain word stands quoted in brackets."""
    parts: list[str] = []
    for key in path:
        if isinstance(key, int):
            parts.append(f"[{key}]")
        elif _PLAIN_KEY.match(key):
            parts.append(f".{key}")
        else:
            parts.append(f"[{quoted(key)}]")
    return "".join(parts).removeprefix(".")
