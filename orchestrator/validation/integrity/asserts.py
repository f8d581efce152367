"""Rules over assertions: fewer, weaker, empty, or bent to what the code does."""

import re
from collections.abc import Iterator

from orchestrator.validation.integrity.assertions import count, strength, tolerances
from orchestrator.validation.integrity.lexer import views
from orchestrator.validation.integrity.patterns import Risen, joined
from orchestrator.validation.integrity.sides import Hit, Looked

__all__ = ["expected_changed", "fewer", "loosened", "raises_widened", "swallowed", "trivial"]

_LITERAL = re.compile(
    r"""[rbfuRBFU]?"(?:\\.|[^"\\])*"|[rbfuRBFU]?'(?:\\.|[^'\\])*'|\b\d[\w.]*|\b(?:True|False|true|false|None|null"
    r"|nil)\b"""
)
_RECORDED = re.compile(
    r"(?:^|/)(?:__snapshots__|testdata|golden|snapshots|expected)/|\.(?:snap|golden|expected|approved\.\w+)$"
)

_NO_EXPECTATION = re.compile(
    r"\s*(?:(?:it|test|describe|context|suite|before|after)(?:\.\w+)*\s*\(|import\b|from\b|use\b|#\s*include"
    r"|(?:const|let|var)\s[^\n]*\brequire\("
    r"|[tb]\.(?:Error|Fatal|Log)f?\(|def\b|class\b|fn\b|func\b|@)"
)
"""Lines whose literals say what a test is called or needs, not what it expects."""

_WIDE = joined(
    r"\braises\(\s*(?:Base)?Exception\s*\)",
    r"\.assertRaises\(\s*(?:Base)?Exception\b",
    r"\bassertThrows\(\s*(?:Exception|Throwable|RuntimeException)\.class",
    r"\.toThrow(?:Error)?\(\s*\)",
    r"#\[should_panic\]",
    r"\b(?:EXPECT|ASSERT)_ANY_THROW\b",
    r"\b(?:EXPECT|ASSERT)_THROW\([^\n]*std::exception\b",
    r"\bexpected\s*=\s*(?:Exception|Throwable)\.class",
)
raises_widened = Risen({"*": _WIDE})

_SWALLOWS = {
    "python": joined(
        r"^\s*except\s*:",
        r"^\s*except\b[^\n]*\b(?:AssertionError|Exception|BaseException)\b[^\n]*:",
    ),
    "javascript": joined(r"\bcatch\s*(?:\([^)\n]*\))?\s*\{", r"\.catch\(", r"\bPromise\.allSettled\("),
    "java": r"\bcatch\s*\(\s*(?:final\s+)?[\w|\s.]*\b(?:AssertionError|Throwable|Error|Exception"
    r"|AssertionFailedError)\b[^)\n]*\)",
    "rust": r"\bcatch_unwind\b",
    "go": r"\brecover\(\)",
    "c": r"\bcatch\s*\([^)\n]*\)",
    "shell": r"\|\|\s*(?:true|:)(?=\s|$)",
}
_caught = Risen(_SWALLOWS)
_suppressed = Risen({"python": r"\bsuppress\([^\n)]*\b(?:AssertionError|Exception|BaseException)\b"})
_FAILS = re.compile(r"\b(?:raise|fail|throw|panic|Fatal|Error|assert\w*|expect|done|reject)\b\s*[.(!;\n]?|\bFAIL\b")
_HANDLER_LINES = 4

