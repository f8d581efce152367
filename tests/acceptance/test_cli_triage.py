"""`rung triage` on real files and pipes."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.acceptance.conftest import command

SCHEMA = Path(__file__).parents[2] / "docs" / "reference" / "triage.schema.json"
NOISE = [f"step {number} went well" for number in range(100)]
ERROR = "app.c:3:12: error: expected expression"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "build.log"
    path.write_text("\n".join([*NOISE, "cc -c app.c", ERROR, "make: *** [Makefile:5: app.o] Error 1", *NOISE]) + "\n")
    return path


def test_a_log_is_classified_and_its_lines_are_shown_with_their_numbers(rung: Callable[..., Any], log: Path) -> None:
    told = rung("triage", str(log))
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("compile (code), confidence 0.")
    assert f"    102 | {ERROR}\n" in told.out


def test_json_is_the_document_of_the_contract(rung: Callable[..., Any], log: Path) -> None:
    told = rung("triage", str(log), "--json")
    read = json.loads(told.out)
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(read)
    assert (told.code, read["class"], read["category"]) == (0, "compile", "code")
    lines = log.read_text().split("\n")
    numbers = [number for first, last in read["ranges"] for number in range(first, last + 1)]
    assert [lines[number - 1] for number in numbers] == read["kept_lines"]
    assert ERROR in read["kept_lines"]
    assert len(read["kept_lines"]) <= 60


def test_a_log_may_come_from_a_pipe_in_any_bytes() -> None:
    data = b"\xff\x00\x1b[31m" + ERROR.encode() + b"\x1b[0m\r\n"
    done = subprocess.run(command("triage", "-", "--json"), input=data, capture_output=True, check=True, timeout=60)
    read = json.loads(done.stdout)
    assert (read["class"], read["kept_lines"]) == ("compile", [f"\ufffd{ERROR}"])


def test_an_empty_log_is_unknown(rung: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "empty.log").touch()
    told = rung("triage", "empty.log")
    assert (told.code, told.out) == (0, "unknown (code), confidence 0.00\n")


def test_lines_of_a_green_run_are_subtracted(rung: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "green.log").write_text("Exception in thread main Late: pool 3\n")
    (tmp_path / "red.log").write_text("Exception in thread main Late: pool 4\nwould reformat app.py\n")
    read = json.loads(rung("triage", "--green", "green.log", "red.log", "--json").out)
    assert read["class"] == "format"
    assert json.loads(rung("triage", "--green", "red.log", "red.log", "--json").out)["confidence"] == 0


@pytest.mark.parametrize("name", ["gone.log", "."])
def test_a_log_that_cannot_be_read_is_one_clear_line(rung: Callable[..., Any], name: str) -> None:
    told = rung("triage", name)
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith(f"rung: {name}: it cannot be read: ")
    assert told.err.count("\n") == 1


def test_nothing_in_a_log_steers_the_terminal(rung: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "evil.log").write_text("error: \x1b]0;owned\x07\x1b[2Jx\u202eevil\n")
    told = rung("triage", "evil.log")
    assert not {"\x1b", "\x07", "\u202e"} & set(told.out)
