"""Events as rows and back. The format of the journal: a change here is a change of format.

A row's body holds all fields of the event that have no column. Every field is written, defaults included,
so that a run resumes as it was planned even where a later version has other defaults.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from typing import Any, NamedTuple

from orchestrator.domain.assessment import Unit
from orchestrator.domain.events import (
    Answered,
    AttemptFailed,
    BaseTaken,
    CallSent,
    CandidateJudged,
    CandidateKept,
    CandidateLanded,
    DiagnosisAsked,
    DiagnosisSaved,
    Event,
    FixFound,
    NodeEnded,
    NodeExpanded,
    NodeReleased,
    NodeReopened,
    NodeStarted,
    ReplySaved,
    ResultPublished,
    ReviewAsked,
    ReviewSaved,
    RunEnded,
    RunInterrupted,
    RunResumed,
    RunStarted,
    SandboxPrepared,
)
from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.fixing import Fixed, FixStep
from orchestrator.domain.judgement import Target
from orchestrator.domain.model import Reply
from orchestrator.domain.node import Foreach, Join, NodeSpec, Wanted
from orchestrator.domain.plan import InputSpec, Limits, Plan
from orchestrator.domain.retry import Backoff, FailureKind, RetryPolicy
from orchestrator.domain.sandbox import HeldLimit, SandboxRecord
from orchestrator.domain.status import NodeStatus, RunStatus
from orchestrator.domain.usage import Usage
from orchestrator.domain.verdict import Evidence, VerdictStatus
from orchestrator.journal.shapes import (
    ANY,
    BOOL,
    FLOAT,
    INT,
    LIST,
    OBJECT,
    STR,
    STRS,
    Shape,
    mapping_of,
    optional,
    plain,
    read,
    record,
    shared,
    tuple_of,
    word,
    words,
)


class Row(NamedTuple):
    """One event as it is stored, without its place: seconds, node or ``""``, kind, JSON object in ASCII."""

    at: float
    node: str
    kind: str
    body: str


_TEXTS = mapping_of(STR)
_FAILURE = word(FailureKind)

RETRY = record(
    RetryPolicy,
    max_attempts=INT,
    on=words(FailureKind),
    max_transient=INT,
    max_conflicts=INT,
    backoff=record(Backoff, base=FLOAT, cap=FLOAT, factor=FLOAT),
    escalate=INT,
    feedback=STR,
    fresh_context=BOOL,
)

FOREACH = record(Foreach, items=STR, name=STR, key=STR, max_parallel=INT, fail_fast=BOOL, min_success=INT)

NODE: Shape = record(
    NodeSpec,
    id=STR,
    kind=STR,
    name=STR,
    needs=mapping_of(word(Wanted)),
    join=word(Join),
    condition=STR,
    timeout=FLOAT,
    idle_timeout=FLOAT,
    retry=shared(RETRY),
    pools=STRS,
    continue_on_error=BOOL,
    foreach=optional(FOREACH),
    env=_TEXTS,
    outputs=_TEXTS,
    body=OBJECT,
    scope=OBJECT,
    reads=STRS,
    writes=STRS,
    cache=STR,
    children=tuple_of(lambda: NODE),
    line=INT,
)

LIMITS = record(Limits, usd_micros=INT, tokens=INT, minutes=FLOAT, nodes=INT, depth=INT, attempts=INT)

INPUT = record(InputSpec, type=STR, required=BOOL, default=ANY, description=STR, enum=LIST)

PLAN = record(
    Plan,
    name=STR,
    nodes=tuple_of(lambda: NODE),
    source=STR,
    description=STR,
    inputs=mapping_of(INPUT),
    env=_TEXTS,
    vars=OBJECT,
    outputs=_TEXTS,
    limits=LIMITS,
    max_parallel=INT,
    fail_fast=BOOL,
    pools=mapping_of(INT),
    report=_TEXTS,
    isolation=STR,
)

USAGE = record(Usage, input=INT, output=INT, cache_read=INT, cache_write=INT, reasoning=INT, usd_micros=INT)

REPLY = record(Reply, text=STR, model=STR, usage=USAGE, is_complete=BOOL)

FINDING = record(
    Finding,
    tool=STR,
    message=STR,
    severity=word(Severity),
    code=STR,
    file=STR,
    line=INT,
    column=INT,
    test=STR,
    failure_class=word(FailureClass),
    detail=STR,
    fingerprint=STR,
)

TARGET = record(Target, stage=STR, unit=record(Unit, root=STR, pack=STR), name=STR, is_test=BOOL)

FIX_STEP = record(FixStep, source=STR, message=STR, claim=STR, operator=STR, tests_run=INT, distinguishing_input=STR)

FIXED = record(
    Fixed,
    changes=_TEXTS,
    steps=tuple_of(lambda: FIX_STEP),
    repaired=tuple_of(lambda: TARGET),
    held=STRS,
    tried=INT,
    why=STR,
)

HELD_LIMIT = record(HeldLimit, name=STR, value=INT, by=STRS)

SANDBOX = record(
    SandboxRecord,
    launcher=STR,
    namespaces=STRS,
    network=STR,
    seccomp=BOOL,
    limits=tuple_of(lambda: HELD_LIMIT),
    overlays=_TEXTS,
    git=BOOL,
)

_RUN = {"at": FLOAT}
_NODE = {"at": FLOAT, "node": STR}
_ATTEMPT = {**_NODE, "attempt": INT}

EVENTS: Mapping[str, tuple[type, Shape]] = {
    "run-started": (
        RunStarted,
        record(RunStarted, **_RUN, run=STR, plan=PLAN, inputs=OBJECT, max_parallel=INT, isolation=STR),
    ),
    "run-resumed": (RunResumed, record(RunResumed, **_RUN)),
    "sandbox-prepared": (
        SandboxPrepared,
        record(SandboxPrepared, **_RUN, isolation=STR, record=optional(SANDBOX), why=STR),
    ),
    "run-interrupted": (RunInterrupted, record(RunInterrupted, **_RUN, hard=BOOL)),
    "node-started": (NodeStarted, record(NodeStarted, **_NODE, attempt=INT)),
    "attempt-failed": (
        AttemptFailed,
        record(AttemptFailed, **_NODE, attempt=INT, kind=_FAILURE, reason=STR, retry_in=FLOAT, detail=STR),
    ),
    "base-taken": (BaseTaken, record(BaseTaken, **_ATTEMPT, base=STR)),
    "call-sent": (CallSent, record(CallSent, **_ATTEMPT, model=STR)),
    "reply-saved": (ReplySaved, record(ReplySaved, **_ATTEMPT, reply=REPLY)),
    "fix-found": (FixFound, record(FixFound, **_ATTEMPT, found=FIXED)),
    "candidate-kept": (CandidateKept, record(CandidateKept, **_ATTEMPT, commit=STR)),
    "review-asked": (ReviewAsked, record(ReviewAsked, **_ATTEMPT, model=STR)),
    "review-saved": (ReviewSaved, record(ReviewSaved, **_ATTEMPT, reply=REPLY)),
    "diagnosis-asked": (DiagnosisAsked, record(DiagnosisAsked, **_ATTEMPT, model=STR)),
    "diagnosis-saved": (DiagnosisSaved, record(DiagnosisSaved, **_ATTEMPT, reply=REPLY)),
    "candidate-judged": (
        CandidateJudged,
        record(
            CandidateJudged,
            **_ATTEMPT,
            verdict=word(VerdictStatus),
            evidence=word(Evidence),
            findings=tuple_of(lambda: FINDING),
            seconds=FLOAT,
        ),
    ),
    "candidate-landed": (CandidateLanded, record(CandidateLanded, **_NODE, commit=STR)),
    "result-published": (ResultPublished, record(ResultPublished, **_RUN, branch=STR, commit=STR)),
    "node-expanded": (
        NodeExpanded,
        record(
            NodeExpanded,
            **_NODE,
            step=INT,
            children=tuple_of(lambda: NODE),
            max_parallel=INT,
            fail_fast=BOOL,
            notes=OBJECT,
        ),
    ),
    "node-ended": (
        NodeEnded,
        record(
            NodeEnded,
            **_NODE,
            status=word(NodeStatus),
            reason=STR,
            outputs=OBJECT,
            kind=optional(_FAILURE),
            detail=STR,
        ),
    ),
    "node-released": (NodeReleased, record(NodeReleased, **_NODE, reason=STR)),
    "node-reopened": (NodeReopened, record(NodeReopened, **_NODE, reason=STR, opened=mapping_of(INT))),
    "answered": (Answered, record(Answered, **_NODE, approve=optional(BOOL), text=STR, opened=mapping_of(INT))),
    "run-ended": (RunEnded, record(RunEnded, **_RUN, status=word(RunStatus), reason=STR)),
}
"""Every event that is journaled: what its rows are called, its class, and how it is read."""

_KINDS = {made: kind for kind, (made, _shape) in EVENTS.items()}
_BODY_FIELDS = {
    made: tuple(field.name for field in fields(made) if field.name not in {"at", "node"}) for made in _KINDS
}
_STARTED = _KINDS[NodeStarted]
_plain_retry = lru_cache(maxsize=256)(lambda policy: json.loads(json.dumps(policy, default=plain)))
"""Nodes mostly share a policy, and it is a third of what is written of each."""


def _plain(value: object) -> Any:
    return _plain_retry(value) if type(value) is RetryPolicy else plain(value)


_raw_decode = json.JSONDecoder().raw_decode
_dumps = json.JSONEncoder(separators=(",", ":"), default=_plain, check_circular=False).encode


def encode(event: Event) -> Row:
    """``event`` as a row.

    Raises:
        KeyError, TypeError, ValueError: it is no journaled event, or holds what is no JSON: a bug.
    """
    if isinstance(event, NodeStarted):
        return Row(float(event.at), event.node, _STARTED, _started(event.attempt))
    made = type(event)
    body = {name: getattr(event, name) for name in _BODY_FIELDS[made]}
    return Row(float(event.at), getattr(event, "node", ""), _KINDS[made], _dumps(body))


@lru_cache(maxsize=64)
def _started(attempt: int) -> str:
    """Two of five rows are starts, and nearly all of these alike."""
    return _dumps({"attempt": attempt})


def decode(row: Row) -> Event:
    """The event of a row that :func:`encode` made.

    Raises:
        LookupError: its kind is not known: a newer version wrote it.
        ValueError: its body is not what its kind demands.
    """
    try:
        _made, shape = EVENTS[row.kind]
    except KeyError:
        raise LookupError(f"unknown kind of event {row.kind!r}") from None
    body, end = _raw_decode(row.body)
    if type(body) is not dict or end != len(row.body):
        raise ValueError("its body is no object")
    body["at"] = row.at
    if row.node:
        body["node"] = row.node
    event: Event = read(shape, body)
    return event


def checksum(seq: int, row: Row) -> int:
    """CRC-32 over a row's contents and its place."""
    return zlib.crc32(f"{row.kind}\n{row.node}\n{row.at!r}\n{row.body}".encode(), seq & 0xFFFFFFFF)
