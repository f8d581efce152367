"""Where in a shell script a ``$NAME`` is not expanded.

Follows the POSIX Shell Command Language (IEEE 1003.1-2017, sections 2.2, "Quoting", and 2.7.4, "Here-Document") and
bash's ``$'...'``. One thing is not followed: inside ``$( )`` the ``)`` behind a pattern of
``case`` is taken for its end.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_WORD_START = r"(?<![^\s;&|()])"
_CODE = re.compile(
    rf"""
      (?P<escape>\\.)
    | (?P<ansi>\$'(?>(?:[^'\\]|\\.)*)'?)
    | (?P<single>'[^']*+'?)
    | (?P<double>\$?")
    | (?P<arithmetic>\$?\(\()
    | (?P<open>\$?\()
    | (?P<close>\))
    | (?P<backtick>`)
    | (?P<comment>{_WORD_START}\#[^\n]*+)
    | (?P<string><<<)
    | <<(?P<here>-?[ \t]*+(?:\\.|'[^'\n]*+'|"[^"\n]*+"|[A-Za-z_]\w*+)+)
    | (?P<newline>\n)
    """,
    re.VERBOSE | re.DOTALL,
)
_DOUBLE = re.compile(
    r"""(?P<escape>\\[$`"\\\n])|(?P<other>\\.)|(?P<quote>")|(?P<arithmetic>\$\(\()|(?P<open>\$\()|(?P<backtick>`)""",
    re.DOTALL,
)
_ARITHMETIC = re.compile(r"(?P<end>\)\))|(?P<open>\$\()|(?P<group>\()|(?P<close>\))|(?P<backtick>`)")
_PATTERNS = {"": _CODE, "(": _CODE, "`": _CODE, '"': _DOUBLE, "((": _ARITHMETIC, "((group": _ARITHMETIC}


@dataclass(frozen=True, slots=True)
class Region:
    """``script[start:end]`` is taken literally; ``what`` says why: ``inside single quotes``."""

    start: int
    end: int
    what: str


def literal_regions(script: str) -> list[Region]:
    """The regions of ``script`` in which nothing is expanded, in order. Takes time linear in its length."""
    return list(_Scanner(script).regions())


class _Scanner:
    def __init__(self, script: str) -> None:
        self._script = script
        self._position = 0
        self._open = [""]
        self._heredocs: list[str] = []
        self._found: list[Region] = []
        self._actions: dict[str, Callable[[re.Match[str]], None]] = {
            "escape": lambda token: self._literal(token, "behind a backslash"),
            "ansi": lambda token: self._literal(token, "inside $'...' quotes"),
            "single": lambda token: self._literal(token, "inside single quotes"),
            "double": lambda _: self._open.append('"'),
            "quote": lambda _: self._leave('"'),
            "arithmetic": lambda _: self._open.append("(("),
            "end": self._end_arithmetic,
            "group": lambda _: self._open.append("((group"),
            "open": lambda _: self._open.append("("),
            "close": self._close,
            "backtick": self._backtick,
            "here": lambda token: self._heredocs.append(token["here"]),
            "newline": self._bodies,
        }

    def regions(self) -> Iterator[Region]:
        while token := _PATTERNS[self._open[-1]].search(self._script, self._position):
            self._position = token.end()
            action = self._actions.get(token.lastgroup or "")
            if action is not None:
                action(token)
            yield from self._found
            self._found.clear()

    def _literal(self, token: re.Match[str], what: str) -> None:
        self._found.append(Region(token.start(), token.end(), what))

    def _leave(self, state: str) -> None:
        if self._open[-1] == state:
            self._open.pop()

    def _close(self, token: re.Match[str]) -> None:
        del token
        self._leave("((group" if self._open[-1] == "((group" else "(")

    def _end_arithmetic(self, token: re.Match[str]) -> None:
        if self._open[-1] == "((group":  # the first of the two closes the group
            self._position = token.start() + 1
        self._open.pop()

    def _backtick(self, token: re.Match[str]) -> None:
        del token
        if self._open[-1] == "`":
            self._open.pop()
        else:
            self._open.append("`")

    def _bodies(self, token: re.Match[str]) -> None:
        """Step over the bodies of the here-documents that the line before has opened."""
        del token
        for word in self._heredocs:
            start = self._position
            strip = word.startswith("-")
            bare = word.removeprefix("-").strip(" \t")
            mark = re.sub(r"\\(.)|['\"]", r"\1", bare)
            tabs = r"\t*" if strip else ""
            end = re.compile(rf"^{tabs}{re.escape(mark)}$", re.MULTILINE).search(self._script, start)
            self._position = end.end() if end else len(self._script)
            if mark != bare:
                self._found.append(Region(start, self._position, "inside a quoted here-document"))
        self._heredocs.clear()
