"""Line numbers for TOML, which the standard library's parser does not give.

The scanner takes text that ``tomllib`` has accepted, so it checks nothing: it only follows the grammar
(TOML 1.0.0) far enough to know where each key, table and array element begins.
"""

import re
import tomllib
from bisect import bisect_right

from orchestrator.config.origin import KeyPath

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_MULTILINE_BASIC = re.compile(r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})', re.DOTALL)
_MULTILINE_LITERAL = re.compile(r"'''.*?'''(?:'{0,2})", re.DOTALL)
_BASIC = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_LITERAL = re.compile(r"'[^'\n]*'")
_SCALARS = (_MULTILINE_BASIC, _MULTILINE_LITERAL, _BASIC, _LITERAL, re.compile(r"[^,\]}\n#]+"))
_KEY_PART = re.compile(rf"{_BASIC.pattern}|{_LITERAL.pattern}|[A-Za-z0-9_-]+")
_KEY_DOT = re.compile(r"[ \t]*\.[ \t]*")


def index_lines(text: str) -> dict[KeyPath, int]:
    """The 1-based line on which each key, table and array element of a valid document begins.

    A table that is only implied (``a`` in ``[a.b]``) has the line of the first header or key that implies it.
    """
    scanner = _Scanner(text.replace("\r\n", "\n"))
    scanner.document()
    return scanner.lines


class _Scanner:
    """Walks the text once; ``_at`` is the offset of the next character."""

    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._text, self._at = text, 0
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._elements: dict[KeyPath, int] = {}

    def document(self) -> None:
        table: KeyPath = ()
        while self._next():
            if self._next() == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> KeyPath:
        """``[table]`` or ``[[array of tables]]``: the path below which the following keys stand."""
        at = self._at
        double = self._text.startswith("[[", at)
        self._at += 2 if double else 1
        self._next()
        *outer, last = self._key()
        self._next()
        self._at += 2 if double else 1
        path: KeyPath = ()
        for part in outer:
            path = self._inside((*path, part), at)
        path = (*path, last)
        if double:
            index = self._elements[path] = self._elements.get(path, -1) + 1
            self._note(path, at, keep=True)
            path = (*path, index)
        self._note(path, at)
        return path

    def _inside(self, path: KeyPath, at: int) -> KeyPath:
        """A header's outer part; where it is an array of tables, its newest element is meant."""
        self._note(path, at, keep=True)
        return (*path, self._elements[path]) if path in self._elements else path

    def _pair(self, table: KeyPath) -> None:
        at = self._at
        parts = self._key()
        for end in range(1, len(parts)):
            self._note((*table, *parts[:end]), at, keep=True)
        path = (*table, *parts)
        self._note(path, at)
        self._next()
        self._at += 1
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        first = self._next()
        if first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            match = next(found for scalar in _SCALARS if (found := scalar.match(self._text, self._at)))
            self._at = match.end()

    def _array(self, path: KeyPath) -> None:
        self._at += 1
        index = 0
        while self._next() != "]":
            if self._next() == ",":
                self._at += 1
                continue
            self._note((*path, index), self._at)
            self._value((*path, index))
            index += 1
        self._at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self._at += 1
        while self._next() != "}":
            if self._next() == ",":
                self._at += 1
            else:
                self._pair(path)
        self._at += 1

    def _key(self) -> list[str]:
        parts: list[str] = []
        while match := _KEY_PART.match(self._text, self._at):
            raw = match.group()
            parts.append(tomllib.loads(f"key = {raw}")["key"] if raw[0] in "\"'" else raw)
            dot = _KEY_DOT.match(self._text, match.end())
            self._at = dot.end() if dot else match.end()
            if not dot:
                break
        return parts

    def _next(self) -> str:
        """Skip blanks and comments; the character that follows, ``""`` at the end."""
        blank = _BLANK.match(self._text, self._at)
        self._at = blank.end() if blank else self._at
        return self._text[self._at : self._at + 1]

    def _note(self, path: KeyPath, at: int, *, keep: bool = False) -> None:
        if not (keep and path in self.lines):
            self.lines[path] = bisect_right(self._starts, at)
