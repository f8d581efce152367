"""`rung run` with a diagnoser: a model of the user's says why an edit failed, and the next attempt is told."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Rung
from tests.acceptance.skeleton import Project

DOCTOR = """
[[models]]
name = "doctor"
tier = "local-fast"
provider = "scripted"
script = "doctor.json"

[roles]
diagnoser = "{name}"
"""
SECRET = "correct-horse-battery-staple"
ANSWER = {
    "cause": f"It subtracts with {SECRET}.",
    "files": ["calc.py", "no.py"],
    "context_needed": ["test_calc.py"],
    "confidence": 0.9,
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The first model's edit fails the tests; the doctor says why, and spills a secret of the environment."""
    made = Project.make(tmp_path)
    made.repository.commit({})
    usage = {"input": 50, "output": 5, "usd_micros": 7}
    (made.home / "doctor.json").write_text(json.dumps({"replies": [{"text": json.dumps(ANSWER), "usage": usage}]}))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(made.home.parent))
    monkeypatch.setenv("PAYMENT_API_KEY", SECRET)
    return made


def configure(project: Project, name: str) -> None:
    with (project.home / "config.toml").open("a") as file:
        file.write(DOCTOR.format(name=name))


def run(here: Rung, project: Project) -> tuple[Any, str]:
    told = here("run", "fix.yaml", "--json", cwd=project.folder)
    assert told.out, told.err
    return json.loads(told.out), told.err


@pytest.mark.parametrize("name", ["doctor", "local-fast"])
def test_the_diagnosis_is_a_note_of_the_failed_attempt_and_the_next_one_lands(
    here: Rung, project: Project, name: str
) -> None:
    configure(project, name)
    read, progress = run(here, project)
    assert read["status"] == "succeeded"
    first, second = read["nodes"][0]["attempts"]
    assert (first["verdict"], second["verdict"]) == ("failed", "passed")
    reason, note = first["findings"]
    assert first["reason"] == reason["message"] == "tests: exit code 1"
    assert (note["tool"], note["severity"]) == ("diagnosis", "note")
    guess = "a model's guess at the cause (90% sure): It subtracts with [redacted]."
    assert note["message"] == f"{guess} (may need a change: calc.py)"
    assert (read["totals"]["calls"], read["totals"]["usd_micros"]) == (3, 12 + 900 + 7)
    assert "mend is diagnosed by doctor" in progress
    story = here("explain", "mend", cwd=project.folder).out
    assert "doctor was asked why the checks fail" in story
    assert "doctor answered with a diagnosis" in story


def test_the_secret_of_an_answer_is_not_journaled(here: Rung, project: Project) -> None:
    configure(project, "doctor")
    run(here, project)
    kept = [path for path in project.folder.parent.rglob("*") if path.is_file() and "journal" in str(path)]
    assert kept
    assert not any(SECRET.encode() in path.read_bytes() for path in kept)


def test_a_diagnoser_that_does_not_exist_is_told_before_anything_is_done(here: Rung, project: Project) -> None:
    configure(project, "docter")
    told = here("run", "fix.yaml", "--quiet", cwd=project.folder)
    assert (told.code, told.out) == (2, "")
    assert "roles.diagnoser: there is no model 'docter', and none on a tier of that name" in told.err


def test_a_repository_names_no_diagnoser(here: Rung, project: Project) -> None:
    project.repository.write({"rung.toml": '[roles]\ndiagnoser = "small"\n'})
    read, told = run(here, project)
    assert "rung.toml:2: roles.diagnoser: ignored" in told
    assert read["totals"]["calls"] == 2
