"""Finds the places where new text stands for code that its author left out.

Only lines that the old text does not have are looked at: what a file already says is no elision. A comment is one if
the whole of it says that code goes here, not if it merely speaks of existing code. ``...`` is judged by language.
"""

import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from orchestrator.workspace.edits.languages import Language, language_of
from orchestrator.workspace.edits.lines import bare_lines
from orchestrator.workspace.edits.python.ellipsis import elided_in_python

_DOTS = r"(?:\.{3,}|\u2026)"
_THING = (
    r"(?:code|file|class|function|method|implementation|module|script|program|logic|body|content|imports?|tests?|"
    r"definitions?|functions|methods|classes|fields|properties|lines|setup|helpers|stuff|component|cases)"
)
_WHICH = (
    r"(?:your |the |all |any |my |of )*"
    r"(?:rest|remainder|existing|previous|original|other|remaining|unchanged|same|current)"
)
_STATE = (
    r"(?:(?:that |which )?(?:remains?|stays?|is|are|goes)? ?(?:exactly )?(?:the )?"
    r"(?:unchanged|same|here|omitted|as (?:before|above|is)|continues?|goes here|for brevity|like before)[ ,.!]*)+"
)
_OF_THING = rf"(?:(?: of)?(?: the| your| this)?(?: \w+){{0,2}}? {_THING})"
_PHRASE = re.compile(
    rf"(?:{_WHICH}{_OF_THING}?(?: {_STATE})"
    rf"|(?:the )?(?:rest|remainder) of (?:the |your |this )?(?:\w+ )?{_THING}"
    rf"|(?:keep |leave )?(?:your |the |all )?existing (?:\w+ )?{_THING}(?: here)?"
    rf"|(?:keep|leave) {_WHICH}{_OF_THING}?(?: {_STATE})?"
    rf"|(?:same as (?:before|above|original)|unchanged|no changes?(?: here)?|(?:{_THING} )?omitted(?: for brevity)?)"
    rf"|{_THING} (?:unchanged|omitted|remains? (?:the )?(?:same|unchanged))(?: for brevity)?)[ .!]*",
    re.IGNORECASE,
)
_HINT_WORDS = re.compile(
    r"\b(?:rest|remain(?:s|ing|der)?|existing|previous|original|other|unchanged|same|omitted|brevity|before|above|"
    r"your (?:\w+ )?(?:code|logic)|more (?:code|methods|functions|tests|cases)|"
    r"(?:code|implementation|logic|methods?) (?:here|goes))\b",
    re.IGNORECASE,
)
_LEADING_DOTS = re.compile(rf"^{_DOTS}")
_CLOSING_DOTS = re.compile(rf"{_DOTS}$")
_ABOUT_CODE = re.compile(rf"\b{_THING}\b", re.IGNORECASE)
_BARE_DOTS = re.compile(rf"^\s*{_DOTS}\s*$")
_BRACED_DOTS = re.compile(rf"\{{\s*(?:{_DOTS}|/\*\s*{_DOTS}\s*\*/)\s*\}}\s*;?\s*$")
_CLOSERS = re.compile(r"(?:\*/|-->)\s*\}?\s*$")
_MAX_COMMENT = 200


@dataclass(frozen=True, slots=True)
class Elided:
    """One place: its 1-based line in the new text, and the line."""

    line: int
    text: str


def is_elision_comment(comment: str) -> bool:
    """Whether the text of a comment, its markers taken off, says that code was left out in its place."""
    text = comment.strip().strip("-=[](){}<>*/# ").strip()
    if not text or len(text) > _MAX_COMMENT:
        return False
    core = text.strip(".\u2026 ").strip()
    says_rest = not core or _HINT_WORDS.search(core) is not None
    if says_rest and _LEADING_DOTS.search(text):
        return True
    if says_rest and _CLOSING_DOTS.search(text) and _ABOUT_CODE.search(core):
        return True
    return _PHRASE.fullmatch(" ".join(core.split())) is not None


def _comments_by_marks(lines: list[str], language: Language) -> Iterator[tuple[int, str]]:
    """Line and text of what may be a comment: from the last comment mark of each line to its end."""
    for number, line in enumerate(lines, 1):
        starts = [(line.rfind(mark), mark) for mark in language.comments]
        at, mark = max(starts, default=(-1, ""))
        if at >= 0:
            yield number, _CLOSERS.sub("", line[at + len(mark) :])


def _comments_by_tokens(text: str) -> list[tuple[int, str]]:
    """Line and text of each comment of Python source.

    Raises:
        tokenize.TokenError, SyntaxError, ValueError: the source cannot be cut into tokens.
    """
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [(token.start[0], token.string.lstrip("#")) for token in tokens if token.type == tokenize.COMMENT]


def _comments(text: str, lines: list[str], *, language: Language) -> Iterable[tuple[int, str]]:
    if "py" in language.tags:
        try:
            return _comments_by_tokens(text)
        except (tokenize.TokenError, SyntaxError, ValueError):
            return _comments_by_marks(lines, language)
    return _comments_by_marks(lines, language)


def _is_variadic(lines: list[str], index: int) -> bool:
    """Whether a lone ``...`` ends a list of parameters, as C writes it."""
    before = next((line.rstrip() for line in reversed(lines[:index]) if line.strip()), "")
    after = next((line.lstrip() for line in lines[index + 1 :] if line.strip()), "")
    return before.endswith((",", "(")) and after.startswith(")")


def _dots_in_braces(lines: list[str], language: Language) -> Iterator[int]:
    """Lines where ``...`` stands for code in a language that has no such statement."""
    if not language.has_braces and (language.definition is None or "py" in language.tags):
        return
    for index, line in enumerate(lines):
        if "..." not in line and "\u2026" not in line:
            continue
        is_bare = _BARE_DOTS.match(line) is not None and not _is_variadic(lines, index)
        if is_bare or _BRACED_DOTS.search(line):
            yield index + 1


def find_elided(before: str | None, after: str, *, path: str) -> tuple[Elided, ...]:
    """Every place in ``after`` that stands for code left out, in order; ``()`` where it is complete."""
    language = language_of(path)
    lines = bare_lines(after)
    known = Counter(line.strip() for line in bare_lines(before or ""))
    comments = (
        number for number, text in _comments("\n".join(lines), lines, language=language) if is_elision_comment(text)
    )
    suspects = {*comments, *_dots_in_braces(lines, language)}
    fresh = {number for number in suspects if not known[lines[number - 1].strip()]}
    if "py" in language.tags:
        fresh |= set(elided_in_python(before or "", after, is_stub=path.endswith(".pyi")))
    return tuple(Elided(number, lines[number - 1].strip()) for number in sorted(fresh))
