import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from orchestrator.domain.events import Event, RunResumed
from orchestrator.domain.status import EXIT_CODES, RunStatus
from orchestrator.report import RunDocument, RunState, document, json_text, run_schema
from tests.unit.report.script import begun, fold, node, run_ended, started, succeeded

SCHEMA = Path(__file__).parents[3] / "docs" / "reference" / "run.schema.json"
VALIDATOR = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def told(events: list[Event]) -> dict[str, Any]:
    """The document as a reader of the file gets it, after checking it against the published schema."""
    state = fold(events)
    read: dict[str, Any] = json.loads(json_text(state))
    VALIDATOR.validate(read)
    assert read == document(state)
    return read


def test_the_published_schema_is_the_one_that_the_code_has() -> None:
    command = "python -m orchestrator.report.jsondocument > docs/reference/run.schema.json"
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == run_schema(), f"make it again: {command}"
    Draft202012Validator.check_schema(run_schema())


def test_the_module_prints_the_schema() -> None:
    argv = [sys.executable, "-m", "orchestrator.report.jsondocument"]
    printed = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    assert printed == SCHEMA.read_text(encoding="utf-8")


def test_the_schema_refuses_what_is_no_document(failing: list[Event]) -> None:
    read = told(failing)
    for wrong in ({**read, "status": "fine"}, {**read, "more": 1}, {"run": "x"}, {**read, "started": "today"}):
        assert not VALIDATOR.is_valid(wrong)


def test_the_keys_of_the_contract_stay() -> None:
    assert set(RunDocument.model_fields) >= {"run", "status", "exit_code", "nodes", "totals", "sandbox"}


def test_a_failed_run_is_told_in_full(failing: list[Event]) -> None:
    read = told(failing)
    assert [read[key] for key in ("run", "workflow", "status", "exit_code")] == ["run-7f3a", "build-all", "failed", 1]
    assert (read["started"], read["ended"]) == ("2027-01-15T08:00:00.000Z", "2027-01-15T08:00:26.000Z")
    assert (read["sandbox"]["isolation"], read["sandbox"]["why"], read["sandbox"]["launcher"]) == (
        "bubblewrap",
        "",
        None,
    )
    nodes = {one["id"]: one for one in read["nodes"]}
    assert nodes["compile[src-parser.c]"] == {
        "id": "compile[src-parser.c]",
        "parent": "compile",
        "kind": "run",
        "status": "failed",
        "reason": "exit 2",
        "started": "2027-01-15T08:00:11.000Z",
        "ended": "2027-01-15T08:00:16.200Z",
        "attempts": [
            {
                "n": 1,
                "status": "rejected",
                "kind": "validation",
                "reason": "exit 2",
                "started": "2027-01-15T08:00:11.000Z",
                "seconds": 5.2,
                "model": None,
                "tier": None,
                "repairs": [],
                "held": [],
                "tried": None,
                "verdict": None,
                "evidence": None,
                "findings": [],
                "usage": None,
            }
        ],
    }
    assert nodes["deploy"]["attempts"] == []
    assert nodes["deploy"]["started"] is None


def test_a_run_that_edits_is_told_attempt_by_attempt(editing: list[Event]) -> None:
    read = told(editing)
    assert read["result"] == {
        "branch": "rung/run-7f3a",
        "commit": "b" * 40,
        "patch_file": None,
        "applied": False,
    }
    [first, second] = read["nodes"][0]["attempts"]
    assert [first[key] for key in ("model", "status", "verdict", "evidence")] == [
        *("small", "rejected", "failed", "exit_code")
    ]
    assert [second[key] for key in ("model", "status", "verdict", "findings")] == ["large", "accepted", "passed", []]
    assert first["findings"] == [
        {
            "tool": "tests",
            "code": "",
            "severity": "error",
            "file": "",
            "line": 0,
            "column": 0,
            "message": "tests: exit code 1",
            "test": "",
            "fingerprint": "",
        }
    ]
    nothing = {"cache_read": 0, "cache_write": 0, "reasoning": 0}
    assert second["usage"] == {"input": 200, "output": 10, "usd_micros": 3_000, **nothing}
    totals = read["totals"]
    assert (totals["calls"], totals["usd_micros"], totals["attempts"]) == (2, 4_500, 2)
    assert totals["first_attempt_rate"] == 0.0


def test_a_call_without_a_reply_counts_and_costs_nothing_that_is_known(editing: list[Event]) -> None:
    read = told(editing[:4])
    assert (read["totals"]["calls"], read["totals"]["usd_micros"], read["result"]) == (1, 0, None)
    assert (read["nodes"][0]["attempts"][0]["model"], read["nodes"][0]["attempts"][0]["usage"]) == ("small", None)


def test_an_attempt_that_another_engine_goes_on_with_stays_one_attempt(editing: list[Event]) -> None:
    resumed = [*editing[:5], RunResumed(editing[4].at + 60), started(61.0, "mend"), *editing[5:]]
    [first, second] = told(resumed)["nodes"][0]["attempts"]
    assert (first["n"], first["model"], first["verdict"], second["n"]) == (1, "small", "failed", 2)
    assert told(resumed)["totals"]["calls"] == 2


def test_the_totals_add_up(failing: list[Event]) -> None:
    totals = told(failing)["totals"]
    assert (totals["nodes"]["succeeded"], totals["nodes"]["failed"], totals["nodes"]["skipped"]) == (7, 4, 5)
    assert sum(totals["nodes"].values()) == 16
    assert (totals["attempts"], totals["first_attempt_rate"]) == (13, round(5 / 7, 4))
    assert (totals["seconds"], totals["node_seconds"]) == (26.0, 61.4)
    assert (totals["calls"], totals["usd_micros"]) == (0, 0)


def test_nodes_that_never_ended_have_a_reason(blocking: list[Event], opening: list[Event]) -> None:
    for events in (blocking, opening):
        nodes = told(events)["nodes"]
        assert [one["id"] for one in nodes if one["status"] != "succeeded" and not one["reason"]] == []


@pytest.mark.parametrize("status", RunStatus)
def test_the_exit_code_follows_from_the_status(status: RunStatus) -> None:
    read = told([begun(node("a")), started(0, "a"), succeeded(1, "a"), run_ended(1, status)])
    assert (read["status"], read["exit_code"]) == (status, EXIT_CODES[status])


def test_a_run_without_an_end_has_neither_status_nor_exit_code(opening: list[Event]) -> None:
    read = told(opening)
    assert (read["status"], read["exit_code"], read["ended"]) == (None, None, None)
    assert read["nodes"][2]["attempts"][0]["status"] == "leased"


def test_an_empty_plan_is_a_complete_document() -> None:
    read = told([begun(), run_ended(0, RunStatus.SUCCEEDED)])
    assert (read["nodes"], read["totals"]["first_attempt_rate"], read["exit_code"]) == ([], None, 0)


def test_a_run_that_has_not_begun_is_a_complete_document() -> None:
    VALIDATOR.validate(document(RunState()))


def test_hostile_text_arrives_as_data_and_never_raw(hostile: list[Event]) -> None:
    read = told(hostile)
    text = json_text(fold(hostile))
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    reason = next(one["reason"] for one in read["nodes"] if one["status"] == "failed")
    assert reason == read["workflow"]
