"""What files hold, as one number: equal digests mean equal names, modes and contents."""

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from orchestrator.workspace.edits.globs import matches


def digest(folder: Path, globs: Sequence[str]) -> str:
    """SHA-256, in hexadecimal, over every file below ``folder`` that one of ``globs`` names, in order of path.

    Of a link its target counts, of a file whether it may be executed; folders count by what is in them, and
    what is neither file nor link by its path alone. ``.git`` is left out. No file at all has a digest, too.

    Raises:
        OSError: something cannot be read.
    """
    whole = hashlib.sha256()
    for path in sorted(_below(folder, "")):
        if any(matches(path, glob) for glob in globs):
            for part in (path.encode("utf-8", "surrogateescape"), *_contents(folder / path)):
                whole.update(len(part).to_bytes(8, "big"))
                whole.update(part)
    return whole.hexdigest()


def _below(folder: Path, prefix: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != ".git":
                    yield from _below(folder / entry.name, f"{prefix}{entry.name}/")
            else:
                yield prefix + entry.name


def _contents(path: Path) -> Iterator[bytes]:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        yield b"link"
        yield os.fsencode(path.readlink())
    elif stat.S_ISREG(mode):
        yield b"program" if mode & stat.S_IXUSR else b"file"
        yield _file_digest(path)
    else:
        yield b"other"


def _file_digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
