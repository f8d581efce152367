import dataclasses
import json
import math
from collections.abc import Callable, Mapping
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.assessment import Unit
from orchestrator.domain.events import Event, NodeEnded, NodeOutput, NodeStarted, RunEnded, RunStarted
from orchestrator.domain.finding import FailureClass, Finding, Severity
from orchestrator.domain.fixing import Fixed, FixStep
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.domain.judgement import Target
from orchestrator.domain.model import Reply
from orchestrator.domain.node import Foreach, Join, NodeSpec, Wanted
from orchestrator.domain.plan import InputSpec, Limits, Plan
from orchestrator.domain.retry import Backoff, FailureKind, RetryPolicy
from orchestrator.domain.sandbox import HeldLimit, Network, SandboxRecord
from orchestrator.domain.status import NodeStatus, RunStatus
from orchestrator.domain.tree import CommitId
from orchestrator.domain.usage import Usage
from orchestrator.domain.verdict import Evidence, VerdictStatus
from orchestrator.journal import codec
from orchestrator.journal.codec import EVENTS, Row, checksum, decode, encode
from orchestrator.journal.shapes import Shape

ids = st.from_regex(r"[a-z][a-z0-9\[\]#/-]{0,9}", fullmatch=True).map(NodeId)
texts = st.text(max_size=8) | st.just("\ud800\x00é")
numbers = st.integers(0, 9)
seconds = st.floats(allow_nan=False)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | seconds | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
objects = st.dictionaries(texts, values, max_size=2)
templates = st.dictionaries(texts, texts, max_size=2)
globs = st.lists(texts, max_size=2).map(tuple)
kinds = st.sampled_from(FailureKind)

BY_TYPE: dict[object, st.SearchStrategy[Any]] = {
    float: seconds,
    int: numbers,
    str: texts,
    bool: st.booleans(),
    NodeId: ids,
    RunId: ids,
    Join: st.sampled_from(Join),
    NodeStatus: st.sampled_from(NodeStatus),
    RunStatus: st.sampled_from(RunStatus),
    FailureKind: kinds,
    CommitId: texts,
    Severity: st.sampled_from(Severity),
    FailureClass: st.sampled_from(FailureClass),
    VerdictStatus: st.sampled_from(VerdictStatus),
    Evidence: st.sampled_from(Evidence),
    Network: st.sampled_from(["none", "all"]),
    Mapping[NodeId, int]: st.dictionaries(ids, numbers, max_size=2),
}


