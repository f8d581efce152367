"""Blocks and diffs made of real edits, applied to the file they were made of: the edited file comes out."""

import difflib
import re
from collections.abc import Callable
from typing import Any, TypeAlias

from hypothesis import assume
from hypothesis import strategies as st

from orchestrator.workspace.edits import PathPolicy, changes_from_reply

Many: TypeAlias = Callable[[st.SearchStrategy[Any], Callable[[Any], None]], None]

TEXT_LINES = st.one_of(
    st.sampled_from(
        ["", "x", "  x", "}", "x = 1", "=======", "```", "    ...", "<", "- x", "+ x", "@@ -1 +1 @@", "--- a"]
    ),
    st.text(alphabet=st.characters(exclude_characters="\n\r\ufeff", exclude_categories=["Cs"]), max_size=12),
)
NOT_MARKERS = re.compile(r"^\s*(?:<{5,}|>{5,}|\|{7})|\u2026|^(?:diff --git|---|\+\+\+) |^(?:--|\+\+) ")
SAFE_LINES = TEXT_LINES.filter(lambda line: not NOT_MARKERS.search(line))
EDITS = st.tuples(
    st.lists(SAFE_LINES, min_size=1, max_size=20),
    st.integers(0, 20),
    st.integers(0, 5),
    st.lists(SAFE_LINES, max_size=4),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
EditDrawn = tuple[list[str], int, int, list[str], str, bool]


def occurrences(lines: list[str], part: list[str]) -> int:
    return sum(lines[at : at + len(part)] == part for at in range(len(lines) - len(part) + 1))


def block_of(lines: list[str], start: int, stop: int, *, new: list[str]) -> str:
    """A block that replaces ``lines[start:stop]``, with as much context as makes it unique."""
    first, last = start, stop
    while (first, last) != (0, len(lines)) and (
        occurrences(lines, lines[first:last]) != 1 or not "".join(lines[first:last]).strip()
    ):
        first, last = max(0, first - 1), min(len(lines), last + 1)
    search, replace = lines[first:last], lines[first:start] + new + lines[stop:last]
    return "\n".join(["<" * 9 + " SEARCH", *search, "=" * 9, *replace, ">" * 9 + " REPLACE"])


def check_block(drawn: EditDrawn) -> None:
    lines, start, count, new, end, is_ended = drawn
    start = min(start, len(lines))
    stop = min(start + count, len(lines))
    assume("".join(lines).strip())
    wanted = [*lines[:start], *new, *lines[stop:]]
    text, after = (end.join(part) + (end if is_ended and part else "") for part in (lines, wanted))
    assume("\n" in text)  # else nothing tells the file's line end
    assume(is_ended or (lines[-1] and (not wanted or wanted[-1])))  # else the last line end would be in question
    reply = f"a.txt\n{block_of(lines, start, stop, new=new)}\n"
    changes = changes_from_reply(reply, targets=[], read={"a.txt": text}.get, policy=PathPolicy())
    assert (changes[0].after if changes else text) == after


def test_a_block_made_of_a_real_edit_gives_the_edited_file(many: Many) -> None:
    many(EDITS, check_block)


def corrupted(line: str, counts: list[int]) -> str:
    match = re.match(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@$", line)
    return f"@@ -{match[1]},{counts[0]} +{match[2]},{counts[1]} @@" if match else line


DIFFS = st.tuples(EDITS, st.lists(st.integers(0, 9), min_size=2, max_size=2), st.integers(1, 3), st.booleans())


def check_diff(drawn: tuple[EditDrawn, list[int], int, bool]) -> None:
    (lines, start, count, new, end, _), counts, context, is_fenced = drawn
    start = min(start, len(lines))
    stop = min(start + count, len(lines))
    wanted = [*lines[:start], *new, *lines[stop:]]
    text, after = (end.join([*part, ""]) for part in (lines, wanted))
    diff = [*difflib.unified_diff(lines, wanted, "a/a.txt", "b/a.txt", lineterm="", n=context)]
    assume(diff and wanted)
    body = "\n".join(corrupted(line, counts) for line in diff)
    reply = f"Here:\n```diff\n{body}\n```\nDone.\n" if is_fenced else f"Here:\n\n{body}\n"
    changes = changes_from_reply(reply, targets=[], read={"a.txt": text}.get, policy=PathPolicy())
    assert (changes[0].after if changes else text) == after


def test_a_diff_with_wrong_counts_gives_the_edited_file(many: Many) -> None:
    many(DIFFS, check_diff)
