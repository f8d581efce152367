"""Rules over product code that knows of its tests."""

import re
from collections.abc import Iterator, Sequence

from orchestrator.validation.integrity.patterns import Risen, joined
from orchestrator.validation.integrity.sides import Hit, Looked

__all__ = ["answers_hard_coded", "test_branch", "tests_read"]

_ITEM = "(?:mod|use|extern|fn|impl|struct|enum|const|static|type|trait|macro_rules|unsafe|async)"

test_branch = Risen(
    {
        "*": joined(
            r"\bPYTEST_(?:CURRENT_TEST|VERSION|XDIST_WORKER)\b",
            r"\bJEST_WORKER_ID\b|\bNODE_TEST_CONTEXT\b|\bVITEST(?:_\w+)?\b|\bMOCHA_\w+",
            r"\bGTEST_\w+|\bCTEST_\w+|\bTEST_(?:SRCDIR|TMPDIR)\b|\bNEXTEST\w*|\bBATS_\w+",
        ),
        "python": joined(
            r"[\"'](?:pytest|_pytest|unittest|nose)[\"']\s+(?:not\s+)?in\s+sys\.modules",
            r"\bsys\.modules\.get\(\s*[\"'](?:pytest|_pytest|unittest)",
            r"[\"'](?:pytest|test|unittest)[\w.]*[\"']\s+in\s+(?:sys\.argv|\w*(?:frame|stack|caller|filename)\w*)",
            r"\b(?:inspect\.stack|sys\._getframe|traceback\.extract_stack)\([^\n]*test",
            r"\b(?:environ|getenv)\b[^\n]*[\"'](?:TESTING|TEST_MODE|UNDER_TEST|UNIT_TEST|CI)[\"']",
            r"\b(?:inspect\.stack|sys\._getframe|traceback\.extract_stack)\(",
        ),
        "javascript": joined(
            r"\bNODE_ENV\b[^\n]{0,20}[=!]==?\s*[\"'`]test",
            r"\btypeof\s+(?:jest|describe|it|test|expect|vi|mocha)\b",
            r"\bglobal(?:This)?\.(?:jest|describe|it|test|expect|vi|mocha)\b",
            r"\bimport\.meta\.vitest\b",
            r"\bprocess\.env\.(?:TEST|TESTING)\b",
            r"\b(?:argv|execArgv)\b[^\n]*[\"'`/](?:--test|test|jest|mocha)",
            r"\bnew\s+Error\(\)\.stack\b[^\n]*test",
        ),
        "rust": joined(
            r"\bcfg!\(\s*(?:not\(\s*)?test\b|#\[cfg\(\s*not\(\s*test\s*\)",
            rf"#\[cfg\(test\)\](?!\s*(?:#\[[^\]]*\]\s*)*(?:pub\b\s*(?:\([^)]*\)\s*)?)?{_ITEM}\b)",
        ),
        "go": joined(
            r"\btesting\.Testing\(\)",
            r"\bflag\.Lookup\(\s*\"test\.",
            r"\bos\.Args\b[^\n]*\.test\b|\bHasSuffix\(\s*os\.Args\[0\][^\n]*test",
            r"\bGetenv\(\s*\"(?:TESTING|TEST|CI|GO_TEST\w*)\"",
        ),
        "java": joined(
            r"\bClass\.forName\(\s*\"(?:org\.junit|org\.testng)",
            r"[\"'](?:org\.)?(?:junit|testng|surefire)[\w.]*[\"']",
            r"\bgetStackTrace\(\)[^\n]*[tT]est",
            r"\bgetProperty\(\s*\"surefire\.",
        ),
        "c": joined(
            r"\bgetenv\(\s*\"(?:CI|TEST\w*|UNDER_TEST|RUNNING_TESTS)\"",
            r"^\s*#\s*if(?:def|\s+defined)?\s*\(?\s*(?:UNIT_?TEST\w*|TESTING|RUNNING_TESTS|TEST_BUILD)\b",
        ),
        "shell": r"\$\{?(?:CI|TESTING|TEST_MODE|UNDER_TEST)\b",
    },
    view="told",
)

tests_read = Risen(
    {
        "*": r"\b(?:open|read_text|readFileSync|readFile|include_str|ReadFile|fopen|readAllBytes|Path|ifstream|cat)\b"
        r"!?\s*\(?[^\n]*"
        r"[\"'`/](?:tests?/|test_\w+\.|[\w/]*_test\.|[\w/]*\.(?:test|spec)\.)"
    },
    view="told",
)

_NUMBER = r"-?\d[\d_.]*"
_TEXT = r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
_VALUE = rf"(?:{_NUMBER}|{_TEXT}|[\[({{][^\n;]*?[\])}}])"
_ANSWER = re.compile(
    rf"\b(?:if|elif|else if|when|case)\b[^\n]*?(?:={{2,3}}|\bcase\b"
    rf"|\.equals\()\s*&?(?:vec!)?(?P<given>{_VALUE})\s*\)*\s*[:{{)]*\s*(?:return\b\s*)?"
    rf"(?:(?:\n\s*)?return\b\s*\(?)?(?P<answer>{_VALUE})"
)
_ROW = re.compile(rf"^\s*\(?(?P<given>{_VALUE})\)?\s*(?::|=>|,)\s*(?P<answer>{_VALUE})\s*,?\s*$", re.MULTILINE)
_PLAIN = frozenset({"0", "1", "-1", "2", "10", "100", "0.0", "1.0", "", "[]", "()", "{}", '""', "''"})
_FEWEST = 2
_DISTINCT = 8


def answers_hard_coded(looked: Looked) -> Iterator[Hit]:
    """Branches or rows that give, for an input of a test, what the test expects.

    Small numbers and empty values do not count: base cases look like that. Two pairs that stand on one line of a test
    are enough, or one that is long.
    """
    found = []
    for pattern in (_ANSWER, _ROW):
        for match in pattern.finditer(looked.new.told):
            index = looked.new.told.count("\n", 0, match.start() + len(match[0]) - len(match[0].lstrip()))
            if index in looked.added and _is_expected(match, looked.tests):
                found.append((index, len(match["given"]) + len(match["answer"])))
    if len(found) >= _FEWEST or any(size >= _DISTINCT for _, size in found):
        yield from (looked.hit(index) for index, _ in found)


def _is_expected(match: re.Match[str], tests: Sequence[str]) -> bool:
    given, answer = (_bare(match[name]) for name in ("given", "answer"))
    if given in _PLAIN or (answer in _PLAIN and len(given) < _DISTINCT):
        return False
    lines = (_bare(line) for text in tests for line in text.splitlines())
    return any(given in line and answer in line.replace(given, " ", 1) for line in lines)


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text).replace("'", '"')
