"""Reads a model's reply: which edits it holds, in whatever mix of formats. What else it says is ignored.

Blocks without a path count only where nothing in the reply has one, and only where there is exactly one target file.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

from orchestrator.errors import ReplyError
from orchestrator.workspace.edits.blocks import Block
from orchestrator.workspace.edits.diffs import find_diffs, read_diff, starts_file
from orchestrator.workspace.edits.fences import Fence
from orchestrator.workspace.edits.labels import Info, path_in_line
from orchestrator.workspace.edits.page import Page, page_of
from orchestrator.workspace.edits.paths import path_fault
from orchestrator.workspace.edits.splicing import splicer_for
from orchestrator.workspace.edits.values import CodeBlock, Edit, FileDiff, Read, Replacement, Snippet, WholeFile

_DIFF_TAGS = frozenset({"diff", "patch", "udiff"})
_DIFF_SUFFIXES = frozenset({".diff", ".patch"})
_MARKDOWN_SUFFIXES = frozenset({".md", ".markdown", ".mdx"})
_FORMATS = (
    "send SEARCH/REPLACE blocks with the path above each, whole files fenced with the path in the info string, "
    "or a unified diff"
)


def _path_above(page: Page, block: Block, *, previous: Block | None) -> str:
    """The path written for ``block`` itself, in its fence or above; ``""`` where there is none."""
    fence = page.fence_around(block.start)
    floor = max(fence.start + 1 if fence else 0, previous.stop + 1 if previous else 0)
    path = block.path or path_in_line(page.above(block.start, down_to=floor), page.known)
    if path or fence is None or (previous is not None and fence.holds(previous.start)):
        return path
    return page.label(fence).path


def _replacements(page: Page, targets: Sequence[str]) -> list[Edit]:
    """Every SEARCH/REPLACE block; one without a path goes on with the file of the one before it.

    Raises:
        ReplyError: a block has no path, and none can be inferred: there is not exactly one target.
    """
    found: list[Edit] = []
    previous: Block | None = None
    path = targets[0] if len(targets) == 1 else ""
    for block in page.blocks:
        path = _path_above(page, block, previous=previous) or path
        if not path:
            what = "a SEARCH/REPLACE block has no path"
            raise ReplyError(what, line=block.start + 1, hint="put the file's path on the line above it")
        found.append(Replacement(path, block.hunk, block.start + 1))
        previous = block
    return found


def _is_diff(fence: Fence, info: Info) -> bool:
    """Whether ``fence`` holds a diff that names its files, or hunks for the file that labels it."""
    if PurePosixPath(info.path).suffix in _DIFF_SUFFIXES:
        return False
    first = next((index for index, line in enumerate(fence.lines) if line.strip()), -1)
    if first >= 0 and starts_file(fence.lines, first):
        return True
    has_header = any(starts_file(fence.lines, index) for index in range(len(fence.lines)))
    return info.language in _DIFF_TAGS and (has_header or bool(info.path))


def _numbered(offset: int, read: Callable[[], Sequence[FileDiff]]) -> list[FileDiff]:
    """What ``read`` gives, with line numbers that count from the start of the reply."""
    try:
        parts = read()
    except ReplyError as error:
        error.line += offset
        raise
    return [replace(part, line=part.line + offset) for part in parts]


def _refuse_cut_markdown(page: Page, fence: Fence, *, path: str) -> None:
    """A Markdown file that itself holds a fence ends, as fences go, at that: what follows would be lost."""
    later = [other for other in page.fences if other.start > fence.start and not other.info]
    if PurePosixPath(path).suffix.lower() in _MARKDOWN_SUFFIXES and later:
        what = "it cannot be told where the fence around this Markdown file ends"
        raise ReplyError(what, path=path, line=fence.start + 1, hint="put it between fences of four backticks")


def _fenced(page: Page) -> tuple[list[Edit], list[tuple[Fence, Info]]]:
    """The edits of all fences that say which file they are about, and the other fences."""
    found: list[Edit] = []
    loose: list[tuple[Fence, Info]] = []
    used = {fence for block in page.blocks if (fence := page.fence_around(block.start))}
    for fence in page.fences:
        info = page.label(fence)
        if fence in used or info.is_citation:
            continue
        if _is_diff(fence, info):
            found += _numbered(fence.start + 1, partial(read_diff, fence.lines, info.path))
        elif info.path:
            _refuse_cut_markdown(page, fence, path=info.path)
            found.append(WholeFile(info.path, fence.lines, fence.start + 1))
        else:
            loose.append((fence, info))
    return found, loose


def _unfenced(page: Page) -> list[Edit]:
    """The diffs that stand in the prose itself."""
    return [
        part for start, stop in page.prose() for part in _numbered(start, partial(find_diffs, page.lines[start:stop]))
    ]


def _loose_edits(page: Page, loose: Sequence[tuple[Fence, Info]], *, target: str) -> list[Edit]:
    """What the blocks without a path mean where there is one target: hunks for it, or its new code."""
    hunks = [fence for fence, info in loose if info.language in _DIFF_TAGS and _has_hunk(fence)]
    if hunks:
        return [part for f in hunks for part in _numbered(f.start + 1, partial(read_diff, f.lines, target))]
    blocks = tuple(CodeBlock(info.language, fence.lines, fence.start + 1) for fence, info in loose)
    if not page.fences:
        blocks = _bare_code(page, target)
    return [Snippet(target, blocks, blocks[0].line)] if blocks else []


def _has_hunk(fence: Fence) -> bool:
    return any(line.startswith("@@") for line in fence.lines)


def _bare_code(page: Page, target: str) -> tuple[CodeBlock, ...]:
    """The reply as one block, if a parser says that all of it is code which defines something."""
    splicer = splicer_for(target)
    names = splicer.names_in(page.lines) if splicer else None
    return (CodeBlock("", tuple(page.lines), 1),) if names else ()


def _refuse(loose: Sequence[tuple[Fence, Info]], targets: Sequence[str]) -> ReplyError:
    if not loose or len(targets) == 1:
        return ReplyError("the reply holds no edit", hint=_FORMATS)
    what = f"a block has no path, and there are {len(targets)} files that it could be about"
    return ReplyError(what, line=loose[0][0].start + 1, hint=_FORMATS)


def parse_reply(text: str, *, targets: Sequence[str], read: Read) -> tuple[Edit, ...]:
    """The edits in a model's reply, in its order; never empty. Nothing is applied and no path is judged yet.

    Args:
        text: the reply.
        targets: the node's target files (may be empty). One alone also takes blocks that have no path.
        read: tells which files exist, so that ``Makefile`` is known for a path and ``Node.js`` for none.

    Raises:
        TruncatedReplyError: the reply ends inside a fence, a block or its reasoning.
        ReplyError: it holds no edit, or one that cannot be read or that lacks a path.
    """
    page = page_of(text, lambda path: path in targets or (not path_fault(path) and read(path) is not None))
    fenced, loose = _fenced(page)
    found = [*_replacements(page, targets), *fenced, *_unfenced(page)]
    if not found and len(targets) == 1:
        found = _loose_edits(page, loose, target=targets[0])
    if not found:
        raise _refuse(loose, targets)
    return tuple(sorted(found, key=lambda edit: edit.line))
