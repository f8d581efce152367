"""What a result changes, as lines for a person at a terminal: nothing in them can steer it."""

from collections.abc import Iterator, Mapping

from orchestrator.report.plaintext import cells, clean, count, pad

_STYLES = {"+": "32", "-": "31", "@": "36"}
"""First character of a line inside of a file's part -> SGR parameters; those of the lines above it are bold."""
_HEAD = "1"
_BINARY = "GIT binary patch"


def patch_text(patch: str, *, color: bool) -> str:
    """``patch`` (as git writes it, unknown bytes as lone surrogates) made harmless, coloured where wanted."""
    return "".join(_styled(line, style if color else "") for line, style in _lines(patch))


def stat_text(lines: Mapping[str, tuple[int, int] | None]) -> str:
    """A line for each file with how many lines it has more and less, then their sum; ``""`` for no file."""
    if not lines:
        return ""
    shown = {clean(path): _counts(one) for path, one in lines.items()}
    room, more_room = max(map(cells, shown)), max(len(one[0]) for one in shown.values())
    rows = [f"{pad(path, room)}  {more:<{more_room}}  {less}".rstrip() for path, (more, less) in shown.items()]
    known = [one for one in lines.values() if one]
    all_more, all_less = sum(one[0] for one in known), sum(one[1] for one in known)
    return "\n".join(rows) + f"\n{count(len(lines), 'file')}, +{all_more:,} -{all_less:,}\n"


def _counts(lines: tuple[int, int] | None) -> tuple[str, str]:
    return (f"+{lines[0]:,}", f"-{lines[1]:,}") if lines else ("binary", "")


def _lines(patch: str) -> Iterator[tuple[str, str]]:
    """Each line with its style. Only inside of a hunk may a line of the file's own be told from a heading."""
    left = (0, 0)
    for line in patch.removesuffix("\n").split("\n") if patch else ():
        if any(left):
            yield line, _STYLES.get(line[:1], "")
            left = _after(line, left)
        elif line.startswith("@@ "):
            yield line, _STYLES["@"]
            left = _sizes(line)
        else:
            yield line, _HEAD if line.startswith(("diff --git ", "--- ", "+++ ", _BINARY)) else ""


def _sizes(heading: str) -> tuple[int, int]:
    """Lines of the old and of the new file that follow; format: unified diff, ``@@ -start,size +start,size @@``."""
    old, new = heading.split(" ", 3)[1:3]
    return int(old.partition(",")[2] or 1), int(new.partition(",")[2] or 1)


def _after(line: str, left: tuple[int, int]) -> tuple[int, int]:
    if line.startswith("\\"):
        return left
    return left[0] - (not line.startswith("+")), left[1] - (not line.startswith("-"))


def _styled(line: str, style: str) -> str:
    shown = "\t".join(map(clean, line.split("\t")))
    return f"\x1b[{style}m{shown}\x1b[0m\n" if style else f"{shown}\n"
