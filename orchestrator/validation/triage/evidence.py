"""What a log may say that tells the sort of failure: a table of patterns over single lines.

``weight`` says how much a line proves: 9 and more is a tool's own last word on why it failed, 6 to 8 names one error
for certain, below that it is a hint. A pattern sees a line of bounded length, and what it may skip of it is bounded.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestrator.domain.finding import Category, FailureClass
from orchestrator.validation.mavengoals import GOAL, class_of_goal

__all__ = ["CATEGORIES", "SPECIFIC_COMPILE_ERROR", "Evidence", "evidence_of"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one line proves. ``category`` is ``None`` where the class decides about it."""

    failure_class: FailureClass
    weight: int
    category: Category | None = None


SPECIFIC_COMPILE_ERROR = Evidence(FailureClass.COMPILE, 7)
"""An error of a compiler at a place; where one stands, warnings that count as errors are not the whole story."""

CATEGORIES = {
    FailureClass.ENFORCER: Category.CONFIG,
    FailureClass.DEPENDENCY_RESOLUTION: Category.DEPENDENCY,
    FailureClass.DEPENDENCY_LOCK: Category.DEPENDENCY,
    FailureClass.TIMEOUT: Category.INFRA,
}
"""Who has to act on a class; whatever is not listed is for ``code``."""

_F = FailureClass
_Row = tuple[re.Pattern[str], Evidence]


def _rows(kind: FailureClass, weight: int, *patterns: str, category: Category | None = None) -> Iterator[_Row]:
    yield from ((re.compile(pattern), Evidence(kind, weight, category)) for pattern in patterns)


