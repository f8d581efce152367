"""A model's reply cut up into blocks, fences and the prose between them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestrator.errors import TruncatedReplyError
from orchestrator.workspace.edits.blocks import Block, find_blocks
from orchestrator.workspace.edits.diffs import hunk_lines
from orchestrator.workspace.edits.fences import Fence, find_fences
from orchestrator.workspace.edits.labels import Info, Known, path_in_line, read_info
from orchestrator.workspace.edits.languages import is_session, language_of
from orchestrator.workspace.edits.lines import bare_lines

_THOUGHT = re.compile(r"\A\s*<(?P<tag>think|thinking)>(?P<rest>.*?</(?P=tag)>)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Page:
    """A reply cut up: its lines, the blocks and fences in it, and what is known of paths."""

    lines: Sequence[str]
    blocks: tuple[Block, ...]
    fences: tuple[Fence, ...]
    known: Known

    def fence_around(self, index: int) -> Fence | None:
        """The fence that holds the line ``index``; ``None`` where none does."""
        return next((fence for fence in self.fences if fence.holds(index)), None)

    def prose(self) -> Iterator[tuple[int, int]]:
        """Start and stop index of every run of lines that are in no fence and no block."""
        fenced = [(fence.start, fence.stop + 1) for fence in self.fences]
        taken = sorted([*fenced, *((block.start, block.stop + 1) for block in self.blocks)])
        at = 0
        for start, stop in (*taken, (len(self.lines), len(self.lines))):
            if at < start:
                yield at, start
            at = max(at, stop)

    def above(self, index: int, *, down_to: int = 0) -> str:
        """The nearest line above ``index`` that is not blank; ``""`` where it is more than one blank line away."""
        rows = self.lines[max(down_to, index - 2) : index]
        return next((line for line in reversed(rows) if line.strip()), "")

    def label(self, fence: Fence) -> Info:
        """What the info string says, and the path on the line before where it names none."""
        info = read_info(fence.info, self.known)
        if info.path or info.is_citation:
            return info
        path = path_in_line(self.above(fence.start), self.known)
        return Info(info.language, "" if path and is_session(info.language, language_of(path)) else path)


def _without_thoughts(text: str) -> str:
    """``text`` with the reasoning in front blanked out; lines keep their numbers.

    Raises:
        TruncatedReplyError: the reasoning has no end.
    """
    match = _THOUGHT.match(text)
    if match is None:
        return text
    if match["rest"] is None:
        raise TruncatedReplyError("the reply ends inside its reasoning", line=1, hint="send the edits only")
    return "\n" * match[0].count("\n") + text[match.end() :]


def page_of(text: str, known: Known) -> Page:
    """Cut up ``text``.

    Raises:
        TruncatedReplyError: it ends inside a fence, a block or its reasoning.
        ReplyError: the halves of a block cannot be told apart.
    """
    lines = bare_lines(_without_thoughts(text))
    hunks = hunk_lines(lines)
    blocks = find_blocks(lines, hunks.__contains__)
    opaque = hunks | {index for block in blocks for index in range(block.start, block.stop + 1)}
    return Page(lines, blocks, find_fences(lines, opaque.__contains__), known)
