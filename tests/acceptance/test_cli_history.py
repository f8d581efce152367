"""Earlier runs: killed, interrupted, blocked and failed ones are listed, shown, explained, gone on with, removed."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.acceptance.conftest import Rung, command
from tests.acceptance.history import BUILD, ONE, checked, one_line, only
from tests.acceptance.test_cli_run import GATE, Terminal

LONG = """\
version: 1
name: long
report: { json: out/report.json }
nodes:
  first: { run: echo ran >> first.txt }
  wait:
    needs: first
    run: "[ -e go ] || echo begun > begun; while [ ! -e go ]; do sleep 0.02; done"
  after: { run: echo ran >> after.txt, needs: wait }
"""


@contextmanager
def running(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """A run of LONG whose second node is at work."""
    (tmp_path / "rung.yaml").write_text(LONG)
    os.mkfifo(tmp_path / "begun")
    process = subprocess.Popen(
        command("run", "rung.yaml"), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        (tmp_path / "begun").read_text()  # returns when the node writes
        yield process
    finally:
        process.kill()
        process.communicate(timeout=30)
        (tmp_path / "begun").unlink()


@pytest.fixture
def killed(tmp_path: Path, state: Path) -> str:
    """The id of a run whose engine was killed while a node was at work."""
    with running(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        assert process.wait(timeout=30) == -signal.SIGKILL
    (tmp_path / "go").touch()
    return only(state)


def test_a_run_can_be_watched_and_nobody_else_touches_it(here: Rung, tmp_path: Path, state: Path) -> None:
    with running(tmp_path) as process:
        run = only(state)
        listed = here("runs").out
        assert re.search(rf"^{run}  long +running \(pid {process.pid}\) ", listed, re.MULTILINE)
        [row] = checked(here("runs", "--json"), "runs")["runs"]
        assert (row["run"], row["status"], row["pid"], row["problem"]) == (run, "running", process.pid, "")
        shown = here("show").out
        assert shown.startswith(f"run {run}: running (pid {process.pid}), started ")
        assert "\nlong running\n" in shown
        assert "1 running: at work\n    wait\n" in shown
        assert "Next:" not in shown
        document = checked(here("show", "--json"), "run")
        assert (document["status"], document["nodes"][1]["reason"]) == (None, "at work")
        assert "after is pending: waits for wait, which is at work" in here("explain", "after").out
        for words in (["resume"], ["retry", "first"], ["answer", run, "wait", "approve"]):
            told = here(*words)
            assert told.code == 1, words
            assert f"the engine with process id {process.pid} works on this run since " in one_line(told)
        told = here("gc", "--keep", "0", "--yes")
        assert f"kept: {run}: it is running\n" in told.out
        (tmp_path / "go").touch()
        assert process.wait(timeout=30) == 0
    assert here("runs").out.count("succeeded") == 1


def test_a_killed_run_is_listed_shown_and_brought_to_its_end(
    rung: Rung, here: Rung, killed: str, tmp_path: Path
) -> None:
    assert re.search(rf"^{killed}  long +killed ", here("runs").out, re.MULTILINE)
    shown = here("show")
    assert shown.code == 0
    assert f"run {killed}: killed, started " in shown.out
    assert "unfinished when the record of the run broke off" in shown.out
    assert f"Next: rung resume {killed}\n" in shown.out
    document = checked(here("show", "--json"), "run")
    assert (document["status"], document["exit_code"]) == (None, None)
    told = rung("resume")
    assert (told.code, told.out.splitlines()[0]) == (0, "long succeeded")
    lines = [line.split(maxsplit=1)[1] for line in told.err.splitlines()]
    assert lines[:2] == ["long resumed: 1 succeeded, 1 pending, 1 ready", "wait started, attempt 2"]
    assert (tmp_path / "first.txt").read_text() == (tmp_path / "after.txt").read_text() == "ran\n"
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert (report["run"], report["status"]) == (killed, "succeeded")
    story = here("explain", "wait").out
    assert "the engine had died while it ran; another one took the run up again\n" in story


def test_what_is_over_is_not_run_again(here: Rung, killed: str, tmp_path: Path) -> None:
    assert here("resume", killed[:8]).code == 0
    (tmp_path / "out" / "report.json").unlink()
    told = here("resume", killed[-8:], "--json")
    assert (told.code, told.err) == (0, f"rung: nothing is left to do: run {killed} succeeded\n")
    assert checked(told, "run")["status"] == "succeeded"
    assert (tmp_path / "after.txt").read_text() == "ran\n"
    assert (tmp_path / "out" / "report.json").exists()


def test_an_interrupted_run_says_how_it_goes_on_and_does(rung: Rung, here: Rung, tmp_path: Path, state: Path) -> None:
    with running(tmp_path) as process:
        process.send_signal(signal.SIGINT)
        assert process.stderr
        for line in process.stderr:
            if "interrupted" in line:
                break
        (tmp_path / "go").touch()
        out, _ = process.communicate(timeout=30)
        assert process.returncode == 130
    assert f"  Next: rung resume {only(state)}\n" in out
    assert not (tmp_path / "after.txt").exists()
    assert " interrupted " in here("runs").out
    told = rung("resume", "--quiet", "--json")
    assert (told.code, told.err) == (0, "")
    assert checked(told, "run")["totals"]["attempts"] == 3
    assert (tmp_path / "first.txt").read_text() == "ran\n"


@pytest.fixture
def gate(workflow: Callable[[str], str]) -> str:
    """A workflow that waits for a person."""
    return workflow(GATE)


ENDS = {"approve": (0, "gate succeeded"), "reject": (1, "gate failed")}


@pytest.mark.parametrize("said", ENDS)
def test_a_gate_is_answered_and_the_run_goes_on(rung: Rung, here: Rung, gate: str, state: Path, *, said: str) -> None:
    told = rung("run", gate)
    run = only(state)
    assert told.code == 5
    steps = f"  Next: rung answer {run} approve approve  # or: reject\n        rung resume {run}\n"
    assert steps in told.out
    told = rung("resume")
    assert (told.code, told.err) == (5, f"rung: nothing is left to do: run {run} waits for an answer\n")
    assert f"  rung answer {run} approve approve" in here("explain", "approve").out
    told = here("answer", run, "approve", said)
    went = {"approve": "approved", "reject": "rejected"}[said]
    assert (told.code, told.out) == (0, f"approve is {went}. Next:\n  rung resume {run}\n")
    assert not (state.parent / "released.txt").exists()
    assert " opened " in here("runs").out
    assert "1 pending: open again\n    approve\n" in here("show").out
    told = rung("resume")
    assert (told.code, told.out.splitlines()[0]) == ENDS[said]
    assert (state.parent / "released.txt").exists() is (said == "approve")
    assert f"a person {went} it\n" in here("explain", "approve").out


def test_an_answer_can_take_the_run_up_at_once(
    here: Rung, workflow: Callable[[str], str], tmp_path: Path, state: Path
) -> None:
    assert here("run", workflow(GATE)).code == 5
    told = here("answer", only(state), "approve", "approve", "--resume", "--json")
    assert told.code == 0
    assert checked(told, "run")["status"] == "succeeded"
    assert (tmp_path / "released.txt").exists()


@pytest.mark.parametrize(("typed", "code"), [("y\n", 0), ("n\n", 1), ("\x04", 5)])
def test_a_person_at_the_terminal_is_asked_before_the_run_goes_on(
    here: Rung, workflow: Callable[[str], str], tmp_path: Path, state: Path, *, typed: str, code: int
) -> None:
    assert here("run", workflow(GATE)).code == 5
    terminal = Terminal("resume", cwd=tmp_path)
    terminal.wait_for(re.escape("approve: Release it? [y/N] "))
    terminal.type(typed)
    assert terminal.finish() == code, terminal.shown
    assert (tmp_path / "released.txt").exists() is (code == 0)
    assert only(state)


def test_a_failed_node_is_explained_mended_and_tried_again(
    here: Rung, workflow: Callable[[str], str], tmp_path: Path, state: Path
) -> None:
    assert here("run", workflow(BUILD)).code == 1
    run = only(state)
    lines = here("explain", "compile").out.splitlines()
    story = [re.sub(r"^ +[\d:]{8} +|[\d.]+ s\b", "", line) for line in lines]
    assert story == [
        "compile failed: exit code 2",
        f"  run {run} of build, rung.yaml:5, kind run",
        "",
        "Needs",
        "  configure  succeeded",
        "",
        "What happened",
        "the run started",
        "its need configure succeeded",
        "attempt 1 started",
        "attempt 1 failed after  (validation): exit code 2; next try in ",
        "attempt 2 started",
        "failed after  (validation): exit code 2",
        "",
        "It said last",
        "  | parser.c: no such file",
        "",
        "Blocks",
        "  pack  skipped: needs compile, which failed",
        "",
        "Next",
        f"  rung retry compile --run {run}  # once the cause is mended",
    ]
    document = checked(here("explain", "compile", "--json"), "explain")
    assert [step["event"] for step in document["steps"]].count("NodeStarted") == 2
    assert [one["id"] for one in document["blocks"]] == ["pack"]
    assert [(one["id"], one["status"]) for one in document["needs"]] == [("configure", "succeeded")]
    assert document["evidence"] == ["parser.c: no such file"]
    (tmp_path / "parser.c").touch()
    told = here("retry", "compile")
    assert (told.code, told.out.splitlines()[0]) == (0, "build succeeded")
    assert told.err.splitlines()[0] == f"rung: run {run}: compile is open again, with pack"
    assert (tmp_path / "packed").exists()
    assert (tmp_path / "configure.txt").read_text() == "ran\n"
    assert "a person wanted it run again\n" in here("explain", "compile").out


def test_a_retry_without_a_mended_cause_fails_again_and_can_be_named_by_its_run(
    here: Rung, workflow: Callable[[str], str], state: Path
) -> None:
    assert here("run", workflow(BUILD)).code == 1
    run = only(state)
    assert here("run", workflow(ONE)).code == 0
    told = here("retry", "compile", "--run", run, "--json", "--quiet")
    assert told.code == 1
    nodes = {one["id"]: one for one in checked(told, "run")["nodes"]}
    assert [one["n"] for one in nodes["compile"]["attempts"]] == [1, 2, 3, 4]
    assert nodes["pack"]["status"] == "skipped"


READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'


def in_read_only(folder: Path, words: Sequence[str], cwd: Path) -> "subprocess.CompletedProcess[str]":
    argv = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-ec", READ_ONLY, str(folder), *words]
    return subprocess.run(argv, cwd=cwd, check=False, capture_output=True, text=True, timeout=60)


def test_a_state_folder_that_is_read_only_is_told_in_one_line(
    here: Rung, workflow: Callable[[str], str], tmp_path: Path, state: Path
) -> None:
    assert here("run", workflow(BUILD)).code == 1
    if in_read_only(state, ["true"], tmp_path).returncode:
        pytest.skip("this machine does not let us mount in a user namespace")
    for words in (["run", "rung.yaml"], ["resume"], ["retry", "compile"]):
        done = in_read_only(state, command(*words), tmp_path)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), (words, done.stderr)
        assert done.stderr.startswith(f"rung: {state}/")
    done = in_read_only(state, command("gc", "--keep", "0", "--yes"), tmp_path)
    assert done.returncode == 0
    assert re.search(r"^0 runs, 0 B may go\nkept: .*: it cannot be read: ", done.stdout)
    assert "  build     failed  " in here("runs").out


def test_old_runs_are_listed_and_then_removed_and_blocked_ones_stay(
    here: Rung, workflow: Callable[[str], str], state: Path
) -> None:
    assert here("run", workflow(ONE)).code == 0
    finished = only(state)
    assert here("run", workflow(GATE)).code == 5
    [blocked] = {store.name for store in (state / "runs").iterdir()} - {finished}
    assert here("gc").out == "0 runs, 0 B may go\n"
    told = here("gc", "--keep", "0")
    assert told.code == 0
    assert re.search(rf"^{finished}  one +succeeded .* kB$", told.out, re.MULTILINE)
    assert f"kept: {blocked}: it is blocked\n" in told.out
    assert told.out.endswith("nothing is removed (rung gc --yes removes it)\n")
    listed = checked(here("gc", "--keep", "0", "--json"), "gc")
    assert (listed["removed"], [one["run"] for one in listed["runs"]]) == (False, [finished])
    assert len(list((state / "runs").iterdir())) == 2
    told = here("gc", "--keep", "0", "--yes")
    assert re.search(r"^1 run, [\d.]+ kB removed$", told.out, re.MULTILINE)
    assert only(state) == blocked
    assert sorted(path.name for path in state.iterdir()) == ["cache.db", "runs"]
    assert here("answer", blocked, "approve", "approve", "--resume").code == 0
    gone = checked(here("gc", "--keep", "0", "--yes", "--json"), "gc")
    assert (gone["removed"], [one["run"] for one in gone["runs"]]) == (True, [blocked])


@pytest.mark.parametrize(("typed", "left"), [("y\n", 0), ("n\n", 1)])
def test_a_person_is_asked_before_anything_is_removed(
    here: Rung, workflow: Callable[[str], str], tmp_path: Path, state: Path, *, typed: str, left: int
) -> None:
    assert here("run", workflow(ONE)).code == 0
    terminal = Terminal("gc", "--keep", "0", cwd=tmp_path)
    terminal.wait_for(re.escape("gc: remove all this? [y/N] "))
    terminal.type(typed)
    assert terminal.finish() == 0, terminal.shown
    assert len(list((state / "runs").iterdir())) == left


def test_a_run_goes_on_where_it_was_started(here: Rung, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "."], cwd=tmp_path, check=True)
    project, elsewhere = tmp_path / "project", tmp_path / "elsewhere"
    project.mkdir()
    elsewhere.mkdir()
    (project / "rung.yaml").write_text(GATE + "report: { json: report.json }\n")
    assert here("run", "rung.yaml", cwd=project).code == 5
    run = only(tmp_path / ".git" / "rung")
    told = here("answer", run, "approve", "approve", "--resume", cwd=elsewhere)
    assert told.code == 0
    assert told.err.splitlines()[0] == f"rung: note: run {run} goes on in {project}"
    assert (project / "released.txt").exists()
    assert json.loads((project / "report.json").read_text())["status"] == "succeeded"
    assert list(elsewhere.iterdir()) == []
    shutil.rmtree(project)
    told = here("resume", cwd=elsewhere)
    assert (told.code, "the directory that the run was started in is gone" in one_line(told)) == (2, True)
    assert here("show", cwd=elsewhere).code == 0


def test_a_run_goes_on_with_the_workflow_and_the_parallelism_that_it_began_with(
    here: Rung, workflow: Callable[[str], str], tmp_path: Path, state: Path
) -> None:
    # Two nodes that would meet if they ran at once: each fails where it finds the other at work.
    alone = "mkdir busy; sleep 0.05; rmdir busy"
    text = GATE + "".join(f"  n{index}: {{ run: '{alone}', needs: approve }}\n" for index in range(2))
    assert here("run", workflow(text), "--max-parallel", "1").code == 5
    workflow(text.replace("touch released.txt", "exit 9"))
    assert here("answer", only(state), "approve", "approve", "--resume").code == 0
    assert (tmp_path / "released.txt").exists()


def test_a_run_is_shown_as_it_was_live_in_steps_and_as_a_document(here: Rung, workflow: Callable[[str], str]) -> None:
    live = here("run", workflow(BUILD), "--json")
    told = here("show", "--events")
    assert (told.code, told.out) == (0, live.err)
    assert here("show", "--json").out == live.out


def test_the_verbs_cost_nothing_until_they_are_used() -> None:
    script = (
        "import sys; from orchestrator.frontends.cli.entry import run; run(['--help'])\n"
        "print([name for name in sys.modules if name.startswith(('orchestrator.app', 'pydantic', 'sqlite3'))])"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "resume" in done.stdout