_ROWS: Sequence[_Row] = (
    # locks first: their messages also speak of resolution
    *_rows(_F.DEPENDENCY_LOCK, 10, r"package-lock\.json.{0,200} in sync",
           r"the lock ?file .{0,200} needs to be updated but --locked",
           r"lockfile needs to be updated|frozen-lockfile", r"ERR_PNPM_OUTDATED_LOCKFILE",
           r"(?:poetry|pdm|uv|Pipfile)\.?lock\b.{0,200}(?:not up to date|out of date|out-of-date|outdated)",
           r"missing go\.sum entry|updates to go\.(?:mod|sum) needed", r"ependency lock state",
           r"Dependencies differ\b", r"lock file .{0,200}(?:out of date|outdated|does not match|not in sync)"),
    *_rows(_F.DEPENDENCY_RESOLUTION, 10, r"npm (?:ERR!|error) code (?:ERESOLVE|E404|ETARGET|EBADENGINE|ENOVERSIONS)",
           r"ERROR: (?:No matching distribution found|Could not find a version|ResolutionImpossible|Cannot install)",
           r"error: (?:no matching package|failed to select a version|failed to get `)", r"[Vv]ersion solving failed",
           r"Could not resolve all (?:files|dependencies|artifacts|task dependencies)",
           r"Could not resolve dependencies for project", r"Non-resolvable (?:parent|import) POM",
           r"cannot find module providing package|no required module provides",
           r"E: Unable to (?:locate|find|correct)|has no installation candidate", r"error: target not found:",
           r"Plugin .{0,200} or one of its dependencies could not be resolved", r"Bundler could not find compatible",
           r"Unresolvable (?:build )?extension", r"Your requirements could not be resolved", r"Could not find gem",
           r"'dependencies\.dependency\.version' for .{0,200} is missing", r"Could not find artifact \S+"),
    *_rows(_F.DEPENDENCY_RESOLUTION, 9, r"The following artifacts could not be resolved",
           r"MAVEN/(?:Dependency|Plugin|PluginVersion|Artifact)ResolutionException|MAVEN/UnresolvableModelException"),
    *_rows(_F.ENFORCER, 10, r"Some Enforcer rules have failed",
           r"Rule \d+: .{0,200}(?:enforcer|Rule)\S* failed with message",
           r"The engine \"\w+\" is incompatible with this module"),
    *_rows(_F.WERROR, 10, r"warnings found and -Werror specified", r"all warnings being treated as errors",
           r"error: .{0,200}\[-Werror[,=][\w-]+\]", r"treated as errors? *(?:\[|because|-)",
           r"error: warnings? .{0,200}denied"),
    *_rows(_F.FORMAT, 9, r"\d{1,9} files? would be reformatted", r"Code style issues (?:found|were found)",
           r"would reformat \S", r"Diff in \S+\.rs", r"The following files had format violations",
           r"Run '?.{0,200}spotlessApply'? to fix", r"^gofmt ", r"not (?:gofmt|goimports)",
           r"needs? formatting|not formatted"),
    *_rows(_F.LINT, 8, r"✖ \d+ problems? \(\d+ errors?", r"You have \d+ Checkstyle violations",
           r"PMD .{0,200}violations?", r"Found \d+ errors?\.?(?: \[\*\].{0,200})?$", r"Your code has been rated at",
           r"::error .{0,200}(?:lint|clippy)",
           r"\.go:\d+:\d+: .{0,200} \((?:errcheck|govet|staticcheck|revive|unused|gosec|ineffassign)\)",
           r"SC\d{4} \((?:error|warning)\)", r"\.py:\d+:\d+: [A-Z]{1,4}\d{3} "),
    *_rows(_F.ASSERT, 9, r"There (?:are|were) (?:test failures|failing tests|errors? in tests)",
           r"^=+ .*\b\d+ (?:failed|errors?)\b.{0,200} in [\d.]+", r"^\d+ failed\b.* in [\d.]+s",
           r"FAILED \((?:failures|errors)=\d", r"^Tests: +\d+ failed|^ *Tests +\d+ failed", r"test result: FAILED",
           r"^--- FAIL: |^FAIL\t", r"^# fail [1-9]", "\u2139 fail [1-9]", r"^ *\d+ failing$",
           r"\d{1,9} tests? completed, \d+ failed", r"^\d+% tests passed, [1-9]\d* tests failed",
           r"^ *\d+ examples?, [1-9]\d* failures?", r"Failures: [1-9]\d*, ",
           r"Tests run: \d+,.{0,200}<<< (?:FAILURE|ERROR)", r"Tests run:.{0,200}(?:Failures|Errors): [1-9]",
           r"error: test failed, to rerun"),
    *_rows(_F.ASSERT, 8, r"\"Action\":\"fail\",.{0,200}\"Test\":"),
    *_rows(_F.COMPILE, 8, r"\"Action\":\"build-fail\""),
    *_rows(_F.ASSERT, 6, r"AssertionError|AssertionFailedError|ComparisonFailure", r"^FAILED \S+::", r"^not ok \d",
           r"panicked at 'assertion|assertion `?.{0,200}failed", r"<<< (?:FAILURE|ERROR)!", r"^E +assert ",
           "^ *\u25cf .+ \u203a ", r"^(?:FAIL|ERROR): test_?\w+ \("),
    *_rows(_F.COMPILE, 9, r"COMPILATION ERROR", r"Compilation failed; see the compiler",
           r"error: could not compile `", r"Failed to compile\b", r"^Compilation failed|BUILD FAILED .*compile",
           r"error: linking with .{0,200} failed",
           r"(?:collect2|ld|clang): error: (?:ld returned|linker command failed)",
           r"CMake Error|Configuring incomplete"),
    *_rows(_F.COMPILE, 7, r":\d+:\d+: (?:fatal )?error: ", r"^error\[E\d{4}\]", r"\.java:\[\d+,\d+\]",
           r"\.java:\d+: error: ", r"^e: .*\.kts?:", r"error CS\d{4}|error MSB\d{4}|error C\d{4}:",
           r"\.go:\d+:\d+: (?:undefined|cannot use|syntax error|declared and not used"
           r"|\".{0,200}\" imported and not used)",
           r"undefined reference to|multiple definition of",
           r"\.hs:\d+:\d+: error", r"\.scala:\d+: error"),
    *_rows(_F.SYNTAX, 8, r"^(?:E +)?(?:SyntaxError|IndentationError|TabError): ", r"error TS1\d{3}: ",
           r"syntax error near unexpected", r"PHP Parse error", r"YAMLException|ScannerError|yaml: line \d+: "),
    *_rows(_F.SYNTAX, 9, r"Non-parseable POM"),
    *_rows(_F.DEPENDENCY_RESOLUTION, 8, r"Some problems were encountered while processing the POMs"),
    *_rows(_F.TYPE, 8, r"error TS2\d{3}: ", r"\.pyi?:\d+:(?:\d+:)? error: .{0,200}\[[a-z-]+\]$",
           r"^Found \d+ errors? in \d+ files? \(", r"^\d+ errors?, \d+ warnings?, \d+ (?:informations?|notes?)"),
    *_rows(_F.NAME, 6, r"^(?:E +)?(?:ModuleNotFoundError|ImportError|NameError): ", r"^(?:ReferenceError): ",
           r"Error: Cannot find module"),
    *_rows(_F.TIMEOUT, 9, r"panic: test timed out after", r"has exceeded the maximum execution time",
           r"Build timed out", r"The (?:operation|action|job) .{0,200}(?:timed out|was canceled because it exceeded)",
           r"No output has been received in the last",
           r"Timeout(?:Expired|Error|Exception)?:? .{0,200}(?:after|exceeded) \d+", r"execution took longer than"),
    *_rows(_F.RUNTIME, 5, r"^Traceback \(most recent call last\)", r"^Exception in thread ",
           r"^(?:panic|fatal error): ", r"Segmentation fault|core dumped", r"terminate called after throwing",
           r"^[\w.]+(?:Error|Exception): ", r"Sanitizer: "),
    *_rows(_F.UNKNOWN, 8, r"No space left on device|Disk quota exceeded", r"Could not resolve host",
           r"Name or service not known",
           r"Connection (?:timed out|refused|reset)|ETIMEDOUT|ECONNRESET|ECONNREFUSED|EAI_AGAIN",
           r"(?:returned error|status(?: code)?|HTTP(?:/[\d.]+)?):? ?(?:429|50[0234])\b",
           r"50[234] (?:Bad Gateway|Service|Gateway)",
           r"Error cloning remote repo|fatal: unable to access|Could not checkout|early EOF",
           r"toomanyrequests|rate limit exceeded",
           r"runner has received a shutdown signal|lost communication with the server|[Aa]gent went offline",
           r"OutOfMemoryError|Cannot allocate memory|exit(?:ed with)? code 137|Killed +\(?process|signal: 9",
           r"TLS handshake timeout|i/o timeout|[Cc]ertificate .{0,200}(?:expired|verify failed)",
           r"Cannot connect to the Docker daemon", category=Category.INFRA),
    *_rows(_F.UNKNOWN, 6, r"Flakes: [1-9]|flaky test|\bFLAKY\b|passed on (?:re-?run|retry)", category=Category.FLAKY),
    *_rows(_F.UNKNOWN, 7, r"found \d+ vulnerabilit|\d{1,9} (?:high|critical) severity vulnerabilit",
           r"CVE-\d{4}-\d{4,7}.{0,200}(?:HIGH|CRITICAL)",
           r"One or more dependencies were identified with (?:known )?vulnerabilit",
           r"secret(?:s)? (?:was|were) detected|gitleaks.{0,200}leaks found", category=Category.SECURITY),
    *_rows(_F.UNKNOWN, 7, r"Invalid workflow file|Unrecognized named-value|Unable to resolve action",
           r"No such file or directory.{0,200}\.ya?ml", r"could not read \d+ projects?",
           r"[Pp]ermission denied|command not found", r"Unknown (?:command|option|lifecycle phase)", r"No targets\b",
           r"Invalid configuration", r"unrecognized arguments", category=Category.CONFIG),
)  # fmt: skip
"""The heaviest row that fits a line decides; of equal ones the first."""

_HARMLESS = re.compile(
    r"(?:Failures: 0, Errors: 0|\b0 (?:errors?|failed|failures?|problems)\b|--?W?error=|-Werror\b.* -[a-zA-Z])",
    re.IGNORECASE,
)
_PROVES_ANYWAY = re.compile(r"error:|specified|ERROR!|FAILURE!|[1-9]\d* (?:errors?|failed|failures?)")
_ORDERED = sorted(_ROWS, key=lambda row: -row[1].weight)


def evidence_of(line: str) -> Evidence | None:
    """What a line proves, if anything; the line has no time before it."""
    goal = GOAL.match(line)
    if goal:
        return _of_goal(goal)
    if _HARMLESS.search(line) and not _PROVES_ANYWAY.search(line):
        return None
    return next((evidence for pattern, evidence in _ORDERED if pattern.search(line)), None)


def _of_goal(goal: re.Match[str]) -> Evidence:
    kind = class_of_goal(goal["plugin"], goal["goal"], why=goal["why"])
    known = kind is not FailureClass.UNKNOWN
    return Evidence(kind, 12 if known else 4)
