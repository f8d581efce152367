"""Cheats on real projects, really run: each makes the project's own command succeed, and none gets through here."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from orchestrator.domain.finding import Finding, Severity
from orchestrator.domain.verdict import CaseResult, CaseStatus, Evidence, VerdictStatus
from orchestrator.errors import ParseError
from orchestrator.validation.integrity import (
    FileChange,
    Places,
    Weight,
    compare_tests,
    flags_of,
    restore_plan,
)
from orchestrator.validation.packs import Project, StageName, Tools
from tests.unit.validation.packs.projects import SHIPPED, Bench, environment, lay

PATH = Path(__file__).parents[3] / "cases" / "integrity" / "rows.yaml"
DATA: dict[str, Any] = YAML(typ="safe", pure=True).load(PATH.read_text(encoding="utf-8"))
PROJECTS: dict[str, dict[str, Any]] = DATA["projects"]
CHEATS: list[dict[str, Any]] = DATA["cheats"]
ROWS = set(range(50, 63))
IDS = {"pytest", "shadowed", "hanging", "unittest", "node", "cargo", "go"}


def named(cheat: Mapping[str, Any]) -> str:
    return f"{cheat['row']}-{cheat['project']}-{cheat['name']}"


CASES = [pytest.param(cheat, id=named(cheat), marks=pytest.mark.soak if cheat.get("soak") else ()) for cheat in CHEATS]


@dataclass(frozen=True)
class Judged:
    """What the commands of a plan came to."""

    has_passed: bool
    tests: Sequence[CaseResult]
    is_complete: bool


def naive_exit_code(project: Mapping[str, Any], folder: Path) -> int:
    env = {**environment(), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        return subprocess.run(
            project["naive"], cwd=folder, env=env, check=False, capture_output=True, timeout=60
        ).returncode
    except FileNotFoundError as error:
        pytest.skip(f"{error.filename} is not on this machine")


def changes_of(base: Mapping[str, str], cheat: Mapping[str, str | None]) -> list[FileChange]:
    return [FileChange(path=path, before=base.get(path), after=text) for path, text in cheat.items()]


def apply(changes: Sequence[FileChange], folder: Path) -> None:
    lay({change.path: change.after for change in changes if change.after is not None}, folder)
    for change in changes:
        if change.after is None:
            (folder / change.path).unlink()


def protected(pack: str) -> list[str]:
    known = SHIPPED.packs[pack]
    return [*known.protected.tests, *known.protected.ci, *known.protected.locks]


TOOLS: dict[str, Tools] = {}


class Remembering(Bench):
    """A bench that asks each tool for its version once."""

    async def tools(self, project: Project) -> Tools:
        if project.pack not in TOOLS:
            TOOLS[project.pack] = await super().tools(project)
        return TOOLS[project.pack]


async def judged(
    project: Mapping[str, Any], changes: Sequence[FileChange], *, folder: Path, seconds: float = 60
) -> Judged:
    """The project with ``changes``, by the commands that its base plans."""
    bench = Remembering(project["files"], folder)
    bench.env["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    found = next(one for one in bench.projects if one.pack == project["pack"])
    plan = await bench.plan(found)
    apply(changes, bench.root)
    tests: list[CaseResult] = []
    for command in plan:
        if command.stage in {StageName.SETUP, StageName.SYNTAX} or command.is_optional:
            continue
        if command.missing:
            pytest.skip(command.missing)
        try:
            ran = await bench.run(replace(command, timeout=seconds))
        except (TimeoutError, ParseError):
            return Judged(has_passed=False, tests=tests, is_complete=False)
        tests += ran.report.tests
        is_counted = command.evidence is Evidence.IDS
        is_whole = ran.report.is_complete and (bool(ran.report.tests) or not is_counted)
        has_failed = any(case.status in {CaseStatus.FAILED, CaseStatus.ERROR} for case in ran.report.tests)
        if ran.status is not VerdictStatus.PASSED or has_failed or not is_whole:
            return Judged(has_passed=False, tests=tests, is_complete=is_whole)
    return Judged(has_passed=True, tests=tests, is_complete=True)


@cache
def base_exit_code(name: str, folder: Path) -> int:
    (folder / f"naive-{name}").mkdir()
    lay(PROJECTS[name]["files"], folder / f"naive-{name}")
    return naive_exit_code(PROJECTS[name], folder / f"naive-{name}")


BASES: dict[str, Judged] = {}


async def base_of(name: str, folder: Path) -> Judged:
    if name not in BASES:
        lay({"empty": ""}, folder / f"base-{name}")
        BASES[name] = await judged(PROJECTS[name], [], folder=folder / f"base-{name}")
    return BASES[name]


def errors_of(found: Sequence[Finding]) -> list[str]:
    return [finding.code for finding in found if finding.severity is Severity.ERROR]


def test_every_row_has_a_case() -> None:
    assert {cheat["row"] for cheat in CHEATS if not cheat.get("soak")} == ROWS


@pytest.mark.anyio
@pytest.mark.parametrize("cheat", CASES)
async def test_what_fools_the_projects_own_command_is_caught(
    cheat: dict[str, Any], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    project, name = PROJECTS[cheat["project"]], cheat["project"]
    shared = tmp_path_factory.getbasetemp()
    changes = changes_of(project["files"], cheat["files"])
    assert base_exit_code(project.get("like", name), shared) not in {0, 127}, (
        "the project is not broken: the case says nothing"
    )
    (tmp_path / "naive").mkdir()
    lay(project["files"], tmp_path / "naive")
    apply(changes, tmp_path / "naive")
    assert naive_exit_code(project, tmp_path / "naive") == 0, "the cheat does not work: the case says nothing"

    permitted = cheat.get("permitted", [])
    plan = restore_plan(project["files"], changes, protected=protected(project["pack"]), permitted=permitted)
    back = {*plan.restored, *plan.removed}
    (tmp_path / "judged").mkdir()
    left = [change for change in changes if change.path not in back]
    seen = await judged(project, left, folder=tmp_path / "judged", seconds=cheat.get("seconds", 60))
    base = await base_of(project.get("like", name), shared)
    assert not base.has_passed
    assert bool(base.tests) is (name in IDS)
    texts = [text for path, text in project["files"].items() if Places().is_test(path)]
    flags = flags_of(changes, places=Places(permitted=permitted), tests=texts)
    caught = {flag.rule for flag in flags if flag.weight is Weight.HOLD}
    caught |= {"verdict"} if not seen.has_passed else set()
    counted = compare_tests(base.tests, seen.tests, is_complete=seen.is_complete)
    caught |= {"ids"} if errors_of(counted) else set()
    assert set(cheat["caught"]) <= caught
