"""A project's own tools are found, asked for their version, and told as missing with what to do."""

import shutil
import sys
from pathlib import Path

import pytest

from orchestrator.sandbox import LocalRunner
from orchestrator.sandbox.process_group import ProcessGroup
from orchestrator.validation.packs import Finder, FoundTool, Project, detect, find_tools
from tests.unit.validation.packs.projects import SHIPPED, Bench, environment, lay

PYTHON = Path(sys.executable)
VERSION = ".".join(map(str, sys.version_info[:3]))


def script(folder: Path, name: str, text: str) -> Path:
    lay({name: f"#!/bin/sh\n{text}\n"}, folder)
    (folder / name).chmod(0o755)
    return folder / name


async def found(root: Path, name: str, *, pack: str = "python", path: str = "", **files: str) -> FoundTool:
    texts = {key.replace("__", "."): text for key, text in files.items()}
    project = Project(pack=pack, root="", evidence=("x",))
    env = {**environment(), "PATH": path or environment()["PATH"]}
    finder = Finder(runner=LocalRunner(ProcessGroup()), env=env, root=str(root), read=texts.get)
    return (await find_tools(project, SHIPPED.packs[pack], finder=finder, names=[name]))[name]


@pytest.mark.anyio
async def test_the_interpreter_of_the_projects_environment_comes_first(tmp_path: Path) -> None:
    bench = Bench({"pyproject.toml": "", "a.py": ""}, tmp_path)
    (bench.root / ".venv" / "bin").mkdir(parents=True)
    own = bench.root / ".venv" / "bin" / "python"
    own.symlink_to(PYTHON)
    tools = await bench.tools(bench.projects[0])
    assert (tools["python"].program, tools["python"].version, tools["python"].missing) == (str(own), VERSION, "")
    assert tools["python"].toolchain == "python3"


@pytest.mark.anyio
async def test_of_several_the_one_that_the_project_wants_is_taken(tmp_path: Path) -> None:
    old = script(tmp_path / "bin", "python3", "echo 3.8.1; echo /opt/old")
    new = script(tmp_path / "bin", "python3.12", "echo 3.12.4; echo /opt/new")
    wants = {"pyproject__toml": "[project]\nrequires-python = '>=3.12'"}
    path = f"{tmp_path}/bin:/usr/bin:/bin"
    tool = await found(tmp_path, "python", path=str(old.parent), **wants)
    assert (tool.program, tool.version, tool.missing) == ("/opt/new", "3.12.4", "")
    new.unlink()
    tool = await found(tmp_path, "python", path=str(old.parent), **wants)
    assert tool.missing.startswith("the project wants python >=3.12, and /opt/old is 3.8.1 (install")
    assert path


@pytest.mark.anyio
async def test_what_is_absent_broken_or_too_old_is_told_with_what_to_do(tmp_path: Path) -> None:
    assert (
        await found(tmp_path, "ruff", path="/nowhere")
    ).missing == "ruff is not installed (the project configures it)"
    script(tmp_path, ".venv/bin/ruff", "echo broken >&2; exit 3")
    assert (await found(tmp_path, "ruff", path="/nowhere")).missing.startswith("ruff does not work (broken)")
    script(tmp_path, ".venv/bin/ruff", "echo ruff 0.0.1")
    assert (await found(tmp_path, "ruff", path="/nowhere")).missing.startswith("ruff 0.0.1 is older than 0.1")
    lay({".venv/bin/ruff": "#!/no/such/interpreter\n"}, tmp_path)
    assert "cannot be run" in (await found(tmp_path, "ruff", path="/nowhere")).missing


@pytest.mark.anyio
async def test_a_module_is_asked_through_the_tool_that_runs_it(tmp_path: Path) -> None:
    tool = await found(tmp_path, "pytest")
    assert (Path(tool.program).parent, tool.version, tool.missing) == (PYTHON.parent, pytest.__version__, "")
    script(tmp_path / "bin", "python3", 'case "$*" in *pytest*) exit 1;; esac; echo 3.9.1; echo "$0"')
    tool = await found(tmp_path, "pytest", path=f"{tmp_path}/bin")
    assert tool.missing.startswith("pytest does not work")


@pytest.mark.anyio
async def test_a_tool_of_the_repository_above_the_project_is_its_own(tmp_path: Path) -> None:
    files = {"package.json": "{}", "packages/a/package.json": "{}", "packages/a/tsconfig.json": "{}"}
    bench = Bench(files, tmp_path)
    script(bench.root, "node_modules/.bin/tsc", "echo Version 5.4.0")
    inner = next(one for one in bench.projects if one.root == "packages/a")
    tools = await bench.tools(inner)
    assert tools["tsc"].program == str(bench.root / "node_modules/.bin/tsc")


@pytest.mark.anyio
async def test_the_projects_own_interpreter_judges_its_syntax(tmp_path: Path) -> None:
    old = next((found for minor in range(8, 12) if (found := shutil.which(f"python3.{minor}"))), None)
    files = {"a.py": "type X = int\n", "pyproject.toml": "[project]\nrequires-python = '<3.12'\n"}
    bench = Bench(files, tmp_path)
    [project] = detect(files, files.get, packs=SHIPPED)
    tools = await bench.tools(project)
    if tools["python"].missing:
        pytest.skip(f"no Python before 3.12 works here ({old})")
    [syntax] = [command for command in await bench.plan(project) if command.stage == "syntax"]
    ran = await bench.run(syntax)
    assert (ran.status.value, [finding.file for finding in ran.report.findings]) == ("failed", ["a.py"])
    assert not list(bench.root.rglob("*.pyc"))
