"""A small terminal: what a person would see after the bytes that a program wrote.

It knows what the display uses (line ends, cursor up, erase line, hide and show the cursor, colours), wraps long
lines, and wraps them again when it is resized, as most terminals do. Anything else is an error.
"""

import re

_TOKEN = re.compile(r"\x1b\[(?P<args>[\d;?]*)(?P<code>[A-Za-z])|(?P<text>[^\x1b\r\n]+)|(?P<end>[\r\n])")


class Screen:
    """Rows of text without a height: nothing scrolls away."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.lines = [""]
        self.row = 0
        self.column = 0
        self.is_cursor_visible = True

    def feed(self, written: str) -> None:
        place = 0
        while place < len(written):
            token = _TOKEN.match(written, place)
            assert token, f"the terminal does not know {written[place : place + 20]!r}"
            place = token.end()
            if token["text"]:
                self._print(token["text"])
            elif token["end"]:
                self._end(token["end"])
            else:
                self._control(token["code"], token["args"])

    def resize(self, width: int) -> None:
        """Wrap lines that have become too long; the cursor stays at its character."""
        wrapped = [[line[at : at + width] for at in range(0, max(1, len(line)), width)] for line in self.lines]
        below = max(0, self.column - 1) // width
        self.row = sum(map(len, wrapped[: self.row])) + below
        self.column -= below * width
        self.lines = [part for parts in wrapped for part in parts]
        self.width = width

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.lines).rstrip("\n")

    def _print(self, text: str) -> None:
        for char in text:
            if self.column == self.width:
                self._end("\n")
                self.column = 0
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[: self.column] + char + line[self.column + 1 :]
            self.column += 1

    def _end(self, char: str) -> None:
        self.column = 0
        if char == "\n":
            self.row += 1
            if self.row == len(self.lines):
                self.lines.append("")

    def _control(self, code: str, args: str) -> None:
        if code == "A":
            self.row = max(0, self.row - int(args or 1))
        elif (code, args) == ("K", "2"):
            self.lines[self.row] = ""
        elif args == "?25":
            self.is_cursor_visible = code == "h"
        else:
            assert code == "m", f"the terminal does not know {args}{code}"
