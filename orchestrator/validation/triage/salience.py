"""How much a line looks like the line that one searches a failed log for."""

import re
from functools import lru_cache

from orchestrator.validation.triage.evidence import Evidence, evidence_of
from orchestrator.validation.triage.log import bare

__all__ = ["ANCHOR", "continues", "is_candidate", "salience"]

_DECISIVE = 9
ANCHOR = 5
"""From here on a line is worth keeping for its own sake."""

_REMEMBERED = 4_096
"""Logs repeat themselves: so many different lines are judged once."""

_WORDS = (
    *(
        "err",
        "fail",
        "exception",
        "fatal",
        "traceback",
        "panic",
        "abort",
        "undefined",
        "cannot",
        "could not",
        "couldn't",
    ),
    *("can't", "unable", "denied", "not found", "no such", "kill", "timed out", "timeout", "time out", "assert"),
    *("unresolved", "segmentation", "mismatch", "unexpected", "invalid", "missing", "refused", "not ok", "violation"),
    *("differ", "conflict", "incompatible", "exit code", "no space", "memory", "reject", "unsatisf", "reformat"),
    *("cancel", "terminat", "warnings found", "flak", "cve-", "vulnerab", " failing", "requires", "expired", "lock"),
    *("checkout", "format", "\u2716", "\u2717", "\u2718", "\u00d7", "\u25cf", "\u274c"),
)
_STRONG = re.compile(
    r"\[(?:.{0,10}?)(?:ERROR|FATAL)(?:.{0,4}?)\] \S|##\[error\]|^(?:E  |error|ERROR|Error|fatal|FATAL|FAILED|FAIL"
    r"|npm ERR!)\b"
    r"|: (?:fatal )?error[: ]|<<< (?:FAILURE|ERROR)|^(?:E +)?[\w.]*(?:Error|Exception)(?: \[\w+\])?(?::|$)"
    r"|^Traceback|^panic:"
    r"|^Caused(?: by)?: |BUILD FAIL|marked build as failure|exit(?:ed with)? code [1-9]|exited with [1-9]"
    r"|[Cc]ommand .* failed"
    r"|^make(?:\[\d+\])?: \*\*\*|FAILURE: |\* What went wrong|^not ok|✖|✗|✘|❌|^ *● |^--- FAIL"
)
_WEAK = re.compile(
    r"\b(?:errors?|fail(?:ed|ure|s)?|exceptions?|cannot|could not|unable|fatal|aborted|denied|refused)\b", re.IGNORECASE
)
_QUIET = re.compile(
    r"^\[?(?:INFO|DEBUG|TRACE)\b|^\[?(?:WARN(?:ING)?)\]? |^Download(?:ing|ed)"
    r"|^\s*(?:Collecting|Using cached|Installing|Progress)"
    r"|\b0 (?:errors?|failed|failures?)|^[+$] |Failures: 0, Errors: 0|^\s*(?:PASS|ok|✓|✔)\b"
)
_BOILERPLATE = re.compile(
    r"To see the full stack trace|Re-run Maven using|For more information about the errors|\[Help \d+\] http"
    r"|After correcting the problems"
    r"|Run with --(?:stacktrace|info|debug|scan)|Get more help at|A complete log of this run|try `rustc --explain"
)
_FRAME = re.compile(
    r"\s*(?:at (?:async )?[\w.$<>/@\[\] -]+ ?\(|at \S+:\d+:\d+|File \".*\", line \d+|\.\.\. \d+ (?:more"
    r"|common frames)|Caused by: |Suppressed: "
    r"|Also: |Caused: |#\d+ +0x|\d+: 0x|from /\S+:\d+:in )"
)
_INDENTED = re.compile(r"(?:\[ERROR\])? {2,}\S|\t\S|(?:\[ERROR\] ?$)|[|^~] |E  ")


@lru_cache(maxsize=_REMEMBERED)
def is_candidate(line: str) -> bool:
    """Whether a line is worth a closer look: a cheap test that passes over most lines of most logs."""
    small = line.lower()
    return any(word in small for word in _WORDS)


@lru_cache(maxsize=_REMEMBERED)
def salience(line: str) -> tuple[int, Evidence | None]:
    """0 for a line that says nothing, up to 12 for a tool's own last word; with what the line proves."""
    text = bare(line)
    if text.startswith(("\tat ", "    at ")):
        return 0, None
    found = evidence_of(text)
    score = found.weight if found else 0
    if _BOILERPLATE.search(text):
        return 2, found
    if _QUIET.search(text):
        return (score, found) if score >= _DECISIVE else (min(score, 2), None)
    if _STRONG.search(text):
        return max(score, 6), found
    return max(score, 3 if _WEAK.search(text) else 0), found


def continues(line: str) -> bool:
    """Whether a line belongs to the error above it: a frame of its stack, an excerpt, an indented explanation."""
    text = bare(line)
    return bool(_FRAME.match(text) or _INDENTED.match(text)) or text.startswith(("[ERROR]", "npm ERR!", "npm error"))
