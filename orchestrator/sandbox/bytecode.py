"""The supervisor and its watchdog as byte code: compiling them at every start would take as long as all the rest."""

import marshal
from functools import cache
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import ModuleType

__all__ = ["byte_code", "script"]

_HEADER = 16
"""Bytes before the code in a ``.pyc`` file (PEP 552): magic number, flags, the source's time, its size."""
_BY_TIME = bytes(4)
"""The flags of a file that is valid as long as its source has that time and size."""


@cache
def byte_code(source: Path) -> bytes:
    """The ``.pyc`` file of ``source`` for this very interpreter, valid whatever becomes of the source."""
    code = compile(source.read_bytes(), source.name, "exec", dont_inherit=True)
    return MAGIC_NUMBER.ljust(_HEADER, b"\0") + marshal.dumps(code)


def script(module: ModuleType) -> str:
    """A file that this interpreter can run as ``module``: the byte code that import left, where that is up to date."""
    source, cached = str(module.__file__), str(module.__cached__)
    return cached if _is_current(cached, Path(source)) else source


def _is_current(cached: str, source: Path) -> bool:
    try:
        with Path(cached).open("rb") as file:
            header = file.read(_HEADER)
        found = source.stat()
    except OSError:
        return False
    stamps = (int(found.st_mtime) & 0xFFFFFFFF, found.st_size & 0xFFFFFFFF)
    return header == MAGIC_NUMBER + _BY_TIME + b"".join(number.to_bytes(4, "little") for number in stamps)
