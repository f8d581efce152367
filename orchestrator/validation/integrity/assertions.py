"""What an assertion is in each language, and how much it says.

Strength: 3 says exactly what the value is, 2 something about it (order, membership, nearly equal), 1 that there is one
or what it is not, 0 nothing. Comparing two versions of a line needs only the order of these numbers.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from orchestrator.validation.integrity.patterns import joined

__all__ = ["count", "strength", "tolerances"]

_ASSERTION: Mapping[str, str] = {
    "python": joined(
        r"^\s*assert\b", r"\b(?:self|cls|tc)\.(?:assert\w+|fail)\(", r"\braises\(", r"\.assert_\w+\(", r"\bassert_\w+\("
    ),
    "javascript": joined(
        r"\bexpect\w*\s*\(", r"\bassert\w*\s*[.(]", r"\bt\.(?:is|deepEqual|true|equal|throws|ok)\w*\("
    ),
    "rust": joined(r"\b(?:debug_)?assert\w*!", r"\bpanic!"),
    "go": joined(r"\b[tb]\.(?:Error|Fatal|Fail)\w*\(", r"\b(?:assert|require)\.\w+\("),
    "java": joined(r"\b(?:assert\w*|fail|verify)\s*\(", r"\bassert\b", r"\bexpect\w*\("),
    "c": joined(
        r"\b(?:static_)?assert\w*\s*\(", r"\b(?:ASSERT|EXPECT|CHECK|REQUIRE|CU_ASSERT|TEST_ASSERT|ck_assert)\w*\s*\("
    ),
    "shell": joined(r"(?:^|\s)\[\[?\s", r"(?:^|\s)(?:test|diff|cmp|assert\w*)\s"),
}

_STRENGTHS: Mapping[str, Sequence[tuple[int, str]]] = {
    "python": (
        (1, joined(r"\.assert(?:True|False|IsNotNone|NotEqual|NotIn|IsInstance|IsNot)\(", r"\.assert_called\(\)")),
        (2, r"\.assert(?:In|AlmostEqual|Greater|GreaterEqual|Less|LessEqual|Regex|CountEqual)\(|\bapprox\("),
        (3, r"\.assert\w+\("),
        (1, r"\bassert\b.*(?:\bis not\b|!=|\bnot in\b|\bisinstance\()"),
        (2, r"\bassert\b.*(?:\bin\b|<|>|\bor\b|\bany\()"),
        (3, r"\bassert\b.*(?:==|\bis\b)"),
        (1, r"\bassert\b"),
    ),
    "javascript": (
        (1, r"\.(?:toBeTruthy|toBeDefined|toBeInstanceOf)\b|\.not\.|\.to\.(?:exist|be\.ok)|\bassert(?:\.ok)?\s*\("),
        (1, r"\bassert\.not\w+\(|\bexpect\.anything\b|\.toHaveBeenCalled\(\)"),
        (
            2,
            (
                r"\.toBe(?:Greater|Less|CloseTo)\w*\(|\.(?:toContain|toMatch|toMatchObject|toHaveLength)\b"
                r"|\bassert\.match\("
            ),
        ),
        (3, r"\bexpect\s*\(.*\)\s*\.|\bassert\.\w+\("),
    ),
    "rust": ((1, r"\bassert(?:_ne)?!"), (3, r"\bassert_eq!"), (2, r"\bassert\w*!")),
    "java": (
        (
            1,
            (
                r"\bassert(?:True|False|NotNull|NotEquals|NotSame|InstanceOf|DoesNotThrow)\s*\(|\bisNot(?:Null|Empty"
                r"|EqualTo)\("
            ),
        ),
        (2, r"\.(?:contains|isCloseTo|isGreaterThan|isLessThan|startsWith)\w*\("),
        (3, r"\bassert(?:Equals|Same|Null|ArrayEquals|IterableEquals)\s*\(|\.isEqualTo\("),
    ),
    "c": (
        (1, r"\b(?:ASSERT|EXPECT)_(?:TRUE|FALSE|NE|NO_THROW)\b|\bassert\s*\(.*!=|\b(?:CHECK|REQUIRE)\s*\(.*!="),
        (
            2,
            (
                r"\b(?:ASSERT|EXPECT)_(?:NEAR|GE|GT|LE|LT|FLOAT_EQ|DOUBLE_EQ)\b|\b(?:assert|CHECK|REQUIRE)\s*\(.*(?:<"
                r"|>|\|\|)"
            ),
        ),
        (3, r"\b(?:ASSERT|EXPECT)_(?:EQ|STREQ)\b|\b(?:assert|CHECK|REQUIRE)\s*\(.*=="),
        (1, r"\b(?:assert|CHECK|REQUIRE)\s*\("),
    ),
    "go": (
        (1, r"\b(?:assert|require)\.(?:True|False|NotNil|NotEmpty|NotEqual|NoError|IsType)\("),
        (2, r"\b(?:assert|require)\.(?:Contains|InDelta|InEpsilon|Greater|Less|Subset|ElementsMatch)\w*\("),
        (3, r"\b(?:assert|require)\.(?:Equal|EqualValues|Exactly|JSONEq|Nil|ErrorIs)\("),
    ),
}

_TOLERANCE = re.compile(
    r"\b(?:abs|rel|abs_tol|rel_tol|atol|rtol|delta|epsilon|eps|tol|tolerance|places)\s*[=:]\s*(-?[\d.]+(?:e[+-]?\d+)?)"
    r"|(?:<=?)\s*(\d*\.?\d+e-\d+|0\.\d+)"
    r"|(?:NEAR|InDelta|assertEquals)\s*\(.*,\s*(\d*\.?\d+(?:e[+-]?\d+)?f?)\s*\)",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\bplaces\s*=\s*(\d+)|\.toBeCloseTo\([^,]+,\s*(\d+)")


def count(code: str, language: str) -> int:
    """How many assertions ``code`` has, comments and strings aside."""
    pattern = _compiled(_ASSERTION.get(language, "(?!)"))
    return sum(1 for _ in pattern.finditer(code))


def strength(line: str, language: str) -> int | None:
    """How much the assertion on ``line`` says; ``None`` where there is none that is known."""
    rows = _STRENGTHS.get(language, ())
    return next((value for value, pattern in rows if _compiled(pattern).search(line)), None)


def tolerances(line: str) -> Iterator[float]:
    """The tolerances that an assertion allows, in order: the greater, the looser. Digits count as negative."""
    for match in _DIGITS.finditer(line):
        yield -float(match[1] or match[2])
    for match in _TOLERANCE.finditer(_DIGITS.sub("", line)):
        text = (match[1] or match[2] or match[3]).rstrip("fF")
        yield float(text) if re.fullmatch(r"-?\d*\.?\d+(?:e[+-]?\d+)?", text, re.IGNORECASE) else 0.0


@lru_cache(maxsize=128)
def _compiled(text: str) -> re.Pattern[str]:
    return re.compile(text, re.MULTILINE)
