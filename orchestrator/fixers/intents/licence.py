"""A licence header at the top of every file that has none."""

from collections.abc import Mapping

from orchestrator.domain.suggestion import Edit

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
