"""The small parts: patterns of paths, requirements, keys of configuration files, a runner's own configuration."""

import re
from collections.abc import Callable

import pytest

from orchestrator.validation.packs.globs import matches
from orchestrator.validation.packs.lookup import find_key
from orchestrator.validation.packs.ownconfig import config_text
from orchestrator.validation.packs.project import Project
from orchestrator.validation.packs.requirement import satisfies
from orchestrator.validation.packs.schema import ToolSpec
from orchestrator.validation.packs.tools import wanted_version
from tests.unit.validation.packs.projects import SHIPPED

GLOBS = [
    ("a.py", "*.py", True),
    ("b/a.py", "*.py", False),
    ("b/a.py", "**/*.py", True),
    ("a.py", "**/*.py", True),
    ("a/b/c", "a/**", True),
    ("a", "a/**", False),
    ("ab", "a?", True),
    ("a/", "a?", False),
    ("a-b", "a[-_]b", True),
    ("axb", "a[!x]b", False),
    ("a+b(c)", "a+b(c)", True),
    ("a\nb", "*", True),
]


@pytest.mark.parametrize(("path", "glob", "fits"), GLOBS)
def test_a_pattern_fits_whole_paths(path: str, glob: str, fits: bool) -> None:
    assert matches(path, [glob]) is fits


REQUIREMENTS = [
    ("3.11.7", ">=3.8", True),
    ("3.7.9", ">=3.8", False),
    ("3.11.7", ">=3.8,<3.11", False),
    ("3.11.7", ">=3.8, !=3.11.*", False),
    ("3.11.7", "~=3.8", True),
    ("3.11.7", "~=3.11.8", False),
    ("4.0.0", "^3.8", False),
    ("3.12.0", "^3.8 || ^4", True),
    ("20.20.2", ">=18 <21", True),
    ("20.20.2", "18 - 20", True),
    ("22.0.0", "18.x || 20.x", False),
    ("20.1.0", "18.x || 20.x", True),
    ("0.3.1", "^0.2.1", False),
    ("1.4.9", "~1.4.2", True),
    ("1.5.0", "~1.4.2", False),
    ("20.20.2", "*", True),
    ("20.20.2", "lts/*", True),
    ("20.20.2", "", True),
    ("1.26.8", "1.22", True),
    ("1.21", "1.22", False),
    ("17.0.2", ">17", False),
    ("18", ">17", True),
    ("17.0.2", "<=17", True),
    ("3.10.0", ">=3.9", True),
]


@pytest.mark.parametrize(("version", "requirement", "is_met"), REQUIREMENTS)
def test_a_version_meets_what_is_required(version: str, requirement: str, is_met: bool) -> None:
    assert satisfies(version, requirement) is is_met


def test_a_bare_version_can_mean_that_version() -> None:
    assert satisfies("3.11.7", "3.11", bare="==")
    assert not satisfies("3.12.1", "3.11", bare="==")


KEYS = [
    ('{"a": {"b": 1}}', "x.json", "a.b", 1),
    ('{"a": {"b": 1}}', "x.json", "a.c", None),
    ("{", "x.json", "a", None),
    ("[a.b]\nc = [1]", "x.toml", "a.b.c", [1]),
    ("= 1", "x.toml", "a", None),
    ("[tool:pytest]\nx = 1\n  2", "setup.cfg", "tool:pytest", {"x": "1\n2"}),
    ("[a]\nx = %(y)s", "tox.ini", "a.x", "%(y)s"),
    ("no section", "tox.ini", "a.x", None),
    ("[a]\n", "tox.ini", "a", {}),
]


@pytest.mark.parametrize(("text", "file", "at", "value"), KEYS)
def test_a_key_is_found_or_there_is_none(text: str, file: str, at: str, value: object) -> None:
    assert find_key(text, file, at=at) == value


def reading(**files: str) -> Callable[[str], str | None]:
    return {name.replace("__", "."): text for name, text in files.items()}.get


PROJECT = Project(pack="python", root="", evidence=("x",))
PYTEST = SHIPPED.packs["python"].configs["pytest"]


def test_a_runners_configuration_is_the_bases_without_what_would_fool_us() -> None:
    text = """[tool.pytest.ini_options]
addopts = ["-q", "--import-mode=importlib"]
cache_dir = "x"
xfail_strict = true
pythonpath = ["src", "/abs"]
filterwarnings = ["error", "ignore:a b"]
"""
    assert config_text(PROJECT, PYTEST, read=reading(pyproject__toml=text), cwd="/r p").splitlines() == [
        "[pytest]",
        "addopts = ",
        "    -q",
        "    --import-mode=importlib",
        "xfail_strict = true",
        "pythonpath = ",
        "    '/r p'",
        "    '/r p/src'",
        "    /abs",
        "filterwarnings = ",
        "    error",
        "    ignore:a b",
    ]


def test_the_first_file_that_says_something_counts() -> None:
    read = reading(pytest__ini="[pytest]\nmarkers = a: b\n", setup__cfg="[tool:pytest]\nmarkers = c\n")
    assert config_text(PROJECT, PYTEST, read=read, cwd="/r") == "[pytest]\nmarkers = a: b\npythonpath = /r\n"
    assert config_text(PROJECT, PYTEST, read=reading(), cwd="/r") == "[pytest]\npythonpath = /r\n"


def wanted(pack: str, tool: str, **files: str) -> str:
    spec: ToolSpec = SHIPPED.packs[pack].tools[tool]
    return wanted_version(PROJECT, spec.wanted, read=reading(**files))


def test_a_project_says_which_version_it_wants() -> None:
    assert wanted("python", "python", pyproject__toml="[project]\nrequires-python = '>=3.8,<4'") == ">=3.8,<4"
    assert wanted("python", "python", setup__py="setup(python_requires='>=3.9')") == ">=3.9"
    assert wanted("javascript", "node", package__json='{"engines": {"node": "^20"}}') == "^20"
    assert wanted("go", "go", go__mod="module x\n\ngo 1.22.1\n") == "1.22.1"
    assert wanted("java", "javac", pom__xml="<maven.compiler.source>1.8</maven.compiler.source>") == "8"
    assert wanted("rust", "cargo", **{"rust-toolchain__toml": "[toolchain]\nchannel = '1.75'"}) == "1.75"
    assert wanted("rust", "cargo", **{"rust-toolchain__toml": "[toolchain]\nchannel = 'stable'"}) == ""
    assert wanted("python", "python") == ""


def test_what_a_project_wants_is_looked_for_upwards() -> None:
    inner = Project(pack="javascript", root="packages/a", evidence=("x",))
    spec = SHIPPED.packs["javascript"].tools["node"]
    assert wanted_version(inner, spec.wanted, read={"package.json": '{"engines": {"node": "18"}}'}.get) == "18"


@pytest.mark.parametrize("name", SHIPPED.packs)
def test_the_patterns_of_tests_name_what_they_find(name: str) -> None:
    tests = SHIPPED.packs[name].tests
    match = re.fullmatch(tests.id, "suite::name")
    assert match
    assert match["name"]
