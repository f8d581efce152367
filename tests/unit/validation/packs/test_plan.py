"""A project and its pack become commands."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from orchestrator.domain.verdict import Evidence
from orchestrator.validation.packs import (
    FoundTool,
    Overrides,
    Site,
    StageCommand,
    StageName,
    StageOverride,
    detect,
    in_turn,
    narrowed,
    plan_configured,
    plan_stages,
    setup_key,
    wanted_tools,
)
from tests.unit.validation.packs.projects import CASES, SHIPPED

TABLE: list[dict[str, Any]] = YAML(typ="safe", pure=True).load((CASES / "planning.yaml").read_text(encoding="utf-8"))


def planned(
    files: dict[str, str], pack: str, *, overrides: Overrides | None = None, only: list[str] | None = None
) -> tuple[StageCommand, ...]:
    project = next(one for one in detect(files, files.get, packs=SHIPPED) if one.pack == pack)
    names = wanted_tools(project, SHIPPED, read=files.get, overrides=overrides or {})
    tools = {name: FoundTool(name=name, program=name, version="1.0", toolchain=name) for name in names}
    site = Site(root="/repo", scratch="/scratch", build="/build", tools=tools, read=files.get)
    return plan_stages(project, SHIPPED, site=site, overrides=overrides or {}, files=only)


@pytest.mark.parametrize("case", TABLE, ids=[case["name"] for case in TABLE])
def test_the_commands_are_those_of_the_project(case: dict[str, Any]) -> None:
    plan = planned(case["files"], case["pack"])
    told = [[command.stage.value, " ".join(command.argv)] for command in plan]
    plain = [[stage, text.replace("/scratch/", "").replace("/build/", "")] for stage, text in told]
    assert [stage for stage, _ in plain] == [stage for stage, _ in case["plan"]], plain
    assert [text for (_, text), (_, begin) in zip(plain, case["plan"], strict=True) if not text.startswith(begin)] == []


PYTEST = {"pyproject.toml": "[project]\ndependencies = ['x']\n", "a.py": "", "test_a.py": "def test():\n    pass\n"}


def test_set_up_alone_has_network_and_names_what_it_depends_on() -> None:
    setup, syntax, test = planned(PYTEST, "python")
    assert [command.has_network for command in (setup, syntax, test)] == [True, False, False]
    assert [command.needs_setup for command in (setup, syntax, test)] == [False, False, True]
    assert setup.locks == ("pyproject.toml",)
    texts = {"pyproject.toml": b"1"}
    key = setup_key(setup, texts.__getitem__)
    assert len(key) == len(hashlib.sha256().hexdigest())
    assert key == setup_key(setup, texts.__getitem__)
    assert key != setup_key(setup, {"pyproject.toml": b"2"}.__getitem__)
    assert key != setup_key(replace(setup, versions={"python": "3.9"}), texts.__getitem__)


def test_a_project_in_a_folder_is_run_there_and_named_from_the_root() -> None:
    files = {f"x/{name}": text for name, text in PYTEST.items()}
    setup, syntax, test = planned(files, "python")
    assert {command.cwd for command in (setup, syntax, test)} == {"x"}
    assert syntax.argv[-2:] == ("a.py", "test_a.py")
    assert setup.locks == ("x/pyproject.toml",)
    assert "--rootdir=/repo/x" in test.argv
    assert test.writes["/scratch/pytest.ini"] == "[pytest]\npythonpath = /repo/x\n"


def test_the_test_command_says_how_it_is_read() -> None:
    test = planned(PYTEST, "python")[-1]
    assert (test.parser, test.evidence, test.reports) == ("junit", Evidence.IDS, ("/scratch/test-3.report",))
    assert (test.tool, test.toolchains, dict(test.versions)) == (
        "pytest",
        ("python", "pytest"),
        {"python": "1.0", "pytest": "1.0"},
    )
    assert f"--junitxml={test.reports[0]}" in test.argv


def test_a_test_command_can_be_narrowed_to_tests() -> None:
    test = planned(PYTEST, "python")[-1]
    assert narrowed(test, "test_a.py").argv == (*test.argv, "test_a.py")
    assert narrowed(test) is test
    go = planned({"go.mod": "", "x.go": ""}, "go")[-1]
    assert narrowed(go, "./a", "./b").argv == ("go", "test", "-json", "-count=1", "./a", "./b")
    ctest = planned({"CMakeLists.txt": "add_test(x)", "x.c": ""}, "c")[-1]
    assert narrowed(ctest, "a", "b").argv[-2:] == ("-R", "^(a|b)$")
    build = planned({"go.mod": "", "x.go": ""}, "go")[-2]
    assert narrowed(build, "x") is build


def test_a_command_is_told_which_turn_it_is_where_its_pack_makes_use_of_that() -> None:
    test = planned(PYTEST, "python")[-1]
    assert (test.env["RUNG_TURN"], dict(test.turned)) == ("0", {"RUNG_TURN": "{turn}"})
    assert in_turn(test, 2).env == {**test.env, "RUNG_TURN": "2"}
    syntax = planned(PYTEST, "python")[1]
    assert in_turn(syntax, 2) is syntax


def test_only_the_files_that_are_asked_for_are_looked_at() -> None:
    syntax = [command for command in planned(PYTEST, "python", only=["a.py"]) if command.stage is StageName.SYNTAX]
    assert [command.argv[-1] for command in syntax] == ["a.py"]
    assert [command.stage.value for command in planned(PYTEST, "python", only=[])] == ["setup", "test"]


def test_many_files_become_several_commands_and_each_file_once() -> None:
    names = [f"{'d' * 60}/{index:04}.py" for index in range(3000)]
    commands = planned(dict.fromkeys(names, ""), "python")
    assert len(commands) > 1
    assert [name for command in commands for name in command.argv if name.startswith("ddd")] == names
    assert max(sum(map(len, command.argv)) for command in commands) < 120_000


def test_names_with_spaces_quotes_and_dashes_stay_whole() -> None:
    command = planned({'a b/"X.java': "", "Y.java": ""}, "java")[0]
    assert command.writes["/scratch/build-1.files"] == '"Y.java"\n"a b/\\"X.java"\n'


def test_the_configuration_overrides_what_a_pack_says() -> None:
    over = {
        StageName.TEST: StageOverride(timeout=7, findings=frozenset({0, 3}), min_score=0.5, ignore=frozenset({"X"})),
        StageName.SYNTAX: StageOverride(enabled=False),
    }
    _, test = planned(PYTEST, "python", overrides=over)
    assert (test.timeout, test.min_score, test.ignore) == (7, 0.5, frozenset({"X"}))
    assert (test.ok, test.findings) == (frozenset(), frozenset({0, 3}))
    assert (test.parser, test.empty) == ("junit", frozenset({5}))


def test_a_command_of_the_configuration_replaces_every_packs_and_runs_once_at_the_root() -> None:
    over: Overrides = {
        StageName.TEST: StageOverride(run="node check.js", parser="tap"),
        StageName.LINT: StageOverride(run=("make", "lint"), ok=frozenset({0, 1})),
        StageName.BUILD: StageOverride(enabled=False, run="make"),
    }
    assert [command.stage.value for command in planned(PYTEST, "python", overrides=over)] == ["setup", "syntax"]
    lint, test = plan_configured(over, scratch="/scratch")
    assert (lint.argv, lint.cwd, lint.status(1).value, lint.status(2).value) == (
        ("make", "lint"),
        "",
        "passed",
        "failed",
    )
    assert test.argv[-1] == "/scratch/test.sh"
    assert test.writes == {"/scratch/test.sh": "node check.js\n"}
    assert (test.parser, test.status(0).value, test.status(9).value) == ("tap", "passed", "failed")
    assert test.status(127).value == "tool_error"


def test_a_missing_tool_is_said_and_never_changes_the_plan() -> None:
    files = {"x.sh": ""}
    [project] = detect(files, files.get, packs=SHIPPED)
    missing = FoundTool(name="shellcheck", program="shellcheck", missing="shellcheck is not installed")
    site = Site(root="/r", scratch="/s", build="/b", tools={"shellcheck": missing}, read=files.get)
    syntax, lint = plan_stages(project, SHIPPED, site=site)
    assert (syntax.missing, lint.missing, lint.is_optional) == ("", "shellcheck is not installed", True)


def test_tools_are_wanted_only_for_what_is_planned() -> None:
    [project] = detect(PYTEST, PYTEST.get, packs=SHIPPED)
    assert wanted_tools(project, SHIPPED, read=PYTEST.get) == ("python", "pytest")
    off = {StageName.TEST: StageOverride(enabled=False), StageName.SETUP: StageOverride(enabled=False)}
    assert wanted_tools(project, SHIPPED, read=PYTEST.get, overrides=off) == ("python",)


def test_every_pack_is_planned_by_some_case() -> None:
    assert {case["pack"] for case in TABLE} == set(SHIPPED.packs)


@pytest.mark.parametrize("name", SHIPPED.packs)
def test_every_pack_has_a_rubric_and_protects_tests(name: str) -> None:
    assert SHIPPED.rubric(name).startswith("# ")
    assert SHIPPED.packs[name].protected.tests
    assert Path(SHIPPED.files[name]).stem == name
