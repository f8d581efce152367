"""Unified diffs as models write them: git style or bare, with wrong counts, wrong line numbers, lost blanks.

The counts of a hunk are believed where a hunk of that size ends at a boundary; else its lines are counted by their
first characters. Line numbers never find a place (see :class:`orchestrator.workspace.edits.values.Hunk`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from orchestrator.errors import ReplyError
from orchestrator.workspace.edits.diffheaders import Header, is_file_pair, is_git_start, is_header_line, read_header
from orchestrator.workspace.edits.values import FileDiff, Hunk

_HUNK = re.compile(r"^@@(?: -(?P<at>\d{1,9})(?:,(?P<old>\d{1,9}))? \+\d{1,9}(?:,(?P<new>\d{1,9}))? @@)?")
_BULLET = re.compile(r"^[-+] \S")
_NO_NEWLINE = "\\"
_COUNTS = {" ": (1, 1), "": (1, 1), "-": (1, 0), "+": (0, 1), _NO_NEWLINE: (0, 0)}


@dataclass(slots=True)
class _Body:
    """The sides of one hunk as they grow."""

    search: list[str] = field(default_factory=list)
    replace: list[str] = field(default_factory=list)
    old_ended: bool = True
    new_ended: bool = True
    last: str = " "

    def add(self, line: str) -> None:
        sign, text = line[:1] or " ", line[1:]
        if sign == _NO_NEWLINE:
            self.old_ended = self.old_ended and self.last == "+"
            self.new_ended = self.new_ended and self.last == "-"
            return
        if sign in " -":
            self.search.append(text)
        if sign in " +":
            self.replace.append(text)
        self.last = sign

    def final_newline(self) -> bool | None:
        """What the hunk says about the end of the new text; ``None`` where it says nothing."""
        return None if self.old_ended and self.new_ended else self.new_ended


def starts_file(lines: Sequence[str], index: int) -> bool:
    """Whether one file's part of a diff starts at ``lines[index]``."""
    return is_git_start(lines[index]) or is_file_pair(lines, index)


def _ends_hunk(lines: Sequence[str], index: int) -> bool:
    """Whether the line at ``index`` cannot be one of a hunk's. A header pair counts only with a hunk below it."""
    if index >= len(lines) or lines[index][:1] not in _COUNTS:
        return True
    return is_file_pair(lines, index) and index + 2 < len(lines) and lines[index + 2].startswith("@@")


def _past_white(lines: Sequence[str], index: int) -> int:
    while index < len(lines) and not lines[index]:
        index += 1
    return index


def _stop_by_counts(lines: Sequence[str], start: int, *, old: int, new: int) -> int:
    """Index behind a hunk of the given size; -1 where lines that could be its own would follow."""
    index = start
    while (old > 0 or new > 0) and index < len(lines) and lines[index][:1] in _COUNTS:
        less_old, less_new = _COUNTS[lines[index][:1]]
        old, new, index = old - less_old, new - less_new, index + 1
    if index < len(lines) and lines[index].startswith(_NO_NEWLINE):
        index += 1
    after = _past_white(lines, index)
    is_list = after > index and after < len(lines) and _BULLET.match(lines[after]) is not None
    return index if old == 0 and new == 0 and (is_list or _ends_hunk(lines, after)) else -1


def _stop_by_signs(lines: Sequence[str], start: int) -> int:
    """Index behind the last line that can belong to the hunk; blank lines at its end are taken for white space."""
    index = start
    while not _ends_hunk(lines, index):
        index += 1
    while index > start and not lines[index - 1]:
        index -= 1
    return index


def _read_hunk(lines: Sequence[str], start: int) -> tuple[Hunk, bool | None, int]:
    """The hunk at ``start``, what it says about the final line end, and the index behind it."""
    match = _HUNK.match(lines[start])
    first = start + 1 if match else start
    at, stop = 0, -1
    if match and match["at"]:
        at = int(match["at"])
        old, new = int(match["old"] or 1), int(match["new"] or 1)
        stop = _stop_by_counts(lines, first, old=old, new=new)
    stop = stop if stop >= 0 else _stop_by_signs(lines, first)
    body = _Body()
    for line in lines[first:stop]:
        body.add(line)
    return Hunk(tuple(body.search), tuple(body.replace), at), body.final_newline(), stop


