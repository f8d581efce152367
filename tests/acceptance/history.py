"""Runs to go on with, and what is looked at afterwards."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from tests.acceptance.conftest import Told

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"

BUILD = """\
version: 1
name: build
nodes:
  configure: { run: echo ran >> configure.txt }
  compile:
    needs: configure
    run: "[ -e parser.c ] || { echo 'parser.c: no such file' >&2; exit 2; }"
    retry: { max-attempts: 2, backoff: { base: 0.01 } }
  pack: { run: touch packed, needs: compile }
  lint: { run: "true" }
"""
ONE = "version: 1\nname: one\nnodes: { only: { run: 'true' } }\n"


def checked(told: Told, name: str) -> Any:
    """The document that was printed, after a look into its published schema."""
    document = json.loads(told.out)
    schema = json.loads((REFERENCE / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(document)
    return document


def only(state: Path) -> str:
    """The id of the only run there is."""
    [store] = (state / "runs").iterdir()
    return store.name


def journal(state: Path) -> Path:
    return state / "runs" / only(state) / "journal.db"


def one_line(told: Told) -> str:
    """What was told on standard error, which is a single line of ours."""
    assert told.out == ""
    assert told.err.startswith("rung: ")
    assert told.err.count("\n") == 1, told.err
    return told.err.removeprefix("rung: ").rstrip("\n")
