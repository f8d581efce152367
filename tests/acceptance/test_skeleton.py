"""From a prompt to a branch: two models, the project's own test, one escalation, and nothing of the user's touched."""

import json
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.acceptance.conftest import Told
from tests.acceptance.skeleton import BROKEN, FILES, MENDED, USD_MICROS, Project

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "reference" / "run.schema.json").read_text())
Rung = Callable[..., Told]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.make(tmp_path)


def document(told: Told) -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads(told.out)
    Draft202012Validator(SCHEMA).validate(read)
    return read


def test_an_edit_is_rejected_climbs_and_comes_as_a_branch(rung: Rung, project: Project) -> None:
    before, base = project.belongings(), project.repository.head
    told = rung("run", "fix.yaml", "--json", "--quiet", cwd=project.folder, env=project.environment)
    assert (told.code, told.err) == (0, "")
    read = document(told)
    result, repository = read["result"], project.repository
    assert result["branch"] == f"rung/{read['run']}"
    assert repository.git("rev-parse", result["branch"]) == result["commit"]
    assert repository.git("rev-parse", f"{result['branch']}^") == base
    assert repository.git("diff", "--name-only", f"HEAD...{result['branch']}") == "calc.py"
    assert repository.blob(result["branch"], "calc.py") == MENDED.encode()
    assert project.belongings() == before
    assert project.refs() == {
        "refs/heads/main": base,
        f"refs/heads/{result['branch']}": result["commit"],
        f"refs/rung/{read['run']}/base": base,
    }


def test_the_document_tells_every_attempt_and_what_it_cost(rung: Rung, project: Project) -> None:
    read = document(rung("run", "fix.yaml", "--json", cwd=project.folder, env=project.environment))
    assert (read["status"], read["exit_code"]) == ("succeeded", 0)
    [node] = read["nodes"]
    keys = ("n", "model", "status", "verdict", "evidence", "kind", "reason")
    assert [tuple(attempt[key] for key in keys) for attempt in node["attempts"]] == [
        (1, "small", "rejected", "failed", "exit_code", "validation", "tests: exit code 1"),
        (2, "large", "accepted", "passed", "exit_code", None, ""),
    ]
    assert [finding["message"] for finding in node["attempts"][0]["findings"]] == ["tests: exit code 1"]
    assert [attempt["usage"]["usd_micros"] for attempt in node["attempts"]] == list(USD_MICROS.values())
    assert (read["totals"]["calls"], read["totals"]["usd_micros"]) == (2, sum(USD_MICROS.values()))
    assert project.billed() == {"small": 1, "large": 1}


def test_the_summary_ends_with_where_the_result_is_and_how_to_look_at_it(rung: Rung, project: Project) -> None:
    told = rung("run", "fix.yaml", cwd=project.folder, env=project.environment)
    assert told.code == 0
    *_, result, look = told.out.splitlines()
    branch = look.removeprefix("  Look at it: git diff HEAD...")
    assert re.fullmatch(rf"Result: branch {re.escape(branch)} at [0-9a-f]{{12}}", result)
    shown = project.repository.git(*look.partition(": git ")[2].split())
    assert "-    return a - b\n+    return a + b" in shown
    assert "  mend attempt 1, small: rejected: tests: exit code 1\n  mend attempt 2, large: accepted\n" in told.out


def test_edits_that_no_check_accepts_land_nowhere(rung: Rung, tmp_path: Path) -> None:
    project = Project.make(tmp_path, check="grep nowhere calc.py")
    before, refs = project.belongings(), project.refs()
    told = rung("run", "fix.yaml", "--json", cwd=project.folder, env=project.environment)
    read = document(told)
    assert (told.code, read["status"], read["result"]) == (1, "failed", None)
    assert [attempt["model"] for attempt in read["nodes"][0]["attempts"]] == ["small", "large", "large"]
    assert project.belongings() == before
    assert {name for name in project.refs() if name not in refs} == {f"refs/rung/{read['run']}/base"}
    kept = project.repository.git_dir / "rung" / "runs" / read["run"] / "repository" / "git"
    candidates = project.repository.git(
        f"--git-dir={kept}", "for-each-ref", "--format=x", f"refs/rung/{read['run']}/candidates/"
    )
    assert candidates.split() == ["x"] * 3


