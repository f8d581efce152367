"""What sort of failure a message or a code stands for: one table for each family of tools, the first row decides."""

import re
from collections.abc import Sequence
from typing import TypeAlias

from orchestrator.domain.finding import FailureClass

__all__ = [
    "C_MESSAGES",
    "GO_MESSAGES",
    "JAVA_MESSAGES",
    "RUST_CODES",
    "Row",
    "classify",
    "of_exception",
    "of_lint_code",
    "of_typescript",
]

Row: TypeAlias = tuple[re.Pattern[str], FailureClass]


def _rows(*rows: tuple[str, FailureClass]) -> Sequence[Row]:
    return tuple((re.compile(pattern), kind) for pattern, kind in rows)


def classify(text: str, rows: Sequence[Row], *, default: FailureClass) -> FailureClass:
    """The class of the first row whose pattern occurs in ``text``, else ``default``."""
    return next((kind for pattern, kind in rows if pattern.search(text)), default)


C_MESSAGES = _rows(
    (r"\[-Werror|being treated as errors", FailureClass.WERROR),
    (
        (
            r"undeclared|was not declared|implicit declaration|unknown type name|has no member|is not a member of"
            r"|No such file|has not been declared|does not name a type|no member named|file not found|no type named"
            r"|undefined reference"
        ),
        FailureClass.NAME,
    ),
    (
        (
            r"^expected|^stray|^unterminated|^missing terminating|^extraneous|^invalid preprocessing|^expected-"
            r"|at end of input"
            r"|^unbalanced|^invalid suffix|#e(?:ndif|lse) without|^unmatched|redeclared"
            r"|^a function-definition is not allowed"
        ),
        FailureClass.SYNTAX,
    ),
    (
        (
            r"conver[ts]|incompatible|no match(?:ing)? for|no matching function|invalid conversion"
            r"|too (?:many|few) arguments"
            r"|invalid operands|cannot bind|no viable|invalid initialization|conflicting types"
            r"|makes (?:pointer|integer) from"
            r"|not assignable|discards qualifiers|invalid type argument|format .*type|no known conversion|invalid cast"
        ),
        FailureClass.TYPE,
    ),
)
"""Messages of gcc and clang."""

JAVA_MESSAGES = _rows(
    (r"warnings? found and -Werror|-Werror specified", FailureClass.WERROR),
    (
        (
            r"^cannot find symbol|^package \S+ does not exist|^cannot access|^static import only|^cannot be resolved"
            r"|^module not found|cannot be resolved"
        ),
        FailureClass.NAME,
    ),
    (
        (
            r"expected$|^illegal (?:start|character|line end)|^reached end of file|^unclosed|^not a statement"
            r"|^class, interface|^'\w+' without|^malformed|^orphaned|^unnamed classes|^invalid method declaration"
            r"|^empty character literal"
            r"|^illegal escape|^Syntax error|^<identifier>"
        ),
        FailureClass.SYNTAX,
    ),
    (
        (
            r"^incompatible types|cannot be applied to|^bad operand|^no suitable|^unreported exception|^incomparable"
            r"|does not override|cannot be converted|^array required|cannot be dereferenced|^inference variable"
            r"|^unexpected type|^wrong number of type arguments|is not applicable"
        ),
        FailureClass.TYPE,
    ),
)
"""Messages of javac, as Maven and Gradle repeat them."""

GO_MESSAGES = _rows(
    (
        r"^syntax error|^expected |^illegal |^invalid character|^string literal not|^non-declaration",
        FailureClass.SYNTAX,
    ),
    (
        (
            r"^undefined|undefined \(|is not in std|^no required module|^cannot find (?:package|module)"
            r"|^could not import|^package \S+ is not|^unknown field|undeclared name|^module .*: (?:not found|reading)"
        ),
        FailureClass.NAME,
    ),
    (
        (
            r"^cannot use|^invalid operation|mismatched types|^too many|^not enough|^assignment mismatch"
            r"|^missing return|^cannot convert|^impossible type|does not implement|^cannot (?:call|index|range|infer)"
            r"|has arg value"
            r"|wrong type"
        ),
        FailureClass.TYPE,
    ),
)
"""Messages of go build and go vet."""

RUST_CODES = _rows(
    (r"^E0(?:40[2-9]|41[1-6]|42[2-8]|43[0-7]|46[0-3]|531|532|560|573|574|576|583|599|609|610)$", FailureClass.NAME),
    (
        (
            r"^E0(?:02[3-9]|05[0-9]|06[0-9]|07[0-9]|106|107|19[1-9]|2[0-9]{2}|308|309|31[0-9]|36[0-9]|60[4-8]|614|618|"
            r"62[0-9]|631)$"
        ),
        FailureClass.TYPE,
    ),
    (r"^E\d{4}$", FailureClass.COMPILE),
)
"""Codes of rustc's errors; an error without a code comes from its parser."""

_EXCEPTIONS = _rows(
    (r"(?:^|\.)(?:AssertionError|AssertionFailedError|ComparisonFailure|MultipleFailuresError|ERR_ASSERTION)$",
     FailureClass.ASSERT),
    (r"(?:^|\.)(?:JestAssertionError|AssertionException|AssertionFailed|ExpectationFailed|Failed)$",
     FailureClass.ASSERT),
    (r"(?:^|\.)(?:SyntaxError|IndentationError|TabError)$", FailureClass.SYNTAX),
    (r"(?:^|\.)(?:NameError|UnboundLocalError|ImportError|ModuleNotFoundError|ReferenceError)$", FailureClass.NAME),
    (r"(?:^|\.)(?:NoClassDefFoundError|ClassNotFoundException|NoSuchMethodError|NoSuchFieldError)$", FailureClass.NAME),
    (r"(?:^|\.)(?:TimeoutError|TimeoutException|TestTimedOutException|TimeoutExpired)$", FailureClass.TIMEOUT),
)  # fmt: skip


def of_exception(name: str) -> FailureClass:
    """The class of an exception by its name, with or without its package; whatever is not listed is ``runtime``.

    A ``TypeError`` is ``runtime`` as well: in languages that raise it, it says what happened, not that a check of
    types failed.
    """
    return classify(name[:200], _EXCEPTIONS, default=FailureClass.RUNTIME)


_LINT_CODES = {
    **dict.fromkeys(("F821", "F822", "F823", "no-undef"), FailureClass.NAME),
    **dict.fromkeys(("invalid-syntax", "E999", "syntax-error", "parse-error"), FailureClass.SYNTAX),
    **dict.fromkeys(("prettier/prettier", "unformatted"), FailureClass.FORMAT),
}


def of_lint_code(code: str) -> FailureClass:
    """The class of a linter's rule; whatever is not listed is ``lint``."""
    return _LINT_CODES.get(code, FailureClass.LINT)


_TYPESCRIPT_NAMES = frozenset(
    {2304, 2305, 2307, 2318, 2339, 2503, 2551, 2552, 2580, 2582, 2583, 2584, 2614, 2688, 2724}
)
_FIRST_OF_TYPES, _FIRST_OF_OPTIONS = 2000, 5000


def of_typescript(code: int) -> FailureClass:
    """The class of a TypeScript diagnostic: 1000s are syntax, 2000s semantics, 5000s and above options and hints."""
    if code in _TYPESCRIPT_NAMES:
        return FailureClass.NAME
    if code < _FIRST_OF_TYPES:
        return FailureClass.SYNTAX
    is_option = _FIRST_OF_OPTIONS <= code < _FIRST_OF_OPTIONS + 2000
    return FailureClass.COMPILE if is_option else FailureClass.TYPE
