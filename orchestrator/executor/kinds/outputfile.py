"""The file behind ``$RUNG_OUTPUT``: ``name=value`` lines, or ``name<<MARK`` ... ``MARK`` for several lines.

The format is that of ``$GITHUB_OUTPUT`` (GitHub Docs, "Workflow commands for GitHub Actions").
"""

from collections.abc import Iterator
from pathlib import Path

MAX_BYTES = 1_000_000


class OutputFileError(ValueError):
    """A command wrote something else than outputs; the text says which line."""


def read_outputs(path: Path) -> dict[str, str]:
    """The outputs in the file, later ones of a name winning; ``{}`` for an empty or removed file.

    Raises:
        OutputFileError: a line is no output, a value is not closed, or the file is larger than :data:`MAX_BYTES`.
    """
    if not path.is_file():
        return {}
    if path.stat().st_size > MAX_BYTES:
        raise OutputFileError(f"holds more than {MAX_BYTES} bytes")
    text = path.read_text(encoding="utf-8", errors="replace")
    return dict(_entries(iter(enumerate(text.split("\n"), 1))))


def _entries(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[str, str]]:
    for number, line in lines:
        if not line.strip():
            continue
        name, sign, rest = _split(line)
        if not sign or not name:
            raise OutputFileError(f"line {number} is neither name=value nor name<<MARK: {line[:80]!r}")
        yield name, rest if sign == "=" else _until(rest, lines, start=number)


def _split(line: str) -> tuple[str, str, str]:
    """At whichever of ``=`` and ``<<`` comes first."""
    equals, marks = line.find("="), line.find("<<")
    sign = "<<" if marks >= 0 and (equals < 0 or marks < equals) else "="
    name, found, rest = line.partition(sign)
    return name.strip(), found, rest


def _until(mark: str, lines: Iterator[tuple[int, str]], *, start: int) -> str:
    value: list[str] = []
    for _, line in lines:
        if line == mark:
            return "\n".join(value)
        value.append(line)
    raise OutputFileError(f"the value that starts in line {start} is not closed by {mark!r}")
