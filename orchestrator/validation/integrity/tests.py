"""Rules over tests as a whole: skipped, taken away, emptied."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache

from orchestrator.validation.integrity.patterns import Risen, joined
from orchestrator.validation.integrity.sides import Hit, Looked

__all__ = ["emptied", "removed", "skipped", "skipped_by_comment"]

skipped = Risen(
    {
        "python": joined(
            r"@?\bpytest\.mark\.(?:skip|skipif|xfail)\b",
            r"\bpytest\.(?:skip|xfail|importorskip)\(",
            r"\bunittest\.(?:skip\w*|expectedFailure)\b",
            r"^\s*@(?:skip\w*|expectedFailure)\b",
            r"\.skipTest\(",
            r"\braise\s+(?:unittest\.)?SkipTest\b",
            r"^\s*__test__\s*=\s*False",
            r"^\s*collect_ignore(?:_glob)?\b",
        ),
        "javascript": joined(
            r"\b(?:it|test|describe|suite|context)(?:\.\w+)*\.(?:skip|only|todo|fails|failing|skipIf|runIf)\b",
            r"\b(?:xit|xtest|xdescribe|xcontext|fit|fdescribe)\s*\(",
            r"\b(?:skip|todo|only)\s*:\s*(?:true|\S)",
            r"\b(?:t|this|ctx|context)\.(?:skip|todo)\(",
        ),
        "rust": r"#\[ignore\b|#\[cfg_attr\([^\n]*\bignore\b",
        "go": r"\b[tbf]\.Skip(?:Now|f)?\(|\btesting\.Short\(\)",
        "java": joined(
            r"@(?:Disabled|Ignore)\w*\b",
            r"@(?:EnabledIf|EnabledOn)\w*\b",
            r"\bassume(?:True|False|That|NoException)\s*\(",
            r"\bthrow\s+new\s+(?:SkipException|TestAbortedException|AssumptionViolatedException)\b",
            r"@Test\s*\([^\n)]*enabled\s*=\s*false",
        ),
        "c": r"\bGTEST_SKIP\b|\bDISABLED_\w+|^\s*#\s*if\s+0\b|\bSKIP\s*\(|\bTEST_IGNORE\w*",
        "shell": r"^\s*skip\b",
    }
)
skipped_by_comment = Risen({"go": r"//go:build\s+(?:ignore|never)|//\s*\+build\s+ignore"}, view="comments")

_TEST: Mapping[str, str] = {
    "python": r"^[ \t]*(?:async\s+)?def\s+(?P<name>test\w*)\s*\(|^class\s+(?P<suite>Test\w*)",
    "javascript": r"^[ \t]*(?:it|test)(?:\.\w+)*\s*\(\s*(?P<name>[\"'`][^\n]*?[\"'`])\s*,",
    "go": r"^func\s+(?P<name>(?:Test|Fuzz|Example)\w*)\s*\(",
    "rust": r"#\[(?:\w+::)?test[^\]]*\](?:\s*#\[[^\]]*\])*\s*(?:pub\s+)?(?:async\s+)?fn\s+(?P<name>\w+)",
    "java": r"@(?:Test|ParameterizedTest|RepeatedTest)\b[^{;]*?\b(?P<name>\w+)\s*\([^)]*\)[^{;]*\{",
    "c": r"\b(?:TEST\w*|BOOST_AUTO_TEST_CASE)\s*\(\s*(?P<name>[\w\s,]+)\)|^\s*(?:static\s+)?(?:void"
    r"|int)\s+(?P<suite>test\w*)\s*\(",
    "shell": r"^\s*@test\s+(?P<name>.+?)\s*\{|^\s*(?P<suite>test\w*)\s*\(\)",
}
_ROW = re.compile(
    r"""\s*(?:[(\[{].*[\])}]|pytest\.param\(.*\)|vec!\[.*\]|["'][^"']*["']\s*:\s*\S.*|Arguments\.of\(.*\)"
    r"|arguments\(.*\)),?\s*"""
)
_EMPTY: Mapping[str, str] = {
    "python": r"^[ \t]*(?:async\s+)?def\s+test\w*\s*\([^)]*\)[^:\n]*:\s*(?:return\b[^\n]*|pass\s*|\.\.\.\s*)$",
    "javascript": joined(
        r"\b(?:it|test)\s*\([^\n]*(?:=>|\bfunction\b[^\n{]*)\s*\{\s*(?:return\s*;?|\})",
        r"\b(?:it|test)\s*\(\s*\S[^\n,]*,\s*(?:async\s*)?\(\)\s*=>\s*(?:undefined|null|true)\s*\)",
    ),
    "go": r"^func\s+Test\w*\s*\([^)]*\)\s*\{\s*(?:return\b|\})",
    "rust": r"#\[test\](?:\s*#\[[^\]]*\])*\s*fn\s+\w+\(\)[^{]*\{\s*(?:return\b|\})",
    "java": r"@Test\b[^{;]*\{\s*(?:return\b|\})",
    "c": r"\b(?:TEST\w*\s*\([^)]*\)|(?:void|int)\s+test\w*\s*\([^)]*\))\s*\{\s*(?:return\b|\})",
    "shell": r"(?:^\s*@test\s+[^\n{]*|^\s*test\w*\s*\(\))\s*\{\s*(?:return\b|exit\b|true\s*;?\s*\}|:\s*;?\s*\})",
}
_emptied = Risen(_EMPTY)
_DEAD = Risen(
    {
        "python": r"^\s*(?:if|while)\s+(?:False|0|not True)\s*:",
        **dict.fromkeys(("javascript", "java", "c"), r"\b(?:if|while)\s*\(\s*(?:false|0)\s*\)"),
        **dict.fromkeys(("rust", "go"), r"\b(?:if|while|for)\s+false\b"),
        "shell": r"\bif\s+false\b|\bfalse\s*&&",
    }
)


