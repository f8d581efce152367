"""Tests counted by id, beside the base's: what was run there and is not run here."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.verdict import CaseResult, CaseStatus
from orchestrator.validation.packs.globs import matches

__all__ = ["TOOL", "compare_tests", "same_test", "stable_part", "suite_of"]

TOOL = "integrity"
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}"
_VARYING = re.compile(rf"0x[0-9a-fA-F]+|{_UUID}|(?<=[\[/ :,=<(-])-?\d+(?:\.\d+)*(?:e-?\d+)?|(?<=[A-Za-z_])\d+(?=[\]-])")
_MADE_ANEW = re.compile(rf"\b0x[0-9a-fA-F]{{6,}}\b|\b{_UUID}\b")
_TEMPORARY = re.compile(r"(?:/private)?/(?:tmp|var/folders)/[^\s\]:,'\"]+")
_WORST = (CaseStatus.FAILED, CaseStatus.ERROR, CaseStatus.FLAKY, CaseStatus.SKIPPED, CaseStatus.PASSED)


def compare_tests(
    base: Sequence[CaseResult],
    candidate: Sequence[CaseResult],
    *,
    permitted: Sequence[str] = (),
    is_complete: bool = True,
) -> tuple[Finding, ...]:
    """What became of the base's tests, apart from whether they pass.

    Findings that are errors keep a candidate from passing. Their codes: ``report-incomplete``, ``nothing-ran``,
    ``suite-gone``, ``test-gone``, ``test-skipped``. The others are notes: ``test-duplicated``, ``test-new``, and
    whatever ``permitted`` allows. Ids that differ in numbers (pytest's own count of parameters among them), addresses
    and temporary paths of their parameters alone are the same test, as many times as there are of them. A test that has
    another name is gone: whether a new one has the same body cannot be told from ids, so new ones of the same suite are
    named in the finding.

    Args:
        base: what ran on the base; with nothing in it there is nothing to miss.
        candidate: what ran on the candidate, the same command for the same files.
        permitted: patterns of the ids that may go away (``**`` is any text).
        is_complete: whether the candidate's report was whole.
    """
    before, after = _grouped(base), _grouped(candidate)
    missing = _missing(before, after)
    new = _missing(after, before)
    found = [] if is_complete else [_error("report-incomplete", "the report of the tests is not whole")]
    if before and not after:
        count = sum(map(len, before.values()))
        found.append(_error("nothing-ran", f"none of the {count} tests of the base was run"))
    else:
        found += _gone(missing, before, new=new)
    found += _skipped(before, after)
    allowed = [_noted(one) if matches(one.test, permitted) else one for one in found]
    return (*allowed, *_duplicated(before, after), *_added(new))


def same_test(test: str) -> str:
    """The id without what varies from run to run in its parameters; the name in front of them is kept."""
    name, bracket, rest = test.partition("[")
    where = _TEMPORARY.sub("/*", f"{bracket}{rest}")
    return name + _VARYING.sub("#", where) if bracket else _address_free(name)


def stable_part(test: str) -> str:
    """The id without addresses, UUIDs and temporary paths: what no two runs of one tree have in common.

    Less is taken for varying than by :func:`same_test`: a number may well be what a test is about.
    """
    return _MADE_ANEW.sub("#", _TEMPORARY.sub("/*", test))


def suite_of(test: str) -> str:
    """The id of the suite that a test stands in; ``""`` where its id names none."""
    name = test.partition("[")[0]
    return next((name.rpartition(sign)[0] for sign in ("::", " > ", "#", "/", ".") if sign in name), "")


def _address_free(name: str) -> str:
    return re.sub(r"\b0x[0-9a-fA-F]{4,}\b", "#", name)


def _grouped(cases: Sequence[CaseResult]) -> Mapping[str, list[CaseResult]]:
    groups: dict[str, list[CaseResult]] = defaultdict(list)
    for case in cases:
        groups[same_test(case.id)].append(case)
    return groups


def _missing(before: Mapping[str, list[CaseResult]], after: Mapping[str, list[CaseResult]]) -> list[CaseResult]:
    """Those of ``before`` that ``after`` lacks: by id where it can be told, else the last ones of a group."""
    lost: list[CaseResult] = []
    for key, cases in before.items():
        ids = Counter(case.id for case in after.get(key, ()))
        loose = [case for case in cases if not _used(ids, case.id)]
        spare = sum(ids.values())
        lost += loose[spare:]
    return lost


def _used(ids: Counter[str], name: str) -> bool:
    is_there = ids[name] > 0
    ids[name] -= is_there
    return is_there


def _gone(
    missing: Sequence[CaseResult], before: Mapping[str, list[CaseResult]], *, new: Sequence[CaseResult]
) -> Iterator[Finding]:
    sizes = Counter(suite_of(case.id) for cases in before.values() for case in cases)
    lost = Counter(suite_of(case.id) for case in missing)
    fresh: dict[str, list[str]] = defaultdict(list)
    for case in new:
        fresh[suite_of(case.id)].append(case.id)
    whole = {suite for suite, count in lost.items() if suite and count == sizes[suite] > 1 and not fresh[suite]}
    for suite in (suite for suite in lost if suite in whole):
        names = "\n".join(case.id for case in missing if suite_of(case.id) == suite)
        yield _error("suite-gone", f"none of the {sizes[suite]} tests of {suite} was run", test=suite, detail=names)
    for case in missing:
        suite = suite_of(case.id)
        if suite not in whole:
            yield _one_gone(case, fresh[suite], left=sizes[suite] - lost[suite])


def _one_gone(case: CaseResult, fresh: Sequence[str], *, left: int) -> Finding:
    about = f"{case.id} was run on the base and is not run here; {left} of its suite are left"
    names = ", ".join(fresh)
    detail = f"new in the same suite, perhaps the same test under another name: {names}" if fresh else ""
    finding = _error("test-gone", about, test=case.id, detail=detail)
    return _noted(finding) if case.status is CaseStatus.SKIPPED else finding


def _skipped(before: Mapping[str, list[CaseResult]], after: Mapping[str, list[CaseResult]]) -> Iterator[Finding]:
    for key, cases in before.items():
        was, now = (sum(one.status is CaseStatus.SKIPPED for one in group) for group in (cases, after.get(key, ())))
        ran = [one for one in after.get(key, ()) if one.status is CaseStatus.SKIPPED]
        for case in ran[was:now]:
            about = f"{case.id} was run on the base and is skipped here"
            yield _error("test-skipped", about, test=case.id, detail=case.message)


def _duplicated(before: Mapping[str, list[CaseResult]], after: Mapping[str, list[CaseResult]]) -> Iterator[Finding]:
    for key, cases in after.items():
        old = Counter(case.id for case in before.get(key, ()))
        for name, count in Counter(case.id for case in cases).items():
            if count > max(1, old[name]):
                worst = min((case.status for case in cases if case.id == name), key=_WORST.index)
                yield _note("test-duplicated", f"{count} tests are called {name}; the worst of them {worst}", test=name)


def _added(new: Sequence[CaseResult]) -> Iterator[Finding]:
    yield from (_note("test-new", f"{name} is new", test=name) for name in dict.fromkeys(case.id for case in new))


def _error(code: str, message: str, *, test: str = "", detail: str = "") -> Finding:
    kind = FailureClass.ENFORCER
    return Finding(tool=TOOL, code=code, message=message, test=test, detail=detail, failure_class=kind)


def _note(code: str, message: str, *, test: str) -> Finding:
    return _noted(_error(code, message, test=test))


def _noted(finding: Finding) -> Finding:
    return replace(finding, severity=Severity.NOTE)
