"""GNU make: recipes that failed, rules that are missing, makefiles that do not parse."""

import re
from collections.abc import Iterator

from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.verdict import Report
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.text import first_line, lines

_MAKE = r"(?:\S*/)?(?:g|mingw32-)?make(?:\[(?P<level>\d{1,3})\])?"
_RECIPE = re.compile(
    rf"{_MAKE}: \*\*\* \[(?:(?P<file>[^\s:\]]+):(?P<line>\d{{1,9}}): )?(?P<target>[^\]]+)\] "
    r"(?P<message>(?:Error \d+|[A-Z][\w ]*))(?P<core> \(core dumped\))?$"
)
_RULE = re.compile(
    rf"{_MAKE}: \*\*\* (?P<message>No rule to make target .*?|No targets.*?|.* not found.*?)\.?(?:  Stop\.)?$"
)
_MAKEFILE = re.compile(r"(?P<file>[^\s:]+):(?P<line>\d{1,9}): \*\*\* (?P<message>.*?)(?:  Stop\.)?$")
_SYNTAX = re.compile(r"missing separator|missing `?'?end|unterminated|extraneous|recipe commences before|unclosed")


def parse(output: Output, context: Context) -> Report:
    """Every error in make's order, the innermost first; ``Error n`` names the target. Ignored errors are left out."""
    return Report(findings=tuple(_findings(output.text, context)))


def _findings(text: str, context: Context) -> Iterator[Finding]:
    for line in lines(text):
        recipe, rule, own = _RECIPE.match(line), _RULE.match(line), _MAKEFILE.match(line)
        if recipe:
            yield _place(recipe, f"{first_line(recipe['target'])}: {recipe['message']}", context=context)
        elif rule:
            yield Finding(tool="make", message=first_line(rule["message"]), failure_class=FailureClass.COMPILE)
        elif own:
            yield _place(own, first_line(own["message"]), context=context)


def _place(match: re.Match[str], message: str, *, context: Context) -> Finding:
    is_syntax = _SYNTAX.search(message) is not None
    return Finding(
        tool="make",
        message=message,
        file=context.path(match["file"] or ""),
        line=int(match["line"] or 0),
        failure_class=FailureClass.SYNTAX if is_syntax else FailureClass.UNKNOWN,
    )
