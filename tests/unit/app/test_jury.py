"""A verdict never rests on what was built before; a trial does, where its build knows what it is made of."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from orchestrator.domain.assessment import Scope
from orchestrator.domain.command import Command, CommandResult
from orchestrator.domain.fixing import FixOrder
from orchestrator.domain.judgement import Target
from orchestrator.domain.verdict import VerdictStatus
from orchestrator.testing.repo import TempRepo
from orchestrator.validation.pipeline import Room
from tests.unit.app.courts import Bench, a_bench

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not (shutil.which("make") and shutil.which("cc")), reason="there is no make, or no cc"),
]

HEADER = "#define LIMIT {limit}\nint limit(void);\n"
FORGETFUL: Mapping[str, str] = {
    "limit.h": HEADER.format(limit=3),
    "limit.c": '#include "limit.h"\nint limit(void) { return LIMIT; }\n',
    "main.c": '#include "limit.h"\nint main(void) { return limit() == 3 ? 0 : 1; }\n',
    "Makefile": "prog: main.o limit.o\n\t$(CC) -o $@ $^\ntest: prog\n\t./prog\n",
    ".gitignore": "*.o\nprog\n",
}
"""A project whose Makefile has no rules for its header: where only that changes, nothing is built."""
UNREADABLE = "#define LIMIT (\nint limit(void);\n"


def project(folder: Path, **changed: str) -> TempRepo:
    return TempRepo(folder).commit({**FORGETFUL, **{name.replace("_", "."): text for name, text in changed.items()}})


BUILD = Scope(stages=frozenset({"build"}))


async def targets_of(bench: Bench) -> tuple[Target, ...]:
    survey = await bench.court.survey(bench.base, Scope())
    return tuple(target for cluster in survey.clusters for target in cluster.targets)


async def run(room: Room, *argv: str) -> CommandResult:
    return await room.runner.run(Command(argv=argv, cwd=room.root, env=room.env))


@pytest.mark.parametrize("mode", ["auto", "off"])
async def test_a_header_that_breaks_the_build_is_refused_though_nothing_would_be_built_anew(
    tmp_path: Path, mode: str
) -> None:
    async with a_bench(project(tmp_path / "project"), tmp_path, mode=mode) as bench:
        assert (await bench.court.survey(bench.base, BUILD)).assessment.status is VerdictStatus.PASSED
        async with bench.jury.trials.open(bench.base) as room:
            room.rewrite("limit.h", UNREADABLE)
            assert (await run(room, "make")).exit_code == (0 if room.lowers else 2), (
                "the control: what was built is stale"
            )
        judged = await bench.court.judge(bench.base, await bench.candidate({"limit.h": UNREADABLE}), targets=())
        assert judged.verdict.status is VerdictStatus.FAILED, judged


async def test_a_header_that_mends_what_the_test_finds_passes_though_nothing_would_be_built_anew(
    tmp_path: Path,
) -> None:
    async with a_bench(project(tmp_path / "project", limit_h=HEADER.format(limit=4)), tmp_path) as bench:
        targets = await targets_of(bench)
        assert targets
        await bench.court.survey(bench.base, BUILD)
        async with bench.jury.trials.open(bench.base) as room:
            room.rewrite("limit.h", FORGETFUL["limit.h"])
            assert (await run(room, "make", "test")).exit_code == 2, "the control: what was built is stale"
        mended = await bench.candidate({"limit.h": FORGETFUL["limit.h"]})
        judged = await bench.court.judge(bench.base, mended, targets=targets)
        assert judged.verdict.status is VerdictStatus.PASSED, judged


@pytest.mark.parametrize(("text", "is_better"), [(FORGETFUL["limit.h"], True), (UNREADABLE, False)])
async def test_a_trial_of_a_header_is_made_from_nothing(tmp_path: Path, text: str, *, is_better: bool) -> None:
    async with a_bench(project(tmp_path / "project", limit_h=HEADER.format(limit=4)), tmp_path) as bench:
        targets = await targets_of(bench)
        await bench.court.survey(bench.base, BUILD)
        async with bench.court.open(FixOrder(base=bench.base, targets=targets)) as trial:
            before = (await trial.judge({})).progress
            after = (await trial.judge({"limit.h": text})).progress
            assert (after < before) is is_better, (before, after)
            assert bool(await trial.left({"limit.h": text})) is not is_better


async def test_a_trial_of_a_source_builds_that_alone(tmp_path: Path) -> None:
    wrong = FORGETFUL["limit.c"].replace("LIMIT;", "LIMIT")
    async with a_bench(project(tmp_path / "project", limit_c=wrong), tmp_path) as bench:
        targets = await targets_of(bench)
        async with bench.jury.trials.open(bench.base) as room:
            assert room.lowers
            room.rewrite("limit.c", FORGETFUL["limit.c"])
            built = (await run(room, "make")).stdout
        assert ("limit.c" in built, "main.c" in built) == (True, False), built
        async with bench.court.open(FixOrder(base=bench.base, targets=targets)) as trial:
            assert await trial.left({"limit.c": FORGETFUL["limit.c"]}) == ()


async def test_trials_on_one_base_do_not_see_each_other_and_the_base_stays_as_it_was_built(tmp_path: Path) -> None:
    async with a_bench(project(tmp_path / "project"), tmp_path) as bench:
        await bench.court.survey(bench.base, BUILD)
        async with bench.jury.trials.open(bench.base) as one, bench.jury.trials.open(bench.base) as other:
            one.rewrite("limit.c", "int limit(void) { return 4; }\n")
            assert (await run(one, "make", "test")).exit_code == 2
            assert (await run(other, "make", "test")).exit_code == 0


async def test_what_was_judged_last_is_built_upon_and_nothing_is_removed_that_somebody_uses(tmp_path: Path) -> None:
    async with a_bench(project(tmp_path / "project"), tmp_path) as bench:
        await bench.court.survey(bench.base, BUILD)
        judged = [await bench.candidate({"new.txt": f"{number}\n"}) for number in range(3)]
        async with bench.jury.trials.open(bench.base) as room:
            for one in judged:
                await bench.court.survey(one, BUILD)
            assert (await run(room, "make", "test")).exit_code == 0
        kept = []
        for commit in (*judged, bench.base):
            async with bench.jury.trials.open(commit) as room:
                kept.append(bool(room.lowers))
        assert kept == [False, False, True, True]


async def test_a_base_whose_files_its_own_checks_change_is_not_built_upon(tmp_path: Path) -> None:
    makefile = FORGETFUL["Makefile"].replace("$^\n", "$^; echo >> limit.c\n")
    async with a_bench(project(tmp_path / "project", Makefile=makefile), tmp_path) as bench:
        await bench.court.survey(bench.base, BUILD)
        async with bench.jury.trials.open(bench.base) as room:
            assert room.lowers == ()
            assert room.text("limit.c", limit=1000) == FORGETFUL["limit.c"]


async def test_a_base_whose_tests_were_run_is_not_built_upon_for_they_may_have_left_something(tmp_path: Path) -> None:
    makefile = FORGETFUL["Makefile"] + "\ttouch left\n"
    async with a_bench(project(tmp_path / "project", Makefile=makefile), tmp_path) as bench:
        await bench.court.survey(bench.base, Scope())
        async with bench.jury.trials.open(bench.base) as room:
            assert (await run(room, "test", "-e", "left")).exit_code == 1


async def test_without_a_sandbox_trials_are_made_in_copies(tmp_path: Path) -> None:
    wrong = FORGETFUL["limit.c"].replace("LIMIT;", "LIMIT")
    async with a_bench(project(tmp_path / "project", limit_c=wrong), tmp_path, mode="off") as bench:
        order = FixOrder(base=bench.base, targets=await targets_of(bench))
        async with bench.court.open(order) as trial:
            assert await trial.left({"limit.c": FORGETFUL["limit.c"]}) == ()
