"""A preview shows the waves of a plan and what each node would do."""

import json

from orchestrator.domain.ids import NodeId
from orchestrator.domain.node import NodeSpec, Wanted
from orchestrator.domain.plan import Plan
from orchestrator.frontends.cli.preview import preview_json, preview_text


def node(name: str, *needs: str, run: str = "") -> NodeSpec:
    body = {"script": run} if run else {}
    return NodeSpec(id=NodeId(name), kind="run", needs={NodeId(need): Wanted.JOIN for need in needs}, body=body)


PLAN = Plan(
    name="p",
    nodes=(
        node("last", "build", "lint"),
        node("build", run="make all"),
        node("lint", run="\nruff check\nmypy\n"),
        NodeSpec(id=NodeId("again"), kind="loop", children=(node("x"),)),
    ),
)


def test_the_text_has_a_line_for_each_node_in_the_order_of_the_waves() -> None:
    assert preview_text(PLAN).splitlines() == [
        "p: 4 nodes, nothing is run",
        "1  build  run   make all",
        "1  lint   run   ruff check ...",
        "1  again  loop  1 node inside",
        "2  last   run",
    ]
    assert preview_text(Plan(name="empty", nodes=())) == "empty: 0 nodes, nothing is run\n"


def test_the_document_has_the_waves_as_lists() -> None:
    document = json.loads(preview_json(PLAN, {"a": 1}))
    assert document["inputs"] == {"a": 1}
    assert [[node["id"] for node in wave] for wave in document["waves"]] == [["build", "lint", "again"], ["last"]]
    assert document["waves"][1][0] == {"id": "last", "kind": "run", "needs": ["build", "lint"], "if": "", "runs": ""}