def made(kind: Callable[..., Any], /, **special: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """``kind`` with every field drawn: by its type, or as ``special`` says."""
    fields = dataclasses.fields(kind)  # type: ignore[arg-type]  # only dataclasses are passed
    return st.builds(
        kind, **{one.name: special[one.name] if one.name in special else BY_TYPE[one.type] for one in fields}
    )


retries = made(RetryPolicy, on=st.frozensets(kinds), backoff=made(Backoff))
NODE_FIELDS = {
    "id": ids,
    "needs": st.dictionaries(ids, st.sampled_from(Wanted), max_size=2),
    "retry": retries,
    "pools": globs,
    "foreach": st.none() | made(Foreach),
    "env": templates,
    "outputs": templates,
    "body": objects,
    "scope": objects,
    "reads": globs,
    "writes": globs,
}
leaves = made(NodeSpec, **NODE_FIELDS, children=st.just(()))
nodes = made(NodeSpec, **NODE_FIELDS, children=st.lists(leaves, max_size=2).map(tuple))
plans = made(
    Plan,
    nodes=st.lists(nodes, max_size=2).map(tuple),
    inputs=st.dictionaries(
        texts, made(InputSpec, default=values, enum=st.lists(values, max_size=2).map(tuple)), max_size=1
    ),
    env=templates,
    vars=objects,
    outputs=templates,
    limits=made(Limits),
    pools=st.dictionaries(texts, numbers, max_size=2),
    report=templates,
)
SPECIAL: dict[str, st.SearchStrategy[Any]] = {
    "plan": plans,
    "inputs": objects,
    "children": st.lists(nodes, max_size=2).map(tuple),
    "notes": objects,
    "outputs": objects,
    "reply": made(Reply, usage=made(Usage)),
    "findings": st.lists(made(Finding), max_size=2).map(tuple),
    "found": made(
        Fixed,
        changes=templates,
        steps=st.lists(made(FixStep), max_size=2).map(tuple),
        repaired=st.lists(made(Target, unit=made(Unit)), max_size=2).map(tuple),
        held=globs,
    ),
    "approve": st.none() | st.booleans(),
    "record": st.none()
    | made(
        SandboxRecord,
        namespaces=globs,
        limits=st.lists(made(HeldLimit, by=globs), max_size=2).map(tuple),
        overlays=templates,
    ),
}


def event_of(kind: str) -> st.SearchStrategy[Any]:
    cls, _shape = EVENTS[kind]
    names = {field.name for field in dataclasses.fields(cls)}
    special = {name: one for name, one in SPECIAL.items() if name in names}
    if kind == "node-ended":
        special["kind"] = st.none() | kinds
    return made(cls, **special)


@pytest.mark.parametrize("kind", EVENTS)
def test_every_event_comes_back_as_it_was(kind: str) -> None:
    @given(event_of(kind))
    def check(event: Event) -> None:
        row = encode(event)
        assert decode(row) == event
        assert row.kind == kind
        assert row.body.isascii()

    check()


def test_every_event_but_a_printed_line_has_a_kind() -> None:
    assert {cls for cls, _shape in EVENTS.values()} == set(get_args(Event)) - {NodeOutput}


SHAPES = [
    (codec.NODE, NodeSpec),
    (codec.PLAN, Plan),
    (codec.RETRY, RetryPolicy),
    (codec.FOREACH, Foreach),
    (codec.LIMITS, Limits),
    (codec.INPUT, InputSpec),
]


@pytest.mark.parametrize(("shape", "cls"), SHAPES + [(shape, cls) for cls, shape in EVENTS.values()])
def test_every_field_is_read_and_a_strange_one_is_refused(shape: Shape, cls: type) -> None:
    assert shape.build is not None
    for field in dataclasses.fields(cls):
        with pytest.raises(ValueError, match=rf"field '{field.name}' is of type|missing"):
            shape.build({field.name: object()})
    with pytest.raises(ValueError, match="unknown field 'colour'"):
        shape.build({"colour": 1})


def test_a_number_that_is_none_does_not_stop_a_run() -> None:
    ended = NodeEnded(1.0, NodeId("a"), NodeStatus.SUCCEEDED, outputs={"mean": math.nan})
    back = decode(encode(ended))
    assert isinstance(back, NodeEnded)
    assert str(back.outputs["mean"]) == "nan"


def test_defaults_are_written_so_that_a_later_version_cannot_change_a_run() -> None:
    spec = NodeSpec(id=NodeId("a"), kind="run")
    body = json.loads(encode(RunStarted(1.0, RunId("r"), Plan(name="w", nodes=(spec,)), {}, 1, "none")).body)
    assert set(body["plan"]) == {field.name for field in dataclasses.fields(Plan)}
    assert set(body["plan"]["nodes"][0]) == {field.name for field in dataclasses.fields(NodeSpec)}


def test_a_field_that_was_added_later_takes_its_default() -> None:
    assert decode(Row(1.0, "a", "node-started", "{}")) == NodeStarted(1.0, NodeId("a"), 1)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("[]", "no object"),
        ("{", "Expecting property name"),
        ("{} {}", "no object"),
        ('{"status": "splendid", "reason": ""}', "'splendid' is not a valid RunStatus"),
        ('{"status": 1, "reason": ""}', "field 'status' is of type int"),
        ('{"reason": ""}', "missing"),
        ('{"status": "failed", "reason": "", "mood": "bad"}', "unknown field 'mood'"),
    ],
)
def test_a_body_that_does_not_fit_is_refused(body: str, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        decode(Row(1.0, "", "run-ended", body))


def test_an_object_like_one_that_fitted_is_looked_at_again_where_its_fields_are_others() -> None:
    complete = '{"status": "failed", "reason": "r", "outputs": {}, "kind": null, "detail": ""}'
    fitted = NodeEnded(1.0, NodeId("a"), NodeStatus.FAILED, "r")
    assert decode(Row(1.0, "a", "node-ended", complete)) == decode(Row(1.0, "a", "node-ended", complete)) == fitted
    with pytest.raises(ValueError, match="unknown field 'mood'"):
        decode(Row(1.0, "a", "node-ended", complete.replace("kind", "mood")))
    with pytest.raises(ValueError, match="field 'kind' is of type int"):
        decode(Row(1.0, "a", "node-ended", complete.replace("null", "1")))
    with pytest.raises(ValueError, match="'odd' is not a valid"):
        decode(Row(1.0, "a", "node-ended", complete.replace("failed", "odd")))


def test_an_unknown_kind_is_told_apart_from_damage() -> None:
    with pytest.raises(LookupError, match="unknown kind of event 'node-danced'"):
        decode(Row(1.0, "a", "node-danced", "{}"))


def test_what_is_no_json_is_a_bug_of_whoever_put_it_there() -> None:
    event = RunStarted(1.0, RunId("r"), Plan(name="w", nodes=()), {"a": {1, 2}}, 1, "none")  # type: ignore[dict-item]  # that it is no JSON is the point
    with pytest.raises(TypeError, match="set is no JSON"):
        encode(event)


def test_the_checksum_covers_the_row_and_its_place() -> None:
    row = encode(RunEnded(1.0, RunStatus.FAILED, "why"))
    others = [
        checksum(2, row),
        checksum(1, row._replace(at=2.0)),
        checksum(1, row._replace(node="a")),
        checksum(1, row._replace(kind="b")),
        checksum(1, row._replace(body="{}")),
    ]
    assert checksum(1, row) not in others
