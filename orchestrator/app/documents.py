"""What ``rung runs``, ``explain`` and ``gc`` print with ``--json``.

The keys are a contract. Readers must accept new ones; none is removed or changes its meaning.
``python -m orchestrator.app.documents NAME`` prints a JSON Schema (docs/reference/NAME.schema.json).
"""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.app.cleaning import Cleaning
from orchestrator.app.explanation import Explanation, Other
from orchestrator.app.overview import RunOverview, Standing
from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.domain.node import Join, Wanted
from orchestrator.domain.status import NodeStatus
from orchestrator.report.jsondocument import NodeDocument, Seconds, Time, node_document
from orchestrator.report.plaintext import encodable, timestamp

Count = Annotated[int, Field(ge=0)]
Bytes = Annotated[int, Field(ge=0, description="Bytes.")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class ListedRun(_Part):
    """One run of a list."""

    run: str
    """Its id; the folder's name where it cannot be read."""
    workflow: str
    status: Standing
    """How it ended; else `running`, `killed` (no end was recorded), `opened` (a person has answered a question or
    opened a node, and no engine has taken it up since) or `unreadable`."""
    pid: Count | None
    """Of the engine that works on it; null where none does."""
    started: Time | None
    last_event: Time | None
    nodes: dict[NodeStatus, Count]
    """How many nodes have each status; empty where it cannot be read."""
    seconds: Seconds
    """For which engines have worked on it."""
    store: str
    """The folder that holds it."""
    problem: str
    """Why it cannot be read, one line; empty where it can."""


class RunsDocument(_Part):
    """What `rung runs` lists, the run with the latest event first."""

    runs: list[ListedRun]
    left_out: Count
    """How many older runs are not listed."""


class RelatedNode(_Part):
    """A node that has to do with the explained one."""

    id: str
    status: NodeStatus
    reason: str


class NeededNode(RelatedNode):
    """A node that the explained one needs."""

    wanted: Wanted
    """What the explained node wants of it; `join`: its `join` decides."""


class StepDocument(_Part):
    """Something that happened to the node."""

    at: Time
    event: str
    """The event that tells it, as Rung's journal calls it."""
    text: str


class ExplainDocument(_Part):
    """Why a node stands where it stands."""

    run: str
    workflow: str
    source: str
    """The workflow file as it was named; empty where there is none."""
    line: Count
    """Where the node stands in it; 0 where no line can be named."""
    node: NodeDocument
    """As in the run's own document."""
    join: Join
    condition: str
    """The expression of its `if`; empty where it has none."""
    needs: list[NeededNode]
    steps: list[StepDocument]
    """Oldest first."""
    evidence: list[str]
    """The last lines that it printed before it failed; empty where it did not."""
    blocks: list[RelatedNode]
    """What did not succeed among the nodes that wait for it, directly or not, and the nodes that added it."""


class LeavingRun(_Part):
    """A run that may go, or is gone."""

    run: str
    workflow: str
    status: Standing
    last_event: Time
    bytes: Bytes


class StayingRun(_Part):
    """A run that stays whatever its age."""

    run: str
    why: str


class GcDocument(_Part):
    """What `rung gc` would remove, or has removed."""

    removed: bool
    """Whether it is gone; false: it is only listed."""
    before: Time
    """Runs and results whose last event is earlier may go."""
    runs: list[LeavingRun]
    kept: list[StayingRun]
    """Runs of that age that stay, and runs that cannot be read."""
    cached_results: Count
    """Results of nodes in the cache."""
    bytes: Bytes
    """Of everything together."""


def runs_document(overviews: Sequence[RunOverview], *, left_out: int = 0) -> JsonObject:
    """The document of a list of runs; ``left_out``: how many are not in it."""
    return _plain(RunsDocument(runs=[_listed(one) for one in overviews], left_out=left_out))


def explain_document(explanation: Explanation) -> JsonObject:
    """The document of an explanation."""
    record = explanation.record
    needs = [NeededNode(**_related(one).model_dump(), wanted=one.wanted) for one in explanation.needs]
    steps = [StepDocument(at=timestamp(one.at), event=one.event, text=_text(one.text)) for one in explanation.steps]
    return _plain(
        ExplainDocument(
            run=_text(explanation.run),
            workflow=_text(explanation.workflow),
            source=_text(explanation.source),
            line=record.spec.line,
            node=node_document(record, explanation.reason),
            join=explanation.join,
            condition=_text(explanation.condition),
            needs=needs,
            steps=steps,
            evidence=list(map(_text, explanation.evidence)),
            blocks=[_related(one) for one in explanation.behind],
        )
    )


def gc_document(cleaning: Cleaning, *, removed: bool) -> JsonObject:
    """The document of a cleaning; ``removed``: it has been done."""
    return _plain(
        GcDocument(
            removed=removed,
            before=timestamp(cleaning.before),
            runs=[
                LeavingRun(
                    run=_text(one.run),
                    workflow=_text(one.workflow),
                    status=one.standing,
                    last_event=timestamp(one.last_at),
                    bytes=one.size,
                )
                for one in cleaning.leaving
            ],
            kept=[StayingRun(run=_text(one.run), why=_text(one.why)) for one in cleaning.staying],
            cached_results=cleaning.cached[0],
            bytes=cleaning.size,
        )
    )


def _listed(one: RunOverview) -> ListedRun:
    return ListedRun(
        run=_text(one.run),
        workflow=_text(one.workflow),
        status=one.standing,
        pid=one.pid or None,
        started=None if one.started is None else timestamp(one.started),
        last_event=timestamp(one.last_at) if one.last_at else None,
        nodes=dict(one.nodes),
        seconds=round(one.seconds, 3),
        store=_text(str(one.store)),
        problem=_text(one.problem),
    )


def _related(other: Other) -> RelatedNode:
    return RelatedNode(id=_text(other.node), status=other.status, reason=_text(other.reason))


def _text(text: str) -> str:
    """``text`` with its escape in place of a lone surrogate, which JSON cannot carry."""
    return encodable(text, "utf-8")


def _plain(document: _Part) -> JsonObject:
    plain: JsonObject = document.model_dump(mode="json")
    return plain


SCHEMAS: Mapping[str, type[_Part]] = {"runs": RunsDocument, "explain": ExplainDocument, "gc": GcDocument}
"""Verb -> its document."""


def schema(name: str) -> JsonObject:
    """The JSON Schema (2020-12) of a verb's document.

    Raises:
        KeyError: the verb has none here.
    """
    generated = SCHEMAS[name].model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **generated}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(schema(sys.argv[1]), indent=2) + "\n")
