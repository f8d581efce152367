"""`rung run` with a reviewer: a model of the user's looks at what the checks have passed, and can hold it back."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Rung, Told
from tests.acceptance.skeleton import Project

CRITIC = """
[[models]]
name = "critic"
tier = "local-fast"
provider = "scripted"
script = "critic.json"

[validate.review]
enabled = true
"""
ROLE = '\n[roles]\nreviewer = "{name}"\n'
FINDING = {"file": "calc.py", "line": 2, "severity": "error", "message": "It forgets overflow."}
HOLD = {"decision": "hold", "confidence": 0.95, "findings": [FINDING]}
APPROVE = {"decision": "approve", "confidence": 0.9, "findings": []}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Both models' edits pass the check; the critic holds the first one back."""
    made = Project.make(tmp_path, check="grep -q return calc.py")
    made.repository.commit({})
    usage = {"input": 50, "output": 5, "usd_micros": 7}
    replies = [{"text": json.dumps(answer), "usage": usage} for answer in (HOLD, APPROVE)]
    (made.home / "critic.json").write_text(json.dumps({"replies": replies}))
    return made


def configure(project: Project, text: str) -> None:
    with (project.home / "config.toml").open("a") as file:
        file.write(text)


@pytest.fixture
def ask(here: Rung, project: Project, monkeypatch: pytest.MonkeyPatch) -> Rung:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(project.home.parent))

    def call(*arguments: str) -> Told:
        return here(*arguments, cwd=project.folder)

    return call


def document(told: Told) -> Any:
    assert told.out, told.err
    return json.loads(told.out)


@pytest.mark.parametrize("name", ["critic", "local-fast"])
def test_what_the_reviewer_holds_back_goes_to_the_next_model_with_its_findings(
    ask: Rung, project: Project, name: str
) -> None:
    configure(project, CRITIC + ROLE.format(name=name))
    read = document(ask("run", "fix.yaml", "--json", "--quiet"))
    assert read["status"] == "succeeded"
    [node] = read["nodes"]
    first, second = node["attempts"]
    assert (first["verdict"], first["reason"], second["verdict"]) == ("failed", "It forgets overflow.", "passed")
    assert (read["totals"]["calls"], read["totals"]["usd_micros"]) == (4, 12 + 900 + 7 + 7)
    assert project.billed() == {"small": 1, "large": 1}
    branch = next(name for name in project.refs() if name.startswith("refs/heads/rung/"))
    assert "a + b" in project.repository.git("show", f"{branch}:calc.py")
    story = ask("explain", "mend").out
    assert "critic was asked for a review" in story
    assert "critic reviewed its edit" in story


def test_a_repository_names_no_reviewer(ask: Rung, project: Project) -> None:
    project.repository.write({"rung.toml": ROLE.format(name="critic")})
    configure(project, CRITIC)
    told = ask("run", "fix.yaml", "--json")
    assert "rung.toml:3: roles.reviewer: ignored" in told.err
    assert document(told)["totals"]["calls"] == 1, "nobody has the role, so nobody is asked"
    assert ask("trust").code == 0
    assert "roles.reviewer: ignored" in ask("run", "fix.yaml", "--json").err


def test_a_review_that_is_required_and_cannot_be_had_lets_nothing_land(ask: Rung, project: Project) -> None:
    configure(project, CRITIC + "required = true\n")
    read = document(ask("run", "fix.yaml", "--json", "--quiet"))
    assert (read["status"], read["result"]) == ("failed", None)
    assert "a review is required and there is none: no model has the role" in read["nodes"][0]["reason"]


def test_a_reviewer_that_does_not_exist_is_told_before_anything_is_done(ask: Rung, project: Project) -> None:
    configure(project, CRITIC + ROLE.format(name="critik"))
    told = ask("run", "fix.yaml", "--quiet")
    assert (told.code, told.out) == (2, "")
    assert "roles.reviewer: there is no model 'critik', and none on a tier of that name" in told.err
    assert project.billed() == {"small": 0, "large": 0}
    assert ask("runs").out.count("fix") == 0
