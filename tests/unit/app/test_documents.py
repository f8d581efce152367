"""The published schemas are those of the code, and what is printed fits them, whatever it holds."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from orchestrator.app.cleaning import plan_cleaning
from orchestrator.app.documents import SCHEMAS, explain_document, gc_document, runs_document, schema
from orchestrator.app.earlier import earlier_run
from orchestrator.app.explanation import explain
from orchestrator.app.overview import Standing, overviews
from orchestrator.domain.status import NodeStatus, RunStatus
from tests.unit.app.history import START, begun, ended, finished, node, over, started, write

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"


def published(name: str) -> Any:
    return json.loads((REFERENCE / f"{name}.schema.json").read_text(encoding="utf-8"))


def valid(document: object, name: str) -> Any:
    """The document as a reader gets it."""
    read = json.loads(json.dumps(document))
    Draft202012Validator(published(name)).validate(read)
    return read


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_published_schema_is_the_one_that_the_code_has(name: str) -> None:
    command = f"python -m orchestrator.app.documents {name} > docs/reference/{name}.schema.json"
    assert published(name) == schema(name), f"make it again: {command}"
    Draft202012Validator.check_schema(schema(name))


def test_the_module_prints_a_schema() -> None:
    argv = [sys.executable, "-m", "orchestrator.app.documents", "gc"]
    printed = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    assert printed == (REFERENCE / "gc.schema.json").read_text(encoding="utf-8")


def test_a_list_holds_every_run_with_what_is_known_of_it(tmp_path: Path) -> None:
    write(tmp_path, finished())
    (tmp_path / "runs" / "r2").mkdir()
    write(tmp_path, [], run="r3")
    read = valid(runs_document(overviews(tmp_path), left_out=4), "runs")
    good, empty, bad = read["runs"]
    assert (good["run"], good["status"], good["pid"], good["seconds"]) == ("r1", "succeeded", None, 3.0)
    assert (good["started"], good["last_event"]) == ("2027-01-15T07:59:57.000Z", "2027-01-15T08:00:00.000Z")
    assert (empty["run"], empty["status"], empty["started"], empty["last_event"]) == ("r3", "killed", None, None)
    assert (bad["run"], bad["status"], bad["nodes"]) == ("r2", Standing.UNREADABLE, {})
    assert read["left_out"] == 4


def test_an_explanation_survives_any_text(tmp_path: Path) -> None:
    wild = "\x1b[2J \udc80 \u202e\n"
    write(tmp_path, [begun(node("a", line=3)), started(0, "a"), ended(1, "a", NodeStatus.FAILED, wild), over(1)])
    read = valid(explain_document(explain(earlier_run(tmp_path, "r1"), "a")), "explain")
    assert (read["line"], read["source"], read["node"]["status"]) == (3, "w.yaml", "failed")
    assert read["node"]["reason"] == wild.replace("\udc80", "\\udc80")
    assert read["steps"][-1]["event"] == "NodeEnded"


def test_a_cleaning_is_listed_and_told_in_one_shape(tmp_path: Path) -> None:
    write(tmp_path, finished())
    write(tmp_path, finished(run="r2", status=RunStatus.INTERRUPTED), run="r2")
    planned = plan_cleaning(tmp_path, before=START + 1)
    read = valid(gc_document(planned, removed=False), "gc")
    assert (read["removed"], read["before"]) == (False, "2027-01-15T08:00:01.000Z")
    assert [one["run"] for one in read["runs"]] == ["r1"]
    assert read["kept"] == [{"run": "r2", "why": "it is interrupted"}]
    assert read["bytes"] == read["runs"][0]["bytes"] > 0


def test_a_schema_refuses_what_is_no_document() -> None:
    for name in SCHEMAS:
        assert not any(map(Draft202012Validator(published(name)).is_valid, ({}, {"more": 1}, [], None)))