def test_without_a_model_the_run_is_blocked_and_can_go_on_when_there_is_one(rung: Rung, tmp_path: Path) -> None:
    project = Project.make(tmp_path, models=())
    told = rung("run", "fix.yaml", "--json", cwd=project.folder, env=project.environment)
    read = document(told)
    assert (told.code, read["status"], read["nodes"][0]["status"], read["result"]) == (5, "blocked", "blocked", None)
    assert read["nodes"][0]["reason"].startswith("no-model: ")
    assert project.billed() == {"small": 0, "large": 0}
    project.configure(["small", "large"])
    answered = rung("answer", read["run"], "mend", "there is one now", cwd=project.folder, env=project.environment)
    assert answered.code == 0, answered.err
    told = rung("resume", read["run"], "--json", cwd=project.folder, env=project.environment)
    assert (told.code, document(told)["status"]) == (0, "succeeded")


def test_what_another_node_left_undone_does_not_take_back_what_has_landed(rung: Rung, project: Project) -> None:
    more = "  broken:\n    needs: mend\n    run: grep 'a + b' calc.py && exit 3\n"
    project.repository.write({"fix.yaml": (project.folder / "fix.yaml").read_text() + more})
    told = rung("run", "fix.yaml", "--json", cwd=project.folder, env=project.environment)
    read = document(told)
    assert (told.code, read["status"]) == (3, "partial")
    assert read["nodes"][1]["reason"] == "exit code 3", "it saw what had landed"
    assert project.repository.blob(read["result"]["branch"], "calc.py") == MENDED.encode()
    assert (project.folder / "calc.py").read_text() == BROKEN


def test_what_commands_write_beside_an_edit_is_thrown_away(rung: Rung, project: Project) -> None:
    more = "  scribble: { needs: mend, run: echo x > calc.py; touch new.txt }\n"
    project.repository.write({"fix.yaml": (project.folder / "fix.yaml").read_text() + more})
    before = project.belongings()
    read = document(rung("run", "fix.yaml", "--json", cwd=project.folder, env=project.environment))
    assert read["status"] == "succeeded"
    assert project.belongings() == before
    assert project.repository.git("diff", "--name-only", f"HEAD...{read['result']['branch']}") == "calc.py"


def test_a_run_that_was_blocked_after_landing_publishes_the_rest_when_it_goes_on(rung: Rung, project: Project) -> None:
    gate = "  ask: { kind: gate, needs: mend, prompt: More? }\n"
    again = """\
  more:
    needs: ask
    prompt: Change something else.
    files: [notes.txt]
    tier: local
    validate: [{ run: test -s notes.txt }]
"""
    project.repository.write({"fix.yaml": (project.folder / "fix.yaml").read_text() + gate + again})
    told = rung("run", "fix.yaml", "--json", cwd=project.folder, env=project.environment)
    first = document(told)
    assert (told.code, first["status"]) == (5, "blocked")
    assert project.repository.blob(first["result"]["branch"], "calc.py") == MENDED.encode()
    block = "notes.txt\n<<<<<<< SEARCH\none\n=======\ntwo\n>>>>>>> REPLACE\n"
    (project.home / "small.json").write_text(json.dumps({"replies": [{"text": block}]}))
    run = first["run"]
    assert rung("answer", run, "ask", "approve", cwd=project.folder, env=project.environment).code == 0
    told = rung("resume", run, "--json", cwd=project.folder, env=project.environment)
    second = document(told)
    assert (told.code, second["status"], second["run"]) == (0, "succeeded", run)
    assert project.repository.git("rev-parse", f"{second['result']['branch']}^") == first["result"]["commit"]
    assert project.repository.blob(second["result"]["branch"], "notes.txt") == b"two\n"


@pytest.mark.parametrize("content", ["{", '{"replies": ["one"]}'])
def test_a_script_that_is_none_is_one_clear_reason(rung: Rung, project: Project, content: str) -> None:
    (project.home / "small.json").write_text(content)
    told = rung("run", "fix.yaml", "--json", "--quiet", cwd=project.folder, env=project.environment)
    assert (told.code, told.err) == (1, "")
    assert "small.json holds no replies" in document(told)["nodes"][0]["reason"]


@pytest.mark.parametrize("git", [[], ["init", "--quiet"]], ids=["no repository", "no commit"])
def test_where_there_is_no_commit_nobody_is_asked(rung: Rung, tmp_path: Path, project: Project, git: list[str]) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    if git:
        subprocess.run(["git", *git], cwd=plain, check=True)
    for name, text in FILES.items():
        (plain / name).write_text(text)
    (plain / "fix.yaml").write_text((project.folder / "fix.yaml").read_text())
    told = rung("run", "fix.yaml", "--quiet", cwd=plain, env=project.environment)
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith(f"rung: {plain} has no commit that ")
    assert told.err.endswith("git init, git add and git commit first)\n")
    assert told.err.count("\n") == 1
    assert project.billed() == {"small": 0, "large": 0}
