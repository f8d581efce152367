"""Where in the project a failure happened, read out of the stack that its report shows."""

import re
from collections.abc import Iterator

from orchestrator.validation.parsers.output import Context
from orchestrator.validation.parsers.text import lines, plain

__all__ = ["Place", "locate"]

Place = tuple[str, int]
"""File relative to the root, and 1-based line; ``("", 0)`` where none is known."""

_PYTHON = re.compile(r'(?:E? +)?File "(?P<file>[^"]+)", line (?P<line>\d{1,9})')
_PYTEST = re.compile(r"(?P<file>[^\s:<][^:]*\.pyi?):(?P<line>\d{1,9}): ")
_NODE = re.compile(r"\s*at (?:[^(]*\()?(?P<file>(?:file://)?/[^():]+|[\w@.][\w@./-]*):(?P<line>\d{1,9}):\d{1,9}\)?$")
_TAP = re.compile(r"\s*(?:[\w.<>\[\] ]+ \()?(?P<file>(?:file://)?/[^():]+):(?P<line>\d{1,9}):\d{1,9}\)?$")
_JVM = re.compile(r"\s*at (?:[\w.@-]+/)*(?P<name>[\w.$]+)\((?P<file>\w+\.(?:java|kt|scala|groovy)):(?P<line>\d{1,9})\)")
_GO = re.compile(r"\t(?P<file>/[^:]+\.go):(?P<line>\d{1,9})(?: \+0x[0-9a-f]+)?$")
_RUST = re.compile(r"thread '.*' (?:\(\d+\) )?panicked at (?P<file>[^:]+):(?P<line>\d{1,9}):\d{1,9}:?$")
_FOREIGN = ("site-packages/", "dist-packages/", "node_modules/", "/lib/python", "node:", "<")


def locate(text: str, context: Context) -> Place:
    """The place in the project that a stack names: innermost frame first.

    Python prints the innermost frame last, the others print it first. Frames of libraries and of the runner are
    passed over.
    """
    frames = tuple(_frames(plain(text), context))
    innermost = (*reversed([place for is_python, place in frames if is_python]),
                 *(place for is_python, place in frames if not is_python))  # fmt: skip
    return next((place for place in innermost if _is_own(place[0])), ("", 0))


def _frames(text: str, context: Context) -> Iterator[tuple[bool, Place]]:
    for line in lines(text):
        python = _PYTHON.match(line) or _PYTEST.match(line)
        if python:
            yield True, (context.path(python["file"]), int(python["line"]))
            continue
        other = _NODE.match(line) or _TAP.match(line) or _GO.match(line) or _RUST.match(line)
        if other:
            yield False, (context.path(other["file"]), int(other["line"]))
            continue
        java = _JVM.match(line)
        if java:
            package = java["name"].rpartition(".")[0].rpartition(".")[0]
            yield False, (context.find(f"{package.replace('.', '/')}/{java['file']}".lstrip("/")), int(java["line"]))


def _is_own(file: str) -> bool:
    return bool(file) and not file.startswith("/") and not any(part in file for part in _FOREIGN)
