"""A parsed text, and what in it does not parse."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

from orchestrator.workspace.edits.syntax.grammar import Grammar

if TYPE_CHECKING:
    from tree_sitter import Language, Node

_MACRO = re.compile(rb"\b[A-Z][A-Z0-9_]{2,}(?:[ \t]*\(|[ \t]+[A-Za-z_])")
_DEFINED = re.compile(rb"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.MULTILINE)
_BRACKETS = frozenset("()[]{}")
_WORD = re.compile(rb"\w+")


@dataclass(frozen=True, slots=True)
class Source:
    """A text as UTF-8 and its tree. All positions are offsets into ``text``."""

    text: bytes
    root: "Node"
    grammar: Grammar

    def of(self, node: "Node") -> str:
        """The text of ``node``, each run of white space as one blank."""
        return plain(self.text[node.start_byte : node.end_byte])

    def line_start(self, at: int) -> int:
        """Offset of the first byte of the line that holds ``at``."""
        return self.text.rfind(b"\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        """Offset behind the last byte of that line, its end left out."""
        end = self.text.find(b"\n", at)
        end = len(self.text) if end < 0 else end
        return end - 1 if end > at and self.text[end - 1 : end] == b"\r" else end

    def line_number(self, at: int) -> int:
        """1-based number of that line."""
        return self.text.count(b"\n", 0, at) + 1

    def indent(self, at: int) -> bytes:
        """The white space that opens the line of ``at``."""
        line = self.text[self.line_start(at) : at]
        return line[: len(line) - len(line.lstrip(b" \t"))]


def plain(text: bytes) -> str:
    """``text`` with each run of white space as one blank."""
    return " ".join(text.decode("utf-8", "replace").split())


@lru_cache
def _language(grammar: Grammar) -> "Language":
    from tree_sitter import Language

    return Language(getattr(import_module(grammar.module), grammar.function)())


def parse(text: bytes, grammar: Grammar) -> Source:
    """Parse ``text``; what does not parse is in the tree as errors."""
    from tree_sitter import Parser

    return Source(text, Parser(_language(grammar)).parse(text).root_node, grammar)


def _faulty(root: "Node") -> Iterator["Node"]:
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_error or node.is_missing:
            yield node
        elif node.has_error:
            stack += node.children


def _may_be_macro(lines: bytes, macros: "set[bytes]") -> bool:
    """Whether a macro may be why ``lines`` do not parse: a capital name that is called, or in front of a word."""
    return bool(_MACRO.search(lines) or macros & set(_WORD.findall(lines)))


def faults(source: Source, *, headers: bytes = b"") -> "Counter[str]":
    """What of ``source`` does not parse, by the lines concerned; errors that a macro may cause are left out.

    Args:
        source: what was parsed.
        headers: further text whose macros are known in it.
    """
    found: Counter[str] = Counter()
    has_macros = source.grammar.has_macros
    macros = set(_DEFINED.findall(source.text + b"\n" + headers)) if has_macros else set()
    for node in _faulty(source.root):
        lines = source.text[source.line_start(node.start_byte) : source.line_end(node.end_byte)]
        is_excused = has_macros and node.type not in _BRACKETS and _may_be_macro(lines, macros)
        if not is_excused:
            found[plain(lines)] += 1
    return found