def _read_hunks(lines: Sequence[str], start: int) -> tuple[tuple[Hunk, ...], bool | None, int]:
    """All hunks from ``start`` on; the first one may lack its ``@@`` line."""
    hunks: list[Hunk] = []
    ending: bool | None = None
    index = start
    while index < len(lines):
        if lines[index].startswith("@@@"):
            raise ReplyError("combined diffs are not read", line=index + 1, hint="send a diff against one version")
        has_head = lines[index].startswith("@@")
        if not has_head and (hunks or _ends_hunk(lines, index) or not lines[index]):
            break
        hunk, said, index = _read_hunk(lines, index)
        hunks += [hunk] if hunk.search or hunk.replace else []
        ending = ending if said is None else said
        ahead = _past_white(lines, index)
        index = ahead if ahead < len(lines) and lines[ahead].startswith("@@") else index
    return tuple(hunks), ending, index


def read_file_diff(lines: Sequence[str], start: int, *, target: str = "") -> tuple[FileDiff, int]:
    """One file's part of a diff, and the index of the first line behind it. Lines are counted within ``lines``.

    Args:
        lines: without line ends.
        start: where :func:`starts_file` holds; or a hunk, if ``target`` names its file.
        target: the file of hunks that have no header.

    Raises:
        ReplyError: the header or a hunk cannot be read, or nothing follows the header.
    """
    has_header = starts_file(lines, start)
    header = read_header(lines, start) if has_header else Header(target, target, 0)
    hunks, ending, stop = _read_hunks(lines, start + header.size)
    is_empty = not hunks and header.old == header.new and not header.new_mode
    if is_empty:
        raise ReplyError("a diff has no hunk that can be read", path=header.new or "", line=start + 1)
    parsed = FileDiff(old=header.old, new=header.new, hunks=hunks, modes=header.modes, new_mode=header.new_mode)
    return replace(parsed, final_newline=ending, line=start + 1), stop


def read_diff(lines: Sequence[str], target: str = "") -> tuple[FileDiff, ...]:
    """Every file's part of a diff that is all of ``lines``; what stands before the first header is ignored.

    Raises:
        ReplyError: a part cannot be read, a line belongs to none, or hunks without a header have no ``target``.
    """
    index = next((at for at in range(len(lines)) if starts_file(lines, at) or lines[at].startswith("@@")), len(lines))
    found: list[FileDiff] = []
    while index < len(lines):
        is_file = starts_file(lines, index)
        if not is_file and (found or not target):
            what = "a line of a diff starts with none of ' ', '+', '-', '@@'" if found else "a diff names no file"
            raise ReplyError(what, line=index + 1, hint="start it with '--- a/path' and '+++ b/path'")
        part, index = read_file_diff(lines, index, target=target)
        found.append(part)
        index += next((at for at, line in enumerate(lines[index:]) if line.strip()), len(lines) - index)
    if not found:
        raise ReplyError("a diff has neither header nor hunk", line=1)
    return tuple(found)


def hunk_lines(lines: Sequence[str]) -> frozenset[int]:
    """Indexes of the lines below a header that look like a hunk's: what they hold is no fence and no block."""
    found: set[int] = set()
    is_inside = False
    for index, line in enumerate(lines):
        if starts_file(lines, index):
            is_inside = True
        elif is_inside and (line[:1] in _COUNTS or line.startswith("@@")):
            found.add(index)
        elif not (is_inside and is_header_line(lines, index)):
            is_inside = False
    return frozenset(found)


def find_diffs(lines: Sequence[str]) -> tuple[FileDiff, ...]:
    """Every file's part of the diffs that stand in prose; each needs a header.

    Raises:
        ReplyError: a part cannot be read.
    """
    index = 0
    found: list[FileDiff] = []
    while index < len(lines):
        if starts_file(lines, index):
            part, index = read_file_diff(lines, index)
            found.append(part)
        else:
            index += 1
    return tuple(found)
