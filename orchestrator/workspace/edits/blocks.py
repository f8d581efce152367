"""SEARCH/REPLACE blocks, found by their markers alone: fences around them do not matter.

::

    <<<<<<< SEARCH
    lines to find
    =======
    lines to put in their place
    >>>>>>> REPLACE

Markers may have five to nine characters, so that a text which itself holds a row of ``=======`` can be edited
under longer ones: the divider is the only row as long as the opening marker, or else the only row at all.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from orchestrator.errors import ReplyError, TruncatedReplyError
from orchestrator.workspace.edits.lines import without_indent
from orchestrator.workspace.edits.values import Hunk

_HEAD = re.compile(r"^(?P<indent>[ \t]*)(?P<mark><{5,9})[ \t]*SEARCH>?:?(?:[ \t]+(?P<path>\S+))?[ \t]*$")
_ROW = re.compile(r"^[ \t]*(?P<mark>={5,9})[ \t]*$")
_TAIL = re.compile(r"^[ \t]*>{5,9}[ \t]*REPLACE[ \t]*$")


@dataclass(frozen=True, slots=True)
class Block:
    """One block. ``start`` and ``stop`` are the 0-based indexes of its outer markers; ``path`` is rarely given."""

    start: int
    stop: int
    hunk: Hunk
    path: str = ""


def _tail_index(lines: Sequence[str], start: int) -> int:
    for index in range(start + 1, len(lines)):
        if _TAIL.match(lines[index]):
            return index
        if _HEAD.match(lines[index]):
            break
    what = "a SEARCH/REPLACE block has no closing '>>>>>>> REPLACE'"
    raise TruncatedReplyError(what, line=start + 1, hint="send the whole block again")


def _divider_index(lines: Sequence[str], start: int, *, stop: int, length: int) -> int:
    rows = [index for index in range(start + 1, stop) if _ROW.match(lines[index])]
    alike = [index for index in rows if len(lines[index].strip()) == length] or rows
    if len(alike) == 1:
        return alike[0]
    what = f"a SEARCH/REPLACE block has {len(alike) or 'no'} rows of '=======', so its halves cannot be told apart"
    raise ReplyError(what, line=start + 1, hint="put exactly one between them; use markers of another length if needed")


def _hunk(search: tuple[str, ...], replace: tuple[str, ...]) -> Hunk:
    """A SEARCH of blank lines only finds nothing in particular: it is an empty one."""
    return Hunk(search if any(line.strip() for line in search) else (), replace)


def find_blocks(lines: Sequence[str], is_opaque: Callable[[int], bool]) -> tuple[Block, ...]:
    """Every block, in order.

    Args:
        lines: the reply, without line ends.
        is_opaque: tells of a line's index whether it is content of something else and can start no block.

    Raises:
        TruncatedReplyError: a block is not closed.
        ReplyError: the halves of a block cannot be told apart.
    """
    found: list[Block] = []
    index = 0
    while index < len(lines):
        head = None if is_opaque(index) else _HEAD.match(lines[index])
        if head:
            stop = _tail_index(lines, index)
            middle = _divider_index(lines, index, stop=stop, length=len(head["mark"]))
            body = without_indent(lines[index + 1 : stop], head["indent"])
            hunk = _hunk(body[: middle - index - 1], body[middle - index :])
            found.append(Block(index, stop, hunk, head["path"] or ""))
            index = stop
        index += 1
    return tuple(found)
