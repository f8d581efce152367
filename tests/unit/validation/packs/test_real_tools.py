"""Every pack's commands are really run on a tiny good project and on broken ones: exit codes mean what packs say."""

import re
import shutil
import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pytest

from orchestrator.domain.verdict import CaseStatus, VerdictStatus
from orchestrator.validation.packs import STAGES, StageCommand, StageName
from tests.unit.validation.packs.projects import CASES, SHIPPED, Bench, Ran, environment, read_case

PATHS = sorted(path for pack in SHIPPED.packs for path in (CASES / pack).glob("*.yaml"))
SLOW = "maven"
"""Its case is broken by `make soak` alone: a start of it takes seconds."""
BROKEN = [
    pytest.param(path, number, marks=pytest.mark.soak if path.stem == SLOW else ())
    for path in PATHS
    for number in range(len(read_case(path)["broken"]))
]
FAILED = {CaseStatus.FAILED, CaseStatus.ERROR}
BUILDS_FIRST = {"c", "java"}
"""Their tests run what the stage before has built."""
OFFLINE = re.compile(r"Cannot access \S+ .* in offline mode|has not been downloaded from it before")


def called(value: object) -> str:
    return f"{value.parent.name}-{value.stem}" if isinstance(value, Path) else str(value)


async def stages_of(bench: Bench, pack: str, *, only: Collection[str] = STAGES) -> list[Ran]:
    """What the plan's commands, set-up left out, came to; nothing after the first that fails."""
    ran: list[Ran] = []
    project = next(one for one in bench.projects if one.pack == pack)
    for command in await bench.plan(project):
        if command.stage is StageName.SETUP or command.stage not in only or command.is_optional:
            continue
        if command.missing:
            pytest.skip(command.missing)
        ran.append(await bench.run(command))
        if ran[-1].status is not VerdictStatus.PASSED:
            break
    if ran and OFFLINE.search(ran[-1].result.stdout):
        pytest.skip("Maven's plugins are not in the local repository")
    return ran


def told(ran: Ran) -> str:
    return f"{ran.command.argv}\nexit code {ran.result.exit_code}\n{ran.result.stdout}\n{ran.result.stderr}"


async def check_good(path: Path, bench: Bench, pack: str) -> None:
    case = read_case(path)
    ran = await stages_of(bench, pack)
    assert {one.command.stage.value: one.status.value for one in ran} == case["stages"], told(ran[-1])
    assert all(one.report.is_complete for one in ran)
    assert [finding for one in ran for finding in one.report.findings] == []
    tests = [test for one in ran for test in one.report.tests]
    assert [test.status for test in tests] == [CaseStatus.PASSED] * case.get("tests", 0)


async def check_broken(broken: Mapping[str, Any], bench: Bench, pack: str) -> None:
    needed = {broken["stage"], *(["build"] if pack in BUILDS_FIRST else [])}
    *before, last = await stages_of(bench, pack, only=needed)
    assert last.command.stage == broken["stage"], told(last)
    assert last.status == broken.get("status", "failed"), told(last)
    assert {one.status for one in before} <= {VerdictStatus.PASSED}
    if "finding" in broken:
        assert broken["finding"] in {f"{finding.file}:{finding.line}" for finding in last.report.findings}, told(last)
    if "tests" in broken:
        failed = [test.id for test in last.report.tests if test.status in FAILED]
        assert [re.split(r"::|\.| > ", name)[-1] for name in failed] == [
            re.split(r"::|\.", name)[-1] for name in broken["tests"]
        ]


@pytest.mark.anyio
@pytest.mark.parametrize("path", PATHS, ids=called)
async def test_a_good_project_passes_every_stage(path: Path, tmp_path: Path) -> None:
    await check_good(path, Bench(read_case(path)["files"], tmp_path), path.parent.name)


@pytest.mark.anyio
@pytest.mark.parametrize(("path", "number"), BROKEN, ids=called)
async def test_a_broken_project_fails_in_its_stage_with_its_finding(path: Path, number: int, tmp_path: Path) -> None:
    case = read_case(path)
    broken = case["broken"][number]
    bench = Bench(case["files"] | broken["change"], tmp_path)
    if broken.get("base"):
        bench.files = case["files"]  # judged as the base says, although the tree holds more
    await check_broken(broken, bench, path.parent.name)


NPM = ["typescript@5", "jest@29", "mocha@10", "vitest@2", "eslint@9", "prettier@3"]
NPM_PATHS = sorted((CASES / "npm").glob("*.yaml"))


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tools that a project brings itself."""
    folder = tmp_path_factory.mktemp("npm")
    (folder / "package.json").write_text("{}")
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    argv = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", *NPM]
    ended = subprocess.run(
        argv, cwd=folder, env=environment(), capture_output=True, text=True, check=False, timeout=600
    )
    if ended.returncode:
        pytest.skip(f"npm reaches no registry: {ended.stderr.strip().splitlines()[-1:]}")
    return folder / "node_modules"


@pytest.mark.soak
@pytest.mark.anyio
@pytest.mark.parametrize("path", NPM_PATHS, ids=called)
async def test_tools_that_a_project_brings_itself_mean_what_the_pack_says(
    path: Path, tmp_path: Path, node_modules: Path
) -> None:
    case = read_case(path)
    for number, change in enumerate([{}, *(broken["change"] for broken in case["broken"])]):
        (tmp_path / str(number)).mkdir()
        bench = Bench(case["files"] | change, tmp_path / str(number))
        (bench.root / "node_modules").symlink_to(node_modules)
        if number:
            await check_broken(case["broken"][number - 1], bench, "javascript")
        else:
            await check_good(path, bench, "javascript")


def test_each_pack_has_its_cases() -> None:
    assert {path.parent.name for path in PATHS} == set(SHIPPED.packs)


def test_an_exit_code_that_nobody_has_named_is_the_tools_own_failure() -> None:
    command = StageCommand(stage=StageName.TEST, argv=(), empty=frozenset({5}))
    meanings = [command.status(code).value for code in (0, 1, 5, 3, 137)]
    assert meanings == ["passed", "failed", "empty", "tool_error", "tool_error"]