def emptied(looked: Looked) -> Iterator[Hit]:
    """A test that ends before it does anything, or whose body is never reached."""
    yield from _emptied(looked)
    yield from _DEAD(looked)


def removed(looked: Looked) -> Iterator[Hit]:
    """Names of tests are gone from a file and are not in another file of the patch; or the whole file is."""
    pattern = _tests(looked.language)
    before = list(pattern.finditer(looked.old.told))
    left = Counter(_name(match) for match in pattern.finditer(looked.new.told))
    for match in before:
        name = _name(match)
        if left[name]:
            left[name] -= 1
            continue
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        index = looked.old.told.count("\n", 0, start)
        line = looked.line(index, is_old=True).strip()
        if not looked.gained[line]:
            yield Hit(index + 1, line[:200], name)
    yield from _rows_removed(looked)
    if not before and looked.change.before is not None and looked.change.after is None and looked.language != "text":
        yield Hit(0, "", "the file is gone")


def _rows_removed(looked: Looked) -> Iterator[Hit]:
    """Rows of tables, each on a line of its own, are fewer than before."""
    if looked.change.after is None:
        return
    before, after = (sum(map(_is_row, side.told.splitlines())) for side in (looked.old, looked.new))
    lost = [index for index in sorted(looked.removed) if _is_row(looked.line(index, is_old=True))]
    kept = [index for index in lost if not looked.gained[looked.line(index, is_old=True).strip()]]
    if before > after and kept:
        yield Hit(kept[0] + 1, looked.line(kept[0], is_old=True).strip()[:200], "a case of a table")


def _is_row(line: str) -> bool:
    return _ROW.fullmatch(line) is not None


def _name(match: re.Match[str]) -> str:
    return next(text for text in match.groups() if text)


@lru_cache(maxsize=32)
def _tests(language: str) -> re.Pattern[str]:
    return re.compile(_TEST.get(language, "(?!)"), re.MULTILINE)
