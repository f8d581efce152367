"""Who imports whom, as far as the text of the files tells it: no code of the project runs."""

import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TypeAlias

from orchestrator.validation.packs import Read

__all__ = ["importers", "reads_imports"]

Scanner: TypeAlias = Callable[[str, str], Iterator[str]]
"""A file's name and text -> the beginnings of the paths (without endings) that it may import, below any folder."""

_PYTHON = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<dots>\.*)(?P<module>[\w.]*)[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^\n#]*)"
    r"|import[ \t]+(?P<plain>[\w. \t,]+))",
    re.MULTILINE,
)
_SCRIPT = re.compile(r"""(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*['"](?P<path>\.{1,2}/?[^'"\n]*)['"]""")
_WORD = re.compile(r"[A-Za-z_]\w*")


def importers(files: Collection[str], read: Read) -> Mapping[str, frozenset[str]]:
    """File -> the files that import it, directly or through others; those that nobody imports are left out.

    Args:
        files: the files of a project, below its root.
        read: their text, by the same names.
    """
    known = _Known(files)
    direct: dict[str, set[str]] = {}
    for file in files:
        text = read(file) if reads_imports(file) else None
        for wanted in known.named(_SCANNERS[_ending(file)](file, text)) if text else ():
            direct.setdefault(wanted, set()).add(file)
    return {file: _closure(file, direct) for file in direct}


def reads_imports(file: str) -> bool:
    """Whether imports of such a file can be read."""
    return _ending(file) in _SCANNERS


def _closure(file: str, direct: Mapping[str, set[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [file]
    while waiting:
        new = direct.get(waiting.pop(), set()) - found
        found |= new
        waiting.extend(new)
    return frozenset(found)


class _Known:
    """The files of a project by every ending of their paths that an import may name."""

    def __init__(self, files: Collection[str]) -> None:
        self._by_name: dict[str, list[str]] = {}
        for file in files:
            if reads_imports(file):
                for name in _names(file):
                    self._by_name.setdefault(name, []).append(file)

    def named(self, wanted: Iterator[str]) -> set[str]:
        return {file for name in wanted for file in self._by_name.get(name, ())}


def _names(file: str) -> Iterator[str]:
    """``src/a/b.py`` may be called ``src/a/b``, ``a/b`` and ``b``; an index or package file like its folder, too."""
    stem = posixpath.splitext(file)[0]
    stems = [stem]
    if posixpath.basename(stem) in {"__init__", "index", "__main__"}:
        stems.append(posixpath.dirname(stem))
    for one in filter(None, stems):
        parts = one.split("/")
        yield from ("/".join(parts[start:]) for start in range(len(parts)))


def _python_imports(file: str, text: str) -> Iterator[str]:
    for match in _PYTHON.finditer(text):
        if match["plain"]:
            names = (part.split()[0] for part in match["plain"].split(",") if part.strip())
            yield from (prefix for name in names for prefix in _prefixes(name.split(".")))
            continue
        parts = [part for part in match["module"].split(".") if part]
        if match["dots"]:
            folder = posixpath.normpath(posixpath.join(posixpath.dirname(file), *[".."] * (len(match["dots"]) - 1)))
            parts = [*(part for part in folder.split("/") if part not in {".", ""}), *parts]
        yield from _prefixes(parts)
        yield from ("/".join([*parts, name]) for name in _WORD.findall(match["names"]))


def _prefixes(parts: list[str]) -> Iterator[str]:
    yield from ("/".join(parts[:end]) for end in range(1, len(parts) + 1))


def _script_imports(file: str, text: str) -> Iterator[str]:
    for match in _SCRIPT.finditer(text):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(file), match["path"]))
        yield from {path, posixpath.splitext(path)[0]}


def _ending(file: str) -> str:
    return posixpath.splitext(file)[1]


_SCANNERS: Mapping[str, Scanner] = {
    **dict.fromkeys((".py", ".pyi"), _python_imports),
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"), _script_imports),
}
