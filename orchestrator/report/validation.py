"""A validation as one JSON document: what ``rung validate --json`` prints.

The keys are a contract. Readers must accept new ones; none is removed or changes its meaning.
``python -m orchestrator.report.validation`` prints the JSON Schema (docs/reference/validate.schema.json).
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.domain.assessment import FAILED_CASES, SkippedStage, StageResult
from orchestrator.domain.finding import Category, FailureClass, Finding, Severity
from orchestrator.domain.judgement import Comparison, Target, Validation
from orchestrator.domain.verdict import CaseResult, CaseStatus, Evidence, VerdictStatus
from orchestrator.report.plaintext import encodable

__all__ = ["ValidationDocument", "validation_document", "validation_json", "validation_schema"]

Count = Annotated[int, Field(ge=0)]
Score = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class FindingDocument(_Part):
    """Something that a tool says is wrong."""

    tool: str
    code: str
    """The tool's own; empty where it has none."""
    severity: Severity
    file: str
    """Below the repository's root; empty where none is named."""
    line: Count
    """Counted from 1; 0 where it is not known. So is the column."""
    column: Count
    message: str
    test: str
    """The test that failed; empty for anything but a test."""
    failure_class: FailureClass
    detail: str
    """Further lines: a traceback, what was printed last."""
    fingerprint: str
    """The same for the same finding in another tree, where lines have moved."""


class TestDocument(_Part):
    """One test that was counted."""

    __test__ = False  # not a test class, whatever its name looks like to a test runner

    id: str
    status: CaseStatus
    seconds: float


class TestsDocument(_Part):
    """How many tests were counted, over all stages."""

    __test__ = False  # as above

    total: Count
    passed: Count
    failed: Count
    skipped: Count
    flaky: Count


class StageDocument(_Part):
    """One stage of one project."""

    name: str
    """`setup`, `syntax`, `format`, `lint`, `build` or `test`."""
    project: str
    """The project's folder below the repository's root; empty for that itself."""
    pack: str
    """The pack that judges it; empty for a command of the configuration."""
    verdict: VerdictStatus
    evidence: Evidence
    score: Score
    seconds: float
    cached: bool
    """Whether it was remembered and not run again."""
    command: list[str]
    """As run: the first that did not pass, else the last."""
    findings: list[FindingDocument]
    tests: list[TestDocument]
    notes: list[str]


class SkippedDocument(_Part):
    """A stage that did not run."""

    name: str
    project: str
    pack: str
    reason: str


class TargetDocument(_Part):
    """Something that fails in the base."""

    stage: str
    project: str
    name: str
    """The id of a test, or the fingerprint of a finding."""
    is_test: bool


class ComparisonDocument(_Part):
    """What is otherwise than in the base."""

    ref: str
    new: list[FindingDocument]
    """What is worse: it decides."""
    revealed: list[FindingDocument]
    """What the base could not reach, because something else failed first."""
    fixed: list[TargetDocument]
    left: list[TargetDocument]
    """What fails in both."""


class ValidationDocument(_Part):
    """What the checks say of the files as they are."""

    model_config = ConfigDict(title="Validation")

    verdict: VerdictStatus
    evidence: Evidence
    """What the verdict rests on: counted ids of tests, exit codes, or nothing."""
    failure_class: FailureClass | None
    """Of the first root cause; null where nothing failed."""
    category: Category | None
    score: Score
    tests: TestsDocument
    stages: list[StageDocument]
    """In the order in which they ran."""
    skipped: list[SkippedDocument]
    base: ComparisonDocument | None
    """Null where there was no base to compare with."""
    sandbox: str
    notices: list[str]


def validation_document(validation: Validation) -> ValidationDocument:
    """The document as a value."""
    found = validation.assessment
    is_good = validation.status is VerdictStatus.PASSED
    return ValidationDocument(
        verdict=validation.status,
        evidence=found.evidence,
        failure_class=None if is_good else found.failure_class,
        category=None if is_good else found.category,
        score=found.score,
        tests=_tests(test for stage in found.stages for test in stage.tests),
        stages=[_stage(stage) for stage in found.stages],
        skipped=[_skipped(one) for one in found.skipped],
        base=_comparison(validation.base, validation.judgement) if validation.judgement else None,
        sandbox=found.sandbox,
        notices=list(found.notices),
    )


def validation_json(validation: Validation) -> str:
    """The document, indented, with a line feed at its end."""
    document = validation_document(validation).model_dump(mode="json")
    return encodable(json.dumps(document, indent=2, ensure_ascii=False), "utf-8") + "\n"


def validation_schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    schema = ValidationDocument.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _tests(tests: Iterable[CaseResult]) -> TestsDocument:
    counted = Counter(test.status for test in tests)
    return TestsDocument(
        total=counted.total(),
        passed=counted[CaseStatus.PASSED],
        failed=sum(counted[status] for status in FAILED_CASES),
        skipped=counted[CaseStatus.SKIPPED],
        flaky=counted[CaseStatus.FLAKY],
    )


def _stage(stage: StageResult) -> StageDocument:
    return StageDocument(
        name=stage.name,
        project=stage.unit.root,
        pack=stage.unit.pack,
        verdict=stage.status,
        evidence=stage.evidence,
        score=stage.score,
        seconds=round(stage.seconds, 3),
        cached=stage.cached,
        command=list(stage.command),
        findings=[_finding(one) for one in stage.findings],
        tests=[TestDocument(id=one.id, status=one.status, seconds=one.seconds) for one in stage.tests],
        notes=list(stage.notes),
    )


def _finding(finding: Finding) -> FindingDocument:
    return FindingDocument.model_validate(asdict(finding))


def _skipped(one: SkippedStage) -> SkippedDocument:
    return SkippedDocument(name=one.name, project=one.unit.root, pack=one.unit.pack, reason=one.reason)


def _comparison(ref: str, judgement: Comparison) -> ComparisonDocument:
    return ComparisonDocument(
        ref=ref,
        new=[_finding(one) for one in judgement.regressions],
        revealed=[_finding(one) for one in judgement.revealed],
        fixed=[_target(one) for one in judgement.fixed],
        left=[_target(one) for one in judgement.left],
    )


def _target(one: Target) -> TargetDocument:
    return TargetDocument(stage=one.stage, project=one.unit.root, name=one.name, is_test=one.is_test)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(validation_schema(), indent=2) + "\n")
