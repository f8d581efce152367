"""Text as lines, without loss: a file keeps its own line ends, its byte-order mark and its way of ending.

Lines end at LF only (a CR before it belongs to the end); form feeds and Unicode separators are content.
"""

from collections.abc import Sequence

_BOM = "\ufeff"


def split(text: str) -> list[str]:
    """The lines of ``text``, each with its end; ``[]`` for ``""``. ``"".join`` gives ``text`` back."""
    parts = text.split("\n")
    lines = [f"{part}\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines


def bare(line: str) -> str:
    """``line`` without its end. A CR that no LF follows is content."""
    return line.removesuffix("\r\n") if line.endswith("\r\n") else line.removesuffix("\n")


def bare_lines(text: str) -> list[str]:
    """The lines of ``text`` without their ends, and without a byte-order mark."""
    return [bare(line) for line in split(text.removeprefix(_BOM))]


def end_of(text: str) -> str:
    """The line end that most lines of ``text`` have; LF where none has any, or both are as frequent."""
    crlf = text.count("\r\n")
    return "\r\n" if crlf * 2 > text.count("\n") else "\n"


def rejoin(lines: Sequence[str], like: str) -> str:
    """``lines`` as one text that ends as ``like`` does.

    Lines that carry an end keep it, the others get that of most lines of ``like``. The last line ends if and
    only if that of ``like`` does; an empty ``like`` counts as ended.
    """
    if not lines:
        return ""
    end = end_of(like)
    ended = [line if line.endswith("\n") else f"{line}{end}" for line in lines]
    return "".join(ended) if not like or like.endswith("\n") else "".join(ended[:-1]) + bare(lines[-1])


def rewritten(lines: Sequence[str], like: str | None) -> str:
    """``lines`` (without ends) as the new text of a file whose old text is ``like``, in its conventions."""
    old = like or ""
    mark = _BOM if old.startswith(_BOM) else ""
    return mark + rejoin(lines, old)


def with_final_newline(text: str, *, wanted: bool | None) -> str:
    """``text`` with or without an end of its last line; as it is where nothing is ``wanted``, or it is empty."""
    if wanted is None or not text or wanted == text.endswith("\n"):
        return text
    return text + end_of(text) if wanted else bare(text)


def without_indent(lines: Sequence[str], indent: str) -> tuple[str, ...]:
    """``lines`` without ``indent`` in front, if all of them that are not blank have it; else as they are."""
    if indent and all(line.startswith(indent) or not line.strip() for line in lines):
        return tuple(line[len(indent) :] for line in lines)
    return tuple(lines)
