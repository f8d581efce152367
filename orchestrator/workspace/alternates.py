"""Object stores that borrow from other object stores."""

from collections.abc import Iterator
from pathlib import Path

from orchestrator.workspace.git.place import quoted

_ESCAPES = {"n": b"\n", "t": b"\t", "r": b"\r", "a": b"\a", "b": b"\b", "f": b"\f", "v": b"\v"}


def object_stores(objects: Path) -> tuple[Path, ...]:
    """``objects`` and every store that it borrows from, directly or not; each once, the nearest first.

    Git follows such a chain for five stores only. Whoever borrows from ``objects`` would add one, so the chain is
    told in full instead.
    """
    found: dict[Path, None] = {}
    waiting = [objects.resolve()]
    while waiting:
        store = waiting.pop(0)
        if store not in found:
            found[store] = None
            waiting += _borrowed(store)
    return tuple(found)


def write_alternates(objects: Path, stores: tuple[Path, ...]) -> None:
    """Make ``objects`` borrow from ``stores``, and from nothing else."""
    text = "".join(f"{quoted(str(store))}\n" for store in stores)
    (objects / "info").mkdir(parents=True, exist_ok=True)
    (objects / "info" / "alternates").write_bytes(text.encode("utf-8", "surrogateescape"))


def _borrowed(store: Path) -> list[Path]:
    try:
        text = (store / "info" / "alternates").read_bytes()
    except FileNotFoundError:
        return []
    named = [(store / path).resolve() for path in _paths(text)]
    return [path for path in named if path.is_dir()]


def _paths(text: bytes) -> Iterator[str]:
    """The format of ``objects/info/alternates``: a path a line, ``#`` for comments, perhaps in C style quotes."""
    for line in text.splitlines():
        if line and not line.startswith(b"#"):
            path = _unquoted(line) if line.startswith(b'"') else line
            yield path.decode("utf-8", "surrogateescape")


def _unquoted(line: bytes) -> bytes:
    text = line.removeprefix(b'"').removesuffix(b'"').decode("latin-1")
    found, index = b"", 0
    while index < len(text):
        if text[index] != "\\":
            found, index = found + text[index].encode("latin-1"), index + 1
        elif text[index + 1 : index + 4].isdigit():
            found, index = found + bytes([int(text[index + 1 : index + 4], 8) & 0xFF]), index + 4
        else:
            escaped = text[index + 1 : index + 2]
            found, index = found + _ESCAPES.get(escaped, escaped.encode("latin-1")), index + 2
    return found
