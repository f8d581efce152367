"""Breaks a project on purpose in one line: in three ways, at places that a seed chooses."""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["KINDS", "Break", "breaks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """One line changed.

    Attributes:
        kind: a key of :data:`KINDS`.
        file: below the project's folder, with ``/``.
        line: 1-based.
    """

    kind: str
    file: str
    line: int
    before: str
    after: str

    def apply(self, root: Path) -> None:
        """Write it into the project in ``root``."""
        self._write(root, self.before, self.after)

    def undo(self, root: Path) -> None:
        """Put back what was there."""
        self._write(root, self.after, self.before)

    def _write(self, root: Path, now: str, then: str) -> None:
        lines = (root / self.file).read_bytes().decode().splitlines(keepends=True)
        assert lines[self.line - 1] == now, "the project is not what it was"
        lines[self.line - 1] = then
        (root / self.file).write_bytes("".join(lines).encode())


_HEAD = re.compile(
    r"\b(?:def|func|function|fn)\b[^;]*\(|\s*(?:public|private|protected|static)\b[^=;]*\([^;]*\)[^;]*\{\s*$"
)


def _closed_twice(line: str) -> Iterator[str]:
    """The head of a function with one closing parenthesis too many: every parser says so where it stands."""
    head, sign, rest = line.rpartition(")")
    if sign and _HEAD.search(line) and line.count("(") == line.count(")"):
        yield f"{head})){rest}"


_WORDS = re.compile(
    r"(?:if|else|elif|for|while|switch|match|catch|return|function|func|def|super|import|from|with|yield|lambda|const|"
    r"this|self|None|True|False|true|false|null|typeof|instanceof|throw|raise|except|class|static|final|void|public|"
    r"private|break|continue|package|where|impl|String|string|boolean|usize|u?int(?:32|64)|float64)"
)


def _misspelt(line: str) -> Iterator[str]:
    """A name that is used, with two of its letters swapped."""
    for found in re.finditer(r"(?:(?<=[( ])|(?<=\breturn ))([A-Za-z_]\w{3,})(?=[(),;.\s])", line):
        name, start = found[1], found.start()
        is_definition = re.search(r"\b(?:def|fn|func|function|class|new|var|let|const)\s+$|^func \(", line[:start])
        if not _WORDS.fullmatch(name) and not is_definition and not _HEAD.search(line) and name[1] != name[2]:
            yield line[:start] + name[0] + name[2] + name[1] + line[start + 3 :]


_OTHERWISE = (
    (" == ", " != "), (" != ", " == "), (" === ", " !== "), (" !== ", " === "), (" < ", " >= "), (" <= ", " > "),
    (" > ", " <= "), (" >= ", " < "), (" + 1", " + 2"), (" - 1", " - 2"), (" && ", " || "), (" || ", " && "),
    (" and ", " or "), (" is None", " is not None"), ("True", "False"), ("true", "false"), ("false", "true"),
)  # fmt: skip


_NUMBER = re.compile(r"(?<![\w.\"'])(?:0x[0-9a-fA-F]+|\d+)(?![\w.\"'])")


def _otherwise(line: str) -> Iterator[str]:
    """A comparison, a constant or a connective that says something else."""
    for old, new in _OTHERWISE:
        for found in re.finditer(re.escape(old), line):
            yield line[: found.start()] + new + line[found.end() :]
    for found in _NUMBER.finditer(line):
        number = int(found[0], 0 if found[0].startswith("0x") else 10) + 1
        yield line[: found.start()] + (hex(number) if found[0].startswith("0x") else str(number)) + line[found.end() :]


KINDS: Mapping[str, Callable[[str], Iterator[str]]] = {"syntax": _closed_twice, "name": _misspelt, "logic": _otherwise}
"""What is broken -> the ways to break a line so."""

_SUFFIXES = {".py", ".js", ".rs", ".go", ".java"}
_ELSEWHERE = re.compile(
    r"(?:^|/)(?:tests?|test-.*|benches|examples?|bench|docs|src/test|target|dist|tools|\..*|node_modules)/"
)
_TESTS = re.compile(
    r"(?:^|/)(?:test[^/]*|[^/]*_test|[^/]*\.test|setup|conftest|[^/]*\.min|gruntfile|benchmark[^/]*)\.\w+$"
)
_COMMENT = re.compile(r"\s*(?:#|//|/?\*|\"\"\"|$)")


def breaks(root: Path, kind: str, *, seed: str) -> Iterator[Break]:
    """All ways to break the sources in ``root``, its tests left alone, in an order that ``seed`` decides.

    Whether a test notices, and whether a line is code at all, is not known: a comment may be hit.
    """
    found = [one for file in sorted(_sources(root)) for one in _of_file(root, file, kind=kind)]
    random.Random(f"{seed} {kind}").shuffle(found)
    yield from found


def _sources(root: Path) -> Iterator[str]:
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix()
        if path.suffix in _SUFFIXES and path.is_file() and not _ELSEWHERE.search(name) and not _TESTS.search(name):
            yield name


def _of_file(root: Path, file: str, *, kind: str) -> Iterator[Break]:
    is_text = False
    for number, line in enumerate((root / file).read_bytes().decode().splitlines(keepends=True), 1):
        if line.startswith("#[cfg(test)]"):
            return  # tests of Rust stand below what they test
        was_text, is_text = is_text, is_text ^ (line.count('"""') % 2 == 1)
        if not (was_text or is_text or _COMMENT.match(line)):
            for after in KINDS[kind](line):
                yield Break(kind=kind, file=file, line=number, before=line, after=after)
