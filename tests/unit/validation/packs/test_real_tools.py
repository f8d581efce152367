"""Every pack's commands are really run on a tiny good project and on broken ones: exit codes mean what packs say."""

import re
from pathlib import Path
from typing import Any

import pytest

from orchestrator.domain.verdict import CaseStatus, VerdictStatus
from orchestrator.validation.packs import Project, StageCommand, StageName
from tests.unit.validation.packs.projects import CASES, SHIPPED, Bench, Ran, read_case

PATHS = sorted(path for pack in SHIPPED.packs for path in (CASES / pack).glob("*.yaml"))
BROKEN = [(path, number) for path in PATHS for number in range(len(read_case(path)["broken"]))]
FAILED = {CaseStatus.FAILED, CaseStatus.ERROR}
OFFLINE = re.compile(r"Cannot access \S+ .* in offline mode|has not been downloaded from it before")


def called(value: object) -> str:
    return f"{value.parent.name}-{value.stem}" if isinstance(value, Path) else str(value)


async def stages_of(bench: Bench, pack: str, *, until: str = "") -> list[Ran]:
    """What the plan's commands, set-up left out, came to; nothing after the first that fails."""
    ran: list[Ran] = []
    project = next(one for one in bench.projects if one.pack == pack)
    for command in await bench.plan(project):
        if command.stage is StageName.SETUP or command.is_optional:
            continue
        if command.missing:
            pytest.skip(command.missing)
        ran.append(await bench.run(command))
        if ran[-1].status is not VerdictStatus.PASSED or (until and command.stage == until):
            break
    if ran and OFFLINE.search(ran[-1].result.stdout):
        pytest.skip("Maven's plugins are not in the local repository")
    return ran


def told(ran: Ran) -> str:
    return f"{ran.command.argv}\nexit code {ran.result.exit_code}\n{ran.result.stdout}\n{ran.result.stderr}"


@pytest.mark.anyio
@pytest.mark.parametrize("path", PATHS, ids=called)
async def test_a_good_project_passes_every_stage(path: Path, tmp_path: Path) -> None:
    case = read_case(path)
    ran = await stages_of(Bench(case["files"], tmp_path), path.parent.name)
    assert {one.command.stage.value: one.status.value for one in ran} == case["stages"], told(ran[-1])
    assert all(one.report.is_complete for one in ran)
    assert [finding for one in ran for finding in one.report.findings] == []
    tests = [test for one in ran for test in one.report.tests]
    assert [test.status for test in tests] == [CaseStatus.PASSED] * case.get("tests", 0)


@pytest.mark.anyio
@pytest.mark.parametrize(("path", "number"), BROKEN, ids=called)
async def test_a_broken_project_fails_in_its_stage_with_its_finding(path: Path, number: int, tmp_path: Path) -> None:
    case = read_case(path)
    broken: dict[str, Any] = case["broken"][number]
    bench = Bench(case["files"] | broken["change"], tmp_path)
    if broken.get("base"):
        bench.files = case["files"]  # judged as the base says, although the tree holds more
    *before, last = await stages_of(bench, path.parent.name)
    assert last.command.stage == broken["stage"], told(last)
    assert last.status == broken.get("status", "failed"), told(last)
    assert {one.status for one in before} <= {VerdictStatus.PASSED}
    if "finding" in broken:
        assert broken["finding"] in {f"{finding.file}:{finding.line}" for finding in last.report.findings}, told(last)
    if "tests" in broken:
        failed = [test.id for test in last.report.tests if test.status in FAILED]
        assert [name.split("::")[-1].split(".")[-1] for name in failed] == [
            name.split("::")[-1].split(".")[-1] for name in broken["tests"]
        ]


def test_each_pack_has_its_cases() -> None:
    assert {path.parent.name for path in PATHS} == set(SHIPPED.packs)


def test_the_helper_sees_a_project(tmp_path: Path) -> None:
    [project] = Bench({"a.py": ""}, tmp_path).projects
    assert isinstance(project, Project)
    assert StageCommand(stage=StageName.TEST, argv=()).status(3) is VerdictStatus.TOOL_ERROR
