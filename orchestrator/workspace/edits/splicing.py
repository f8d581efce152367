"""Makes a file's new text of blocks that carry no path: as the whole file, or spliced in by name.

A language that can be spliced has a row in :data:`SPLICERS`. Every other one takes a block as the whole file only if
nothing of the file can get lost by it: the block defines every name that the file defines, has imports if the file
has some, and its braces balance. Where definitions are unknown (data, prose) it must keep both ends of the file and
at least half of its lines.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Protocol

from orchestrator.errors import EditMissError, ReplyError
from orchestrator.workspace.edits.languages import Language, language_of
from orchestrator.workspace.edits.lines import bare_lines, rewritten
from orchestrator.workspace.edits.python.splicer import PythonSplicer
from orchestrator.workspace.edits.syntax.grammar import GRAMMARS
from orchestrator.workspace.edits.syntax.splicer import SyntaxSplicer

_STRINGS_AND_COMMENTS = re.compile(
    r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|`(?:\\.|[^`\\])*`|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL
)
_SEND_INSTEAD = "send a SEARCH/REPLACE block, or the whole file with its path in the fence's info string"


class Splicer(Protocol):
    """Understands one language well enough to replace definitions by name."""

    def names_in(self, lines: Sequence[str]) -> frozenset[str] | None:
        """The names that a block defines, methods included; ``None`` where it does not parse."""
        ...

    def splice(self, before: str, lines: Sequence[str]) -> str | None:
        """The text of ``before`` after taking in a block; ``None`` where ``before`` itself does not parse.

        Raises:
            EditMissError: the block fits nowhere, or in several places.
            ReplyError: the block does not parse, or holds what cannot be spliced.
        """
        ...


SPLICERS: Mapping[str, Splicer] = {
    **dict.fromkeys((".py", ".pyi", ".pyw"), PythonSplicer()),
    **{suffix: SyntaxSplicer(grammar) for grammar in GRAMMARS for suffix in sorted(grammar.suffixes)},
}
"""Suffix -> what splices such files."""


def splicer_for(path: str) -> Splicer | None:
    """What splices the file at ``path``; ``None`` where nothing does."""
    return SPLICERS.get(PurePosixPath(path).suffix.lower())


def names_in(lines: Sequence[str], path: str) -> frozenset[str]:
    """The names that ``lines`` define, by the language of ``path``; empty where none are found."""
    splicer = splicer_for(path)
    text = "\n".join(lines)
    return (splicer.names_in(lines) if splicer else language_of(path).names_in(text)) or frozenset()


def _is_balanced(lines: Sequence[str], language: Language) -> bool:
    """Whether braces open and close in turn, as far as strings and comments can be told."""
    if not language.has_braces:
        return True
    depth = 0
    for char in _STRINGS_AND_COMMENTS.sub("", "\n".join(lines)):
        depth += (char == "{") - (char == "}")
        if depth < 0:
            return False
    return depth == 0


def _keeps_text(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether ``new`` has the first, the last and at least half of the lines of ``old``."""
    kept = [line.strip() for line in old if line.strip()]
    there = Counter(line.strip() for line in new)
    shared = sum((Counter(kept) & there).values())
    return there[kept[0]] > 0 and there[kept[-1]] > 0 and shared * 2 >= len(kept)


def _loses_nothing(before: str, lines: Sequence[str], *, language: Language) -> bool:
    if not language.all_names_in(before):
        return _keeps_text(bare_lines(before), lines)
    text = "\n".join(lines)
    keeps_imports = language.has_imports(text) or not language.has_imports(before)
    return keeps_imports and language.all_names_in(before) <= language.all_names_in(text)


def _as_new_file(lines: Sequence[str], path: str, *, language: Language) -> str:
    splicer = splicer_for(path)
    if splicer is not None and splicer.names_in(lines) is None:
        raise ReplyError("the block does not parse", hint="send it again, complete")
    if not _is_balanced(lines, language):
        raise ReplyError("the block is a fragment: its braces do not balance", hint=_SEND_INSTEAD)
    return rewritten(lines, None)


def new_text(before: str | None, lines: Sequence[str], *, path: str) -> str:
    """The text of the file at ``path`` after taking in one block.

    Args:
        before: the file's text; ``None`` or blank where there is nothing to lose.
        lines: the block, without line ends.
        path: decides the language.

    Raises:
        EditMissError: the block is neither the whole file nor can it be spliced in.
        ReplyError: the block does not parse, is a fragment, or holds what cannot be spliced.
    """
    language = language_of(path)
    if before is None or not before.strip():
        return _as_new_file(lines, path, language=language)
    splicer = splicer_for(path)
    spliced = splicer.splice(before, lines) if splicer else None
    if spliced is not None:
        return spliced
    if not _is_balanced(lines, language) or not _loses_nothing(before, lines, language=language):
        raise EditMissError("the block is not the whole file", hint=_SEND_INSTEAD)
    return rewritten(lines, before)