_ALWAYS = joined(
    r"^\s*assert\s+(?:True|1|not False|not None)\b\s*(?:,|$)",
    r"^\s*assert\b[^\n]*\bor\s+(?:True|1)\b",
    r"^\s*assert\s*\(.*,\s*[frb]?[\"'].*\)\s*$",
    r"\.assert(?:True|Equals?)\(\s*True\s*(?:,\s*True\s*)?[,)]",
    r"\bassert\w*!\(\s*true\b",
    r"\b(?:assert\w*|require\.True|assert\.True|ASSERT_TRUE|EXPECT_TRUE|CHECK|REQUIRE"
    r"|assert\.ok)\s*\(\s*(?:t,\s*)?(?:true|1)\s*[,)]",
    r"\bexpect\(\s*(?:true|1)\s*\)\.",
    r"\b(?:assert\w*|CHECK|REQUIRE|(?:ASSERT|EXPECT)_TRUE)!?\s*\([^\n]*\|\|\s*(?:true|1)\b",
)
_always = Risen({"*": _ALWAYS})
_SAME = (
    re.compile(r"^\s*assert\s+(?P<one>.{2,}?)\s*==\s*(?P<two>.{2,}?)\s*(?:$|,)"),
    re.compile(
        r"\b(?:assert\w*|ASSERT_EQ|EXPECT_EQ|CHECK"
        r"|REQUIRE)!?\s*\(\s*(?P<one>.{2,}?)\s*==\s*(?P<two>.{2,}?)\s*\)\s*;?\s*$"
    ),
    re.compile(
        r"(?:\b(?:assert_eq!|(?:assert|require)\.(?:\w*[eE]qual\w*)|\w*\.assertEqual|assertEquals|(?:ASSERT"
        r"|EXPECT)_EQ))"
        r"\s*\(\s*(?:t,\s*)?(?P<one>.{2,}?)\s*,\s*(?P<two>.{2,}?)\s*\)\s*;?\s*$"
    ),
    re.compile(r"\bexpect\(\s*(?P<one>.{2,}?)\s*\)\.to\w*(?:\.\w+)*\(\s*(?P<two>.{2,}?)\s*\)\s*;?\s*$"),
)


def fewer(looked: Looked) -> Iterator[Hit]:
    """A file that stays has fewer assertions than before, and its lines did not move into another file."""
    if looked.change.before is None or looked.change.after is None:
        return
    lines = looked.old.code.splitlines()
    lost = [index for index in sorted(looked.removed) if index < len(lines) and count(lines[index], looked.language)]
    kept = [index for index in lost if not looked.gained[looked.line(index, is_old=True).strip()]]
    before, after = (count(side.code, looked.language) for side in (looked.old, looked.new))
    if before > after and kept:
        yield Hit(kept[0] + 1, looked.line(kept[0], is_old=True).strip()[:200], f"{before} became {after}")


def loosened(looked: Looked) -> Iterator[Hit]:
    """A line that stands where an assertion stood says less than that did, or allows more."""
    for old, new in _replaced(looked):
        before, after = _told(looked, old, is_old=True), _told(looked, new)
        was, now = strength(before, looked.language), strength(after, looked.language)
        if (was is not None and now is not None and now < was) or any(
            b > a for a, b in zip(tolerances(before), tolerances(after), strict=False)
        ):
            yield looked.hit(new, f"was: {before.strip()[:120]}")


def expected_changed(looked: Looked) -> Iterator[Hit]:
    """Nothing but literals changed in a line of a test, or a recorded output changed."""
    if looked.change.before is None or looked.change.after is None:
        return
    if _RECORDED.search(looked.path):
        yield from ([looked.hit(min(looked.added, default=0))] if looked.blocks else [])
        return
    for old, new in _replaced(looked):
        before, after = _told(looked, old, is_old=True), _told(looked, new)
        if _NO_EXPECTATION.match(before):
            continue
        is_alike = _LITERAL.sub("?", before).split() == _LITERAL.sub("?", after).split()
        if is_alike and _LITERAL.findall(before) != _LITERAL.findall(after) and not _is_loose(before, after):
            yield looked.hit(new, f"was: {before.strip()[:120]}")


def swallowed(looked: Looked) -> Iterator[Hit]:
    """What an assertion raises is caught, and nothing near the handler fails."""
    yield from _suppressed(looked)
    lines = looked.new.code.splitlines()
    for hit in _caught(looked):
        if not any(_FAILS.search(line) for line in lines[hit.line : hit.line + _HANDLER_LINES]):
            yield hit


def trivial(looked: Looked) -> Iterator[Hit]:
    """An assertion that holds whatever the code does."""
    yield from _always(looked)
    for index in sorted(looked.added):
        line = _told(looked, index)
        if any(match and match["one"] == match["two"] for match in (pattern.search(line) for pattern in _SAME)):
            yield looked.hit(index)


def _replaced(looked: Looked) -> Iterator[tuple[int, int]]:
    """Lines with lines in their place; the order within a block is that of the file."""
    yield from ((old, new) for old, new in looked.pairs if old is not None and new is not None)


def _is_loose(before: str, after: str) -> bool:
    return list(tolerances(before)) != list(tolerances(after))


def _told(looked: Looked, index: int, *, is_old: bool = False) -> str:
    line = looked.line(index, is_old=is_old)
    return views(line, looked.language).told
