"""A run as one JSON document: what ``rung run --json`` prints and a ``json`` report holds.

The keys are a contract. Readers must accept new ones; none is removed or changes its meaning.
``python -m orchestrator.report.jsondocument`` prints the JSON Schema (docs/reference/run.schema.json).
"""

import json
import sys
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.domain.finding import Finding, Severity
from orchestrator.domain.fixing import Claim, FixStep
from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.domain.retry import FailureKind
from orchestrator.domain.status import ENDED, EXIT_CODES, AttemptStatus, NodeStatus, RunStatus
from orchestrator.domain.verdict import Evidence, VerdictStatus
from orchestrator.report.plaintext import encodable, timestamp
from orchestrator.report.record import Attempt, NodeRecord
from orchestrator.report.state import RunState
from orchestrator.report.waiting import reason_of, reasons_of_open_nodes

Time = Annotated[
    str,
    Field(
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$",
        description="RFC 3339, UTC, milliseconds.",
        examples=["2025-01-02T03:04:05.678Z"],
    ),
]
Seconds = Annotated[float, Field(ge=0, description="Wall clock, to the millisecond.")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class FindingDocument(_Part):
    """One thing that a check says is wrong."""

    tool: str
    code: str
    severity: Severity
    file: str
    line: Annotated[int, Field(ge=0)]
    column: Annotated[int, Field(ge=0)]
    message: str
    test: str
    fingerprint: str


class UsageDocument(_Part):
    """Tokens by price class, and money in millionths of a US dollar."""

    input: Annotated[int, Field(ge=0)]
    output: Annotated[int, Field(ge=0)]
    cache_read: Annotated[int, Field(ge=0)]
    cache_write: Annotated[int, Field(ge=0)]
    reasoning: Annotated[int, Field(ge=0)]
    usd_micros: Annotated[int, Field(ge=0)]


class ResultDocument(_Part):
    """Where what has landed can be had."""

    branch: str | None
    """Null where there is no commit to put a branch on."""
    commit: str
    """Of the run's own repository where there is no branch."""
    patch_file: str | None
    """The patch that this command has written; null where it has written none."""
    applied: bool
    """Whether it came into the user's files, and was not taken back."""


class HeldLimitDocument(_Part):
    """A limit on one command, and what holds it."""

    name: str
    value: Annotated[int, Field(ge=0)]
    """In the unit that the name says; `processes`, `open_files` and `tree_files` are numbers."""
    by: list[str]
    """The mechanisms, most exact first."""


class SandboxDocument(_Part):
    """How commands were isolated. Of a run that edits: how the newest engine held the code under repair."""

    isolation: str
    """`sandbox`, or in a word how processes alone were isolated; `none` before anything was."""
    why: str
    """Why a run that edits had no sandbox; empty where it had one, and of other runs."""
    launcher: str | None
    """Program and version. This key and those below are null without a sandbox."""
    namespaces: list[str] | None
    network: str | None
    """`none` but for a loopback interface."""
    seccomp: bool | None
    """Whether system calls were filtered."""
    limits: list[HeldLimitDocument] | None
    overlays: dict[str, str] | None
    """Of each cache that tools write to: `overlay`, `copy` or `empty`."""
    git: bool | None
    """Whether git could read the repository."""


class RepairDocument(_Part):
    """One repair that was found without a model. The keys below `message` are null but for a search's."""

    source: str
    """The tool or rule that proposed it, or `search`."""
    message: str
    claim: Claim | None
    """What may be said of a change that was found by trying."""
    operator: str | None
    tests_run: Annotated[int, Field(ge=0)] | None
    """Tests that run the changed line."""
    distinguishing_input: str | None
    """An input on which the old and the new program differ, and what comes of it."""


class AttemptDocument(_Part):
    """One attempt of a node."""

    n: Annotated[int, Field(ge=1)]
    """Counts from 1."""
    status: AttemptStatus
    """`leased`: under way, or was when the record broke off; `discarded`: ended without a judgement, see `reason`."""
    kind: FailureKind | None
    """Why it failed; null where it did not."""
    reason: str
    """One line; empty where it was accepted."""
    started: Time
    seconds: Seconds | None
    """Null while it is under way."""
    model: str | None
    """The model that was asked; null where none was."""
    tier: str | None
    """`rules` where no model was to be asked; null else."""
    repairs: list[RepairDocument]
    """What was found without a model, in order."""
    held: list[str]
    """What was found and not done, with the reason."""
    tried: Annotated[int, Field(ge=0)] | None
    """Changes that were judged to find them, those of searches included; null where none were looked for."""
    verdict: VerdictStatus | None
    """What the checks said of its edit; null where they have not."""
    evidence: Evidence | None
    """What the verdict rests on."""
    findings: list[FindingDocument]
    usage: UsageDocument | None
    """What the model's reply used up; null where there is none."""


class NodeDocument(_Part):
    """One node, in the order in which nodes were announced."""

    id: str
    parent: str | None
    """The node that added this one while running; null for a node of the workflow file."""
    kind: str
    status: NodeStatus
    reason: str
    """Why it stands where it stands; empty for a node that succeeded."""
    started: Time | None
    ended: Time | None
    attempts: list[AttemptDocument]


class TotalsDocument(_Part):
    """Figures over the whole run."""

    nodes: dict[NodeStatus, Annotated[int, Field(ge=0)]]
    """How many nodes have each status; every status is named."""
    attempts: Annotated[int, Field(ge=0)]
    first_attempt_rate: Annotated[float, Field(ge=0, le=1)] | None
    """Of the nodes that succeeded after work, the share that needed one attempt; null where none did."""
    seconds: Seconds
    """From start to end, time between an interrupt and a resume not counted."""
    node_seconds: Seconds
    """Work of all nodes added up: what the run would have taken one node after another."""
    calls: Annotated[int, Field(ge=0)]
    """Calls to models; 0 where no node of the run asks a model."""
    usd_micros: Annotated[int, Field(ge=0)]
    """Money spent, in millionths of a US dollar; 0 where no node of the run asks a model."""


class RunDocument(_Part):
    """A run, finished or not."""

    run: str
    workflow: str
    """The name of the workflow."""
    status: RunStatus | None
    """Null while the run goes on, and for a run whose engine was killed."""
    reason: str
    exit_code: int | None
    """What the command line exits with, but for a success whose result could not be handed over as wished (1); null
    where the status is."""
    started: Time | None
    ended: Time | None
    sandbox: SandboxDocument
    nodes: list[NodeDocument]
    totals: TotalsDocument
    result: ResultDocument | None
    """Null where nothing has landed."""


def document(state: RunState) -> JsonObject:
    """The JSON document of a run, as plain values in the shape of :class:`RunDocument`.

    Texts are as they were told, except that a lone surrogate, which JSON cannot carry, becomes its escape.
    Complete for a run without nodes, and before its first event (``run`` is then ``""``).
    """
    derived = reasons_of_open_nodes(state)
    whole = RunDocument(
        run=_text(state.run),
        workflow=_text(state.name),
        status=state.status,
        reason=_text(state.reason),
        exit_code=None if state.status is None else EXIT_CODES[state.status],
        started=_time(state.started),
        ended=_time(state.ended),
        sandbox=_sandbox(state),
        nodes=[node_document(record, reason_of(record, derived)) for record in state.nodes.values()],
        totals=_totals(state),
        result=_result(state),
    )
    plain: dict[str, Any] = whole.model_dump(mode="json")
    return plain


def json_text(state: RunState) -> str:
    """The document as text, indented, ASCII only (so nothing in it reaches a terminal raw), one line end last."""
    return json.dumps(document(state), indent=2) + "\n"


def run_schema() -> JsonObject:
    """The JSON Schema (2020-12) of a run's document."""
    schema = RunDocument.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def node_document(record: NodeRecord, reason: str) -> NodeDocument:
    """One node; ``reason``: why it stands where it stands."""
    return NodeDocument(
        id=_text(record.spec.id),
        parent=None if record.parent is None else _text(record.parent),
        kind=_text(record.spec.kind),
        status=record.status,
        reason=_text(reason),
        started=_time(record.started),
        ended=_time(record.ended if record.status in ENDED else None),
        attempts=[_attempt(one) for one in record.attempts],
    )


def _attempt(attempt: Attempt) -> AttemptDocument:
    return AttemptDocument(
        n=attempt.n,
        status=attempt.status,
        kind=attempt.kind,
        reason=_text(attempt.reason),
        started=timestamp(attempt.started),
        seconds=None if attempt.seconds is None else round(attempt.seconds, 3),
        model=_text(attempt.model) or None,
        tier="rules" if attempt.found else None,
        repairs=[_repair(step) for step in attempt.found.steps] if attempt.found else [],
        held=[_text(line) for line in attempt.found.held] if attempt.found else [],
        tried=attempt.found.tried if attempt.found else None,
        verdict=attempt.judged.verdict if attempt.judged else None,
        evidence=attempt.judged.evidence if attempt.judged else None,
        findings=[_finding(one) for one in attempt.judged.findings] if attempt.judged else [],
        usage=None if attempt.usage is None else UsageDocument(**asdict(attempt.usage)),
    )


def _repair(step: FixStep) -> RepairDocument:
    is_search = bool(step.claim)
    return RepairDocument(
        source=_text(step.source),
        message=_text(step.message),
        claim=Claim(step.claim) if is_search else None,
        operator=_text(step.operator) if is_search else None,
        tests_run=step.tests_run if is_search else None,
        distinguishing_input=_text(step.distinguishing_input) if is_search else None,
    )


def _finding(finding: Finding) -> FindingDocument:
    return FindingDocument(
        tool=_text(finding.tool),
        code=_text(finding.code),
        severity=finding.severity,
        file=_text(finding.file),
        line=finding.line,
        column=finding.column,
        message=_text(finding.message),
        test=_text(finding.test),
        fingerprint=_text(finding.fingerprint),
    )


def _result(state: RunState) -> ResultDocument | None:
    if state.result is None:
        return None
    return ResultDocument(
        branch=state.result.branch or None,
        commit=state.result.commit,
        patch_file=_text(state.patch_file) or None,
        applied=state.is_applied,
    )


def _sandbox(state: RunState) -> SandboxDocument:
    held = state.sandbox
    isolation = held.isolation if held else state.isolation
    record = held.record if held else None
    return SandboxDocument(
        isolation=_text(isolation) or "none",
        why=_text(held.why) if held else "",
        launcher=_text(record.launcher) if record else None,
        namespaces=list(record.namespaces) if record else None,
        network=record.network if record else None,
        seccomp=record.seccomp if record else None,
        limits=[HeldLimitDocument(**asdict(limit)) for limit in record.limits] if record else None,
        overlays={_text(path): how for path, how in record.overlays.items()} if record else None,
        git=record.git if record else None,
    )


def _totals(state: RunState) -> TotalsDocument:
    worked = [one for one in state.nodes.values() if one.attempts]
    good = [len(one.attempts) for one in worked if one.status is NodeStatus.SUCCEEDED]
    return TotalsDocument(
        nodes=state.counts,
        attempts=sum(len(one.attempts) for one in worked),
        first_attempt_rate=round(good.count(1) / len(good), 4) if good else None,
        seconds=round(state.seconds(), 3),
        node_seconds=round(state.work, 3),
        calls=state.calls,
        usd_micros=state.usage.usd_micros,
    )


def _text(text: str) -> str:
    return encodable(text, "utf-8")


def _time(at: float | None) -> str | None:
    return None if at is None else timestamp(at)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run_schema(), indent=2) + "\n")
