"""The published shape of a triage."""

import json
import subprocess
import sys
from pathlib import Path

from jsonschema import Draft202012Validator

from orchestrator.validation.triage.document import json_text, triage_schema
from orchestrator.validation.triage.judge import triage

SCHEMA = Path(__file__).parents[4] / "docs" / "reference" / "triage.schema.json"
VALIDATOR = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_the_published_schema_is_the_one_that_the_code_has() -> None:
    command = "python -m orchestrator.validation.triage.document > docs/reference/triage.schema.json"
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == triage_schema(), f"make it again: {command}"
    Draft202012Validator.check_schema(triage_schema())


def test_the_module_prints_the_schema() -> None:
    argv = [sys.executable, "-m", "orchestrator.validation.triage.document"]
    printed = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    assert printed == SCHEMA.read_text(encoding="utf-8")


def test_a_document_has_the_keys_of_the_contract_and_fits_the_schema() -> None:
    read = json.loads(json_text(triage(["x", "error[E0308]: mismatched types"])))
    assert list(read) == ["class", "category", "confidence", "ranges", "kept_lines"]
    assert (read["class"], read["category"], read["ranges"]) == ("compile", "code", [[1, 2]])
    VALIDATOR.validate(read)
    VALIDATOR.validate(json.loads(json_text(triage([]))))


def test_the_schema_refuses_what_is_no_document() -> None:
    read = json.loads(json_text(triage(["error: x"])))
    wrongs = (
        {**read, "class": "bad"},
        {**read, "ranges": [[1]]},
        {**read, "confidence": 2},
        {key: value for key, value in read.items() if key != "kept_lines"},
        {**read, "kept_lines": ["x"] * 61},
    )
    for wrong in wrongs:
        assert not VALIDATOR.is_valid(wrong)
