"""Layers lie in their order, every value tells its place, and a repository never widens."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.config import Layer, Origin, load_settings
from orchestrator.errors import ConfigError


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project" / ".git").mkdir(parents=True)
    return tmp_path / "project"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path / "home")}


@pytest.fixture
def user_file(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "home" / ".config" / "rung" / "config.toml"
        path.parent.mkdir(parents=True)
        path.write_text(text)
        return path

    return write


def problems(cwd: Path, environ: dict[str, str], *overrides: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_settings(cwd, environ, overrides=overrides)
    assert caught.value.exit_code == 2
    return str(caught.value).splitlines()


def test_without_any_file_the_defaults_hold_and_say_so(project: Path) -> None:
    loaded = load_settings(project, {})
    assert loaded.settings.model_dump(exclude={"validation"}) == {
        "limits": {"max_parallel": 4, "minutes": 0.0, "nodes": 10_000},
        "sandbox": {"mode": "auto", "network": "none", "memory_mb": 4096, "processes": 512, "seconds": 3600},
        "terminal": {"color": "auto"},
        "models": [],
        "roles": {"reviewer": None, "diagnoser": None},
    }
    assert {origin for _, _, origin in loaded.values()} == {Origin(Layer.DEFAULT)}
    assert [key for key, _, _ in loaded.values()] == [
        "limits.max_parallel",
        "limits.minutes",
        "limits.nodes",
        *(f"sandbox.{key}" for key in ("mode", "network", "memory_mb", "processes", "seconds")),
        "terminal.color",
        "models",
        *(f"validate.{stage}.enabled" for stage in ("setup", "syntax", "format", "lint", "build", "test", "review")),
        "validate.review.required",
    ]
    assert loaded.notices == ()


def test_each_layer_wins_over_the_one_before(
    project: Path, environ: dict[str, str], user_file: Callable[[str], Path]
) -> None:
    user = user_file("[limits]\nmax_parallel = 20\nminutes = 90\n")
    expected = [(20, Origin(Layer.USER, str(user), 2))]
    load = load_settings(project, environ)
    seen = [(load.settings.limits.max_parallel, load.origin("limits.max_parallel"))]
    (project / "rung.toml").write_text("# ours\n[limits]\n\nmax_parallel = 10\n")
    expected.append((10, Origin(Layer.REPOSITORY, "rung.toml", 4)))
    load = load_settings(project, environ)
    seen.append((load.settings.limits.max_parallel, load.origin("limits.max_parallel")))
    environ["RUNG_LIMITS__MAX_PARALLEL"] = "30"
    expected.append((30, Origin(Layer.ENVIRONMENT, "RUNG_LIMITS__MAX_PARALLEL")))
    load = load_settings(project, environ)
    seen.append((load.settings.limits.max_parallel, load.origin("limits.max_parallel")))
    load = load_settings(project, environ, overrides=["limits.max_parallel=3", "limits.max_parallel = 40"])
    expected.append((40, Origin(Layer.COMMAND_LINE, "--set limits.max_parallel = 40")))
    seen.append((load.settings.limits.max_parallel, load.origin("limits.max_parallel")))
    assert seen == expected
    assert load.settings.limits.minutes == 90
    assert load.origin("limits.minutes") == Origin(Layer.USER, str(user), 3)


def test_the_project_is_found_from_below_but_nothing_above_it(project: Path, tmp_path: Path) -> None:
    (tmp_path / "rung.toml").write_text("[limits]\nmax_parallel = 1\n")
    below = project / "src" / "deep"
    below.mkdir(parents=True)
    assert load_settings(below, {}).settings.limits.max_parallel == 4
    (project / "pyproject.toml").write_text("[project]\nname='x'\n[tool.rung.limits]\nmax_parallel = 2\n")
    loaded = load_settings(below, {})
    assert loaded.settings.limits.max_parallel == 2
    assert loaded.origin("limits.max_parallel") == Origin(Layer.REPOSITORY, str(project / "pyproject.toml"), 4)
    (project / "src" / "rung.toml").write_text("limits.max_parallel = 3")
    assert load_settings(below, {}).settings.limits.max_parallel == 3


def test_outside_a_project_only_the_directory_itself_counts(tmp_path: Path) -> None:
    (tmp_path / "rung.toml").write_text("[limits]\nmax_parallel = 1\n")
    (tmp_path / "below").mkdir()
    assert load_settings(tmp_path, {}).settings.limits.max_parallel == 1
    assert load_settings(tmp_path / "below", {}).settings.limits.max_parallel == 4


def test_two_files_in_one_directory_are_an_error(project: Path) -> None:
    (project / "rung.toml").write_text("[limits]\n")
    (project / "pyproject.toml").write_text("\n[tool.rung]\n")
    assert problems(project, {}) == [
        "pyproject.toml:2: tool.rung: settings stand here and in rung.toml (keep one of the two)"
    ]


def test_an_empty_rung_toml_counts_as_one_of_the_two(project: Path) -> None:
    (project / "rung.toml").write_text("")
    (project / "pyproject.toml").write_text("[tool.rung]\n")
    assert len(problems(project, {})) == 1


def test_a_broken_pyproject_is_noted_and_does_not_stop_anything(project: Path) -> None:
    (project / "pyproject.toml").write_text("[project]\nname = \n")
    loaded = load_settings(project, {})
    assert [str(notice) for notice in loaded.notices] == [
        "pyproject.toml:2: [tool.rung] was not read: it is not TOML: Invalid value"
    ]


@pytest.mark.parametrize("line", ["max_parallel = 5", "nodes = 0", "nodes = 10001"])
def test_a_repository_cannot_widen_a_limit(project: Path, line: str) -> None:
    (project / "rung.toml").write_text(f"[limits]\n{line}\nminutes = 5\n")
    loaded = load_settings(project, {})
    key = line.split(maxsplit=1)[0]
    assert loaded.origin(f"limits.{key}") == Origin(Layer.DEFAULT)
    assert loaded.settings.limits.minutes == 5
    bound = {"max_parallel": 4, "nodes": 10000}[key]
    [notice] = loaded.notices
    assert (notice.file, notice.line, notice.path) == ("rung.toml", 2, f"limits.{key}")
    assert notice.what == f"ignored: a repository may only lower it, and it is {bound} already"


def test_a_repository_may_use_what_the_user_has_widened(
    project: Path, environ: dict[str, str], user_file: Callable[[str], Path]
) -> None:
    user_file("[limits]\nmax_parallel = 16\n")
    (project / "rung.toml").write_text("[limits]\nmax_parallel = 12\n")
    loaded = load_settings(project, environ)
    assert loaded.settings.limits.max_parallel == 12
    assert loaded.notices == ()


def test_a_repository_cannot_set_what_is_the_users_own(project: Path) -> None:
    (project / "rung.toml").write_text("terminal.color = 'always'\n")
    loaded = load_settings(project, {})
    assert loaded.settings.terminal.color == "auto"
    assert "rung.toml:1: terminal.color: ignored: a repository may not set it" in str(loaded.notices[0])


MODEL = '[[models]]\nname = "{0}"\ntier = "local"\nprovider = "scripted"\nscript = "{0}.json"\n'


def test_models_keep_their_order_and_each_value_its_line(
    project: Path, environ: dict[str, str], user_file: Callable[[str], Path]
) -> None:
    user = user_file(MODEL.format("b") + MODEL.format("a"))
    loaded = load_settings(project, environ)
    assert [model.name for model in loaded.settings.models] == ["b", "a"]
    told = {key: (value, str(origin)) for key, value, origin in loaded.values() if key.startswith("models")}
    assert told["models.0.name"] == ("b", f"{user}:2")
    assert told["models.1.script"] == ("a.json", f"{user}:10")
    assert len(told) == 8


def test_a_repository_brings_no_models_of_its_own(project: Path) -> None:
    (project / "rung.toml").write_text(MODEL.format("a"))
    loaded = load_settings(project, {})
    assert loaded.settings.models == []
    [notice] = loaded.notices
    assert str(notice).startswith("rung.toml:1: models: ignored: a repository may not set it")


def test_the_command_line_may_name_the_models(project: Path) -> None:
    given = 'models=[{name="x", tier="premium", provider="scripted", script="/x.json"}]'
    loaded = load_settings(project, {}, overrides=[given])
    assert [model.name for model in loaded.settings.models] == ["x"]


BAD_FILES = json.loads((Path(__file__).parents[2] / "cases" / "config" / "bad_files.json").read_text())


@pytest.mark.parametrize("case", BAD_FILES, ids=[case["name"] for case in BAD_FILES])
def test_a_bad_file_is_told_by_line_key_and_reason(project: Path, case: dict[str, str]) -> None:
    (project / "rung.toml").write_text(case["text"])
    assert problems(project, {}) == [f"rung.toml:{case['told']}"]


def test_every_problem_of_every_layer_is_told_at_once(
    project: Path, environ: dict[str, str], user_file: Callable[[str], Path]
) -> None:
    user = user_file("[limits]\nnodes = 'x'\nminutes = -5\n")
    (project / "rung.toml").write_text("[limits]\nmax_parallel = 'x'\n")
    environ["RUNG_LIMITS__NODES"] = "many"
    told = problems(project, environ, "terminal.colour=never")
    assert [line.split(": ")[0] for line in told] == [
        f"{user}:2",
        f"{user}:3",
        "rung.toml:2",
        "RUNG_LIMITS__NODES",
        "--set terminal.colour=never",
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"x = '\xff'", "rung.toml:1: it is not UTF-8 text"),
        (b"\0\0\0", "rung.toml:1: it is not TOML: Invalid statement"),
        (b"#" * 1_000_001, "rung.toml: it is larger than 1,000,000 bytes"),
        (b"a = " + b"[" * 5000, "rung.toml: it is nested too deeply"),
        (b"a = " + b"9" * 5000, "rung.toml: it is not TOML: Exceeds the limit"),
    ],
)
def test_what_is_no_configuration_is_told_in_one_line(project: Path, content: bytes, told: str) -> None:
    (project / "rung.toml").write_bytes(content)
    [line] = problems(project, {})
    assert line.startswith(told)


def test_a_directory_a_pipe_and_a_broken_link_are_no_configuration(project: Path) -> None:
    path = project / "rung.toml"
    path.mkdir()
    assert problems(project, {}) == ["rung.toml: it is not a regular file"]
    path.rmdir()
    os.mkfifo(path)
    assert problems(project, {}) == ["rung.toml: it is not a regular file"]
    path.unlink()
    path.symlink_to("nowhere")
    assert problems(project, {}) == ["rung.toml: it cannot be read: No such file or directory"]


BAD_VARIABLES = {
    "RUNG_LIMITS__MAX_PARALEL=8": "limits.max_paralel: there is no such setting (did you mean 'max_parallel'?)",
    "RUNG_LIMITS__MAX_PARALLEL=eight": "limits.max_parallel: must be a valid integer, not 'eight'",
    "RUNG_LIMITS__MAX_PARALLEL=": "limits.max_parallel: must be a valid integer, not ''",
    "RUNG_LIMITS__MINUTES=nan": "limits.minutes: must be a finite number, not nan",
    "RUNG_LIMITS__MINUTES=1\ncolor = 2": "limits.minutes: must be a valid number, not '1\\ncolor = 2'",
    "RUNG_MODELS__0__NAME=x": "models: must be a valid list, not {'0': {'name': 'x'}}",
    "RUNG_LIMITS=8": "it does not name a setting (write RUNG_LIMITS__MAX_PARALLEL: two underscores between the levels)",
    "RUNG_LIMITS_NODES=8": "it does not name a setting (write RUNG_LIMITS__NODES: two underscores between the levels)",
}


@pytest.mark.parametrize("variable", BAD_VARIABLES)
def test_a_bad_variable_is_told_by_its_name(project: Path, variable: str) -> None:
    name, _, text = variable.partition("=")
    assert problems(project, {name: text}) == [f"{name}: {BAD_VARIABLES[variable]}"]


def test_variables_that_are_no_settings_are_left_alone(project: Path) -> None:
    environ = {"RUNG_LOG": "debug", "RUNG_DATA": "/x", "RUNG_OUTPUT": "/y", "OTHER__THING": "1", "RUNG_MODELS": "x"}
    assert load_settings(project, environ) == load_settings(project, {})


@pytest.mark.parametrize("override", ["limits.max_parallel", "=4", "", "  =4"])
def test_an_override_without_key_or_value_is_told(project: Path, override: str) -> None:
    assert problems(project, {}, override) == [
        f"--set {override}: it is not KEY=VALUE (for example --set limits.max_parallel=8)"
    ]


def test_text_is_read_as_the_key_wants_it(project: Path) -> None:
    loaded = load_settings(
        project, {"RUNG_TERMINAL__COLOR": "never"}, overrides=["limits.minutes=1.5", "limits.nodes=1_000"]
    )
    assert (loaded.settings.terminal.color, loaded.settings.limits.minutes) == ("never", 1.5)
    assert loaded.settings.limits.nodes == 1000


def test_a_relative_folder_of_the_user_is_ignored_and_no_home_is_no_error(project: Path) -> None:
    assert load_settings(project, {"XDG_CONFIG_HOME": "relative", "HOME": ""}).notices == ()


def test_asking_for_a_key_that_is_none_is_a_mistake_of_the_caller(project: Path) -> None:
    with pytest.raises(KeyError):
        load_settings(project, {}).origin("limits.nothing")
