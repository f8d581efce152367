"""The published JSON Schema is the one that the code would publish, and it says what the loader says."""

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest
from pydantic import ValidationError

from orchestrator.config.settings import Settings, json_schema

SCHEMA = Path(__file__).parents[3] / "docs" / "reference" / "rung-toml.schema.json"


def test_the_published_schema_has_not_drifted() -> None:
    expected = json.dumps(json_schema(), indent=2) + "\n"
    assert SCHEMA.read_text() == expected, "run: rung config --schema > docs/reference/rung-toml.schema.json"


A_MODEL = "[[models]]\nname = 'a'\ntier = 'local'\nprovider = 'scripted'\nscript = 'a.json'"


@pytest.mark.parametrize("text", ["", "[limits]\nmax_parallel = 8\nminutes = 1.5", "terminal.color = 'never'", A_MODEL])
def test_a_good_file_passes_both(text: str) -> None:
    data = tomllib.loads(text)
    jsonschema.validate(data, json_schema())
    Settings.model_validate(data)


@pytest.mark.parametrize(
    "text",
    [
        "x = 1",
        "[limits]\nnodes = -1",
        "[limits]\nmax_parallel = '8'",
        "terminal.color = 'red'",
        "[[models]]\nname = 'a'",
        A_MODEL.replace("local", "rules"),
        f"{A_MODEL}\nprice = 1",
    ],
)
def test_a_bad_file_fails_both(text: str) -> None:
    data = tomllib.loads(text)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, json_schema())
    with pytest.raises(ValidationError):
        Settings.model_validate(data)
