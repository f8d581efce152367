"""Reads the fenced blocks of Markdown documents and the comment that says how one is tried.

Right before a block may stand ``<!-- run: cwd=FOLDER exit=CODE -->`` (both optional) or ``<!-- no-run: REASON -->``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

FENCE = re.compile(r"^(?P<indent> *)(?P<mark>`{3,}|~{3,})(?P<language>[\w-]*)")
DIRECTIVE = re.compile(r"^ *<!-- (?P<verb>run|no-run): *(?P<text>.*?) *-->$")
OPTIONS = frozenset({"cwd", "exit"})


class MarkupError(ValueError):
    """A directive that says nothing known, or a block without an end."""


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block.

    Attributes:
        line: 1-based, of its opening fence.
        language: as written behind the fence, ``""`` where nothing is.
        cwd: the folder to run it in, relative to the project. exit_code: what its last command must end with.
        no_run: why it is not tried; ``""`` where it is.
    """

    file: str
    line: int
    language: str
    text: str
    cwd: str = "."
    exit_code: int = 0
    no_run: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a console block and the output shown below it."""

    command: str
    expected: list[str] = field(default_factory=list)


def blocks(path: Path, root: Path) -> Iterator[Block]:
    """The fenced blocks of one document, in order.

    Raises:
        MarkupError: a directive has an unknown option, no reason or no block after it; a block has no end.
    """
    name = path.relative_to(root).as_posix()
    lines = iter(enumerate(path.read_text(encoding="utf-8").splitlines(), start=1))
    directive: dict[str, str] | None = None
    for number, line in lines:
        if match := FENCE.match(line):
            body = _body(lines, match["indent"], match["mark"])
            yield _block(name, number, match["language"], body, directive=directive or {})
            directive = None
        elif match := DIRECTIVE.match(line):
            directive = _directive(f"{name}:{number}", match["verb"], match["text"])
        elif directive is not None and line.strip():
            raise MarkupError(f"{name}:{number}: the comment above must stand right before a block")
    if directive is not None:
        raise MarkupError(f"{name}: its last comment stands before no block")


def _body(lines: Iterator[tuple[int, str]], indent: str, mark: str) -> str:
    inside: list[str] = []
    for _, line in lines:
        if line.strip() == mark:
            return "".join(f"{line}\n" for line in inside)
        inside.append(line.removeprefix(indent))
    raise MarkupError(f"a block that begins with {mark} has no end")


def _block(file: str, line: int, language: str, text: str, *, directive: dict[str, str]) -> Block:
    cwd, code = directive.get("cwd", "."), int(directive.get("exit", "0"))
    return Block(file, line, language, text, cwd, code, directive.get("no-run", ""))


def _directive(place: str, verb: str, text: str) -> dict[str, str]:
    if verb == "no-run":
        if not text:
            raise MarkupError(f"{place}: no-run needs a reason")
        return {"no-run": text}
    options = dict(part.partition("=")[::2] for part in text.split())
    if unknown := options.keys() - OPTIONS:
        raise MarkupError(f"{place}: unknown option {min(unknown)!r}; known: {', '.join(sorted(OPTIONS))}")
    return options


def steps(text: str) -> list[Step]:
    """The commands of a console block: each ``$ `` line (with its ``> `` continuations) and what is shown below.

    Raises:
        ValueError: the block does not begin with a command.
    """
    found: list[Step] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append(Step(line[2:]))
        elif not found:
            raise ValueError(f"a console block begins with '$ ', not with {line!r}")
        elif line.startswith("> ") and not found[-1].expected:
            found[-1] = Step(f"{found[-1].command}\n{line[2:]}")
        else:
            found[-1].expected.append(line)
    return found
