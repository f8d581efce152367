"""The first workflow is made of what a project has, whatever its files hold."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from orchestrator.frontends.cli.starter import starter

FALLBACK = {"hello": {"run": "echo hello"}, "look": {"run": "ls -la", "needs": ["hello"]}}
PROJECTS: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "a makefile": (
        {"Makefile": "VAR := 1\ntest: build\n\tls\nbuild:\n\tcc\nlint = no\n.PHONY: test\n"},
        {"build": {"run": "make build"}, "test": {"run": "make test", "needs": ["build"]}},
    ),
    "npm": (
        {"package.json": '{"scripts": {"test": "node t.js", "lint": "eslint .", "evil; rm -rf /": "x"}}'},
        {"lint": {"run": "npm run lint"}, "test": {"run": "npm run test"}},
    ),
    "cargo": (
        {"Cargo.toml": "[package]\n"},
        {"build": {"run": "cargo build"}, "test": {"run": "cargo test", "needs": ["build"]}},
    ),
    "go": (
        {"go.mod": "module x\n"},
        {
            "lint": {"run": "go vet ./..."},
            "build": {"run": "go build ./..."},
            "test": {"run": "go test ./...", "needs": ["build"]},
        },
    ),
    "python": (
        {"pyproject.toml": "[tool.ruff]\n[tool.mypy]\n", "tests/test_x.py": ""},
        {
            "lint": {"run": "ruff check ."},
            "typecheck": {"run": "mypy ."},
            "build": {"run": "python3 -m compileall -q ."},
            "test": {"run": "python3 -m pytest", "needs": ["build"]},
        },
    ),
    "a makefile without a known target, and npm": (
        {"Makefile": "all:\n", "package.json": '{"scripts": {"build": "x"}}'},
        {"build": {"run": "npm run build"}},
    ),
    "nothing": ({}, FALLBACK),
    "broken files": ({"package.json": "[1]", "pyproject.toml": "= broken", "Makefile": "\0"}, FALLBACK),
    "strange shapes": ({"package.json": '{"scripts": ["test"]}', "Cargo.toml": ""}, FALLBACK),
    "endless nesting": ({"package.json": "[" * 100_000}, FALLBACK),
}


@pytest.mark.parametrize(("files", "nodes"), PROJECTS.values(), ids=PROJECTS.keys())
def test_the_workflow_fits_the_project(tmp_path: Path, files: dict[str, str], nodes: dict[str, Any]) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    document = YAML(typ="safe", pure=True).load(starter(tmp_path, "check"))
    assert document["nodes"] == nodes
    assert (document["version"], document["name"]) == (1, "check")


def test_a_directory_in_a_files_place_counts_as_absent(tmp_path: Path) -> None:
    (tmp_path / "Makefile").mkdir()
    assert "echo hello" in starter(tmp_path, "check")


@pytest.mark.parametrize(("name", "title"), [("a b: c", "a-b-c"), ("..", "check"), ("x\ny", "x-y")])
def test_any_name_of_a_file_gives_a_title(tmp_path: Path, name: str, title: str) -> None:
    assert YAML(typ="safe", pure=True).load(starter(tmp_path, name))["name"] == title
