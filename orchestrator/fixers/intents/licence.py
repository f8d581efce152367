"""A licence header at the top of every file that has none."""

from collections.abc import Mapping, Sequence

from orchestrator.domain.fixing import FixStep
from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.domain.suggestion import Edit, applied
from orchestrator.errors import EditError
from orchestrator.fixers.intents.workshop import Done, Workshop

_LINE: Mapping[str, str] = {
    **dict.fromkeys(("py", "pyi", "sh", "bash", "rb", "toml", "yaml", "yml", "mk"), "# "),
    **dict.fromkeys(
        ("c", "h", "cc", "cpp", "hpp", "go", "rs", "java", "kt", "js", "mjs", "cjs", "jsx", "ts", "tsx"), "// "
    ),
    "sql": "-- ",
}
"""Suffix -> what begins a comment."""
_HEAD = 10
"""Lines at the top in which a header is looked for."""


async def add_headers(shop: Workshop, arguments: JsonObject) -> Done:
    """A header on every file of ``files`` (globs) that has none: ``text``, or the line for the ``spdx`` identifier.

    Raises:
        EditError: the header is empty, or no file is meant.
    """
    spdx = str(arguments.get("spdx", "")).strip()
    header = f"SPDX-License-Identifier: {spdx}" if spdx else str(arguments.get("text", "")).strip()
    globs = arguments.get("files")
    assert isinstance(globs, Sequence), "checked when the workflow was loaded"
    names = shop.matching([str(glob) for glob in globs])
    if not header or not names:
        raise EditError("the header is empty" if names else f"no file fits {', '.join(map(str, globs))}")
    texts = {name: shop.texts[name] for name in names}
    changes = applied(texts, header_edits(texts, header))
    what = f"{len(changes)} file{'s' if len(changes) != 1 else ''}: {header.splitlines()[0]}"
    return Done(changes=changes, steps=(FixStep(source="licence", message=f"add a header to {what}"),))


def header_edits(texts: Mapping[str, str], header: str) -> tuple[Edit, ...]:
    """Edits that add ``header`` as a comment, below ``#!`` and a coding line.

    A file that names a licence or a copyright in its first lines, an empty one, and one whose comments are not known
    are left out.
    """
    found = []
    for file, text in sorted(texts.items()):
        mark = _LINE.get(file.rpartition(".")[2])
        if mark and text.strip() and not _has_header(text, header):
            place = _place(text)
            lines = "".join(f"{mark}{line}".rstrip() + "\n" for line in header.strip().split("\n"))
            found.append(Edit(file, place, place, f"{lines}\n"))
    return tuple(found)


def _has_header(text: str, header: str) -> bool:
    top = "\n".join(text.split("\n")[:_HEAD]).lower()
    return header.strip().split("\n")[0].lower() in top or any(
        word in top for word in ("copyright", "spdx-license-identifier", "licensed under")
    )


def _place(text: str) -> int:
    place = 0
    for line in text.split("\n")[:2]:
        if not line.startswith("#!") and not (line.startswith("#") and "coding" in line):
            break
        place += len(line) + 1
    return min(place, len(text))
