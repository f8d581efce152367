"""Many files as arguments: in parts that every system takes, or in a list of their own."""

from collections.abc import Iterator, Sequence

__all__ = ["batches", "list_file"]

_MOST_FILES = 2_000
_MOST_CHARACTERS = 100_000
"""Far below the limit of 128 KiB that Linux has for one argument, and the 2 MiB for all of them."""


def batches(files: Sequence[str], *, is_single: bool = False, is_whole: bool = False) -> Iterator[Sequence[str]]:
    """``files`` in parts, in order: one by one, all at once, or as many as fit; nothing for no files."""
    part: list[str] = []
    room = _MOST_CHARACTERS
    for file in files:
        is_full = is_single or len(part) >= _MOST_FILES or len(file) > room
        if part and is_full and not is_whole:
            yield part
            part, room = [], _MOST_CHARACTERS
        part.append(file)
        room -= len(file) + 1
    if part:
        yield part


def list_file(files: Sequence[str]) -> str:
    """``files`` as javac, gcc and others read them behind ``@``: one on each line, quoted."""
    quoted = (file.replace("\\", "\\\\").replace('"', '\\"') for file in files)
    return "".join(f'"{file}"\n' for file in quoted)
