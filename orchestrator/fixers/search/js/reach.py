"""Which files of a project its tests load, as far as the texts of the files say."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

__all__ = ["outside", "reached"]

_NEAR = re.compile(r"""["'`](\.{1,2}(?:/[^"'`\n]*)?)["'`]""")
_FAR = re.compile(r"""(?:\bfrom|\brequire\(|\bimport\(|\bimport)\s*["']([^."'/\n][^"'\n]*)["']""")
_ENDINGS = ("", ".js", ".cjs", ".mjs", ".ts", "/index.js", "/index.mjs", "/index.cjs", "/index.ts")
_TYPED = re.compile(r"\.([cm]?)js$")


def reached(texts: Mapping[str, str], tests: Sequence[str]) -> dict[str, str]:
    """Those of ``texts`` that ``tests`` are or name, directly or by others."""
    found: dict[str, str] = {}
    waiting = [test for test in tests if test in texts]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found[file] = texts[file]
            waiting += _near(file, texts)
    return dict(sorted(found.items()))


def _near(file: str, texts: Mapping[str, str]) -> Iterator[str]:
    for name in dict.fromkeys(_NEAR.findall(texts[file])):
        base = posixpath.normpath(posixpath.join(posixpath.dirname(file), name))
        stems = (base, _TYPED.sub(r".\1ts", base))
        places = (posixpath.normpath(stem + end) for stem in stems for end in _ENDINGS)
        found = [place for place in places if place in texts][:1]
        yield from found or _below(base, texts)


def _below(folder: str, texts: Mapping[str, str]) -> Iterator[str]:
    """All files of a folder that has no index: its manifest names the one that is meant."""
    return (file for file in texts if folder == "." or file.startswith(f"{folder}/"))


def outside(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Modules that are no files of the project, each with a file that asks for it."""
    found: dict[str, str] = {}
    for file, text in texts.items():
        for name in _FAR.findall(text):
            found.setdefault(name, file)
    return sorted(found.items())
