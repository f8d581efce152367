"""Chooses, of the blocks without a path, the ones that mean the target file; the others are examples or output."""

from collections.abc import Sequence
from itertools import combinations

from orchestrator.errors import ReplyError
from orchestrator.workspace.edits.languages import language_of, may_be
from orchestrator.workspace.edits.lines import bare_lines
from orchestrator.workspace.edits.splicing import names_in, splicer_for
from orchestrator.workspace.edits.values import CodeBlock

_HINT = "send one block only, or put the file's path into the info string of the one that is meant"


def _core(lines: Sequence[str]) -> list[str]:
    return [line.strip() for line in lines if line.strip()]


def _is_quote(block: CodeBlock, before: str | None) -> bool:
    """Whether the file holds the lines of ``block`` as they are, white space aside: it shows what is there already."""
    core, own = _core(block.lines), _core(bare_lines(before or ""))
    size = len(core)
    return any(own[at : at + size] == core for at in range(len(own) - size + 1) if own[at] == core[0])


def _candidates(blocks: Sequence[CodeBlock], path: str, *, before: str | None) -> list[CodeBlock]:
    """The blocks that may be in the file's language, but for repetitions and, beside others, quotes of the file."""
    language = language_of(path)
    fitting = [block for block in blocks if may_be(block.language, language) and _core(block.lines)]
    distinct = list({block.lines: block for block in reversed(fitting)}.values())[::-1]
    return [block for block in distinct if not _is_quote(block, before)] or distinct


def _meant(candidates: Sequence[CodeBlock], path: str, *, before: str | None) -> list[CodeBlock]:
    """Those that define something; if these are several, those that define what the file defines."""
    names = [names_in(block.lines, path) for block in candidates]
    defining = [block for block, found in zip(candidates, names, strict=True) if found]
    if len(defining) <= 1 or before is None:
        return defining
    known = names_in(bare_lines(before), path)
    return [block for block in defining if names_in(block.lines, path) & known]


def _are_apart(blocks: Sequence[CodeBlock], path: str) -> bool:
    """Whether no two blocks define the same name."""
    return all(not names_in(a.lines, path) & names_in(b.lines, path) for a, b in combinations(blocks, 2))


def choose(blocks: Sequence[CodeBlock], path: str, *, before: str | None) -> tuple[CodeBlock, ...]:
    """The blocks to take into the file at ``path``, in order; more than one only where they can be spliced.

    Args:
        blocks: all blocks of the reply that have no path.
        path: the one target file.
        before: its text; ``None`` where it does not exist.

    Raises:
        ReplyError: no block is in the file's language, or more than one could be meant.
    """
    candidates = _candidates(blocks, path, before=before)
    if not candidates:
        raise ReplyError("no block of the reply is in the language of the file", path=path, hint=_HINT)
    chosen = candidates if len(candidates) == 1 else _meant(candidates, path, before=before)
    can_splice = before is not None and splicer_for(path) is not None and _are_apart(chosen, path)
    if not chosen or (len(chosen) > 1 and not can_splice):
        what = f"{len(chosen) or len(candidates)} blocks of the reply could be meant"
        raise ReplyError(what, path=path, line=candidates[0].line, hint=_HINT)
    return tuple(chosen)
