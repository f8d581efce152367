"""What Maven's set-up leaves behind: all that the offline stages need, and nothing that passes for built."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.domain.assessment import Assessment
from orchestrator.domain.verdict import VerdictStatus
from orchestrator.validation.packs import StageName
from orchestrator.validation.pipeline import Bench, Room, assess
from tests.unit.validation.packs.projects import CASES, SHIPPED, read_case
from tests.unit.validation.packs.projects import Bench as Project
from tests.unit.validation.pipeline.rooms import room_of, stage, told

pytestmark = pytest.mark.anyio
FILES: dict[str, str] = read_case(CASES / "java" / "maven.yaml")["files"]
HALF = """\
public class Words { public static int count(String text) { return 2; } }
class Helper { int number() { return "no number"; } }
"""
"""The compiler writes the first class before it sees the error in the second: by its date the file is up to date."""


async def judged(room: Room) -> Assessment:
    if shutil.which("mvn") is None:
        pytest.skip("mvn is not installed")
    found = await assess(replace(room, setup=room.runner), Bench(packs=SHIPPED))
    if "could not be resolved" in told(found) or "Could not transfer" in told(found):
        pytest.skip("Maven's plugins are not in the local repository")
    return found


async def test_only_what_was_compiled_beside_a_pom_is_removed(tmp_path: Path) -> None:
    files = {
        "pom.xml": "", "target/classes/A.class": "", "target/maven-status/x/y.lst": "",
        "target/generated-sources/B": "", "b c/pom.xml": "", "b c/target/test-classes/A.class": "",
        "other/target/classes/A.class": "",
    }  # fmt: skip
    bench = Project(files, tmp_path)
    commands = [one for one in await bench.plan(bench.projects[0]) if one.stage is StageName.SETUP and one.tool == "rm"]
    (ran,) = [await bench.run(one) for one in commands]
    assert ran.status is VerdictStatus.PASSED, ran.result
    left = {path.relative_to(bench.root).as_posix() for path in bench.root.rglob("*") if path.is_file()}
    assert left == {"pom.xml", "b c/pom.xml", "target/generated-sources/B", "other/target/classes/A.class"}


@pytest.mark.soak
async def test_what_set_up_compiled_in_spite_of_errors_is_not_taken_for_built(tmp_path: Path) -> None:
    files = {**FILES, "src/main/java/Words.java": HALF}
    found = await judged(room_of(files, tmp_path))
    assert stage(found, "setup").status is VerdictStatus.PASSED, told(found)
    assert stage(found, "build").status is VerdictStatus.FAILED, told(found)


@pytest.mark.soak
async def test_a_dependency_that_is_nowhere_fails_set_up(tmp_path: Path) -> None:
    pom = FILES["pom.xml"].replace("<artifactId>junit-jupiter<", "<artifactId>junit-neptune<")
    found = await assess(
        replace(room := room_of({**FILES, "pom.xml": pom}, tmp_path), setup=room.runner), Bench(packs=SHIPPED)
    )
    assert stage(found, "setup").status is VerdictStatus.FAILED, told(found)
    assert {one.name for one in found.skipped} == {"build", "test"}
