"""`rung run` does the work, says what happened, and leaves with the right code."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CHAIN = """\
version: 1
name: chain
inputs:
  who: { type: string, default: world }
nodes:
  last: { run: "cat first.txt > last.txt", needs: first }
  first:
    env: { WHO: "${{ inputs.who }}" }
    run: echo "hello $WHO" > first.txt
"""
FAILS = """\
version: 1
name: fails
nodes:
  good: { run: "true" }
  bad: { run: "echo the evidence; exit 3" }
  after: { run: touch after.txt, needs: bad }
"""
GATE = """\
version: 1
name: gate
nodes:
  approve: { kind: gate, prompt: "Release it?" }
  release: { run: touch released.txt, needs: approve }
"""


@pytest.fixture
def workflow(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        (tmp_path / "rung.yaml").write_text(text)
        return "rung.yaml"

    return write


def test_a_run_does_its_work_in_the_order_of_the_needs(
    rung: Callable[..., Any], workflow: Callable[[str], str], tmp_path: Path
) -> None:
    told = rung("run", workflow(CHAIN), "--input", "who=there")
    assert told.code == 0
    assert (tmp_path / "last.txt").read_text() == "hello there\n"
    assert told.out.startswith("chain succeeded\n")
    lines = [line.split(maxsplit=1)[1] for line in told.err.splitlines()]
    assert lines[0].startswith("chain started: 2 nodes, 4 at once, isolation ")
    assert lines[1] == "first started"
    assert lines[-1].startswith("chain succeeded in ")


def test_a_failure_is_told_with_its_evidence_and_its_code(
    rung: Callable[..., Any], workflow: Callable[[str], str], tmp_path: Path
) -> None:
    told = rung("run", workflow(FAILS))
    assert told.code == 1
    assert "the evidence" in told.out
    assert "bad: exit code 3" in told.out
    assert not (tmp_path / "after.txt").exists()


def test_json_is_the_only_thing_on_standard_output(rung: Callable[..., Any], workflow: Callable[[str], str]) -> None:
    told = rung("run", workflow(FAILS), "--json", "--quiet")
    assert (told.code, told.err) == (1, "")
    document = json.loads(told.out)
    assert (document["status"], document["exit_code"]) == ("failed", 1)
    assert {node["id"]: node["status"] for node in document["nodes"]} == {
        "good": "succeeded",
        "bad": "failed",
        "after": "skipped",
    }


def test_fail_fast_stops_what_has_not_begun(rung: Callable[..., Any], workflow: Callable[[str], str]) -> None:
    text = FAILS + "".join(f"  n{index}: {{ run: 'true' }}\n" for index in range(4))
    told = rung("run", workflow(text), "--fail-fast", "--max-parallel", "1", "--json")
    ends = {node["id"]: (node["status"], node["reason"]) for node in json.loads(told.out)["nodes"]}
    assert told.code == 1
    assert ends.pop("bad")[0] == "failed"  # it goes first: the longest path is ahead of it
    assert ends.pop("after") == ("skipped", "needs bad, which failed")
    assert set(ends.values()) == {("skipped", "fail-fast: bad failed")}


@pytest.mark.parametrize(
    ("arguments", "workers"),
    [(["--max-parallel", "7"], 7), (["--set", "limits.max_parallel=6"], 6), ([], 2)],
)
def test_the_command_line_is_above_the_workflow(
    rung: Callable[..., Any], workflow: Callable[[str], str], arguments: list[str], workers: int
) -> None:
    told = rung("run", workflow(CHAIN.replace("inputs:", "max-parallel: 2\ninputs:")), *arguments)
    assert f"2 nodes, {workers} at once" in told.err


def test_a_dry_run_shows_the_order_and_does_nothing(
    rung: Callable[..., Any], workflow: Callable[[str], str], tmp_path: Path
) -> None:
    told = rung("run", workflow(CHAIN), "--dry-run")
    assert (told.code, told.err) == (0, "")
    assert told.out.splitlines() == [
        "chain: 2 nodes, nothing is run",
        '1  first  run  echo "hello $WHO" > first.txt',
        "2  last   run  cat first.txt > last.txt",
    ]
    document = json.loads(rung("run", "rung.yaml", "--dry-run", "--json", "-i", "who=you").out)
    assert document["inputs"] == {"who": "you"}
    assert [[node["id"] for node in wave] for wave in document["waves"]] == [["first"], ["last"]]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rung.yaml"]


@pytest.mark.parametrize("given", ["wo=1", "who", "=1"])
def test_a_wrong_input_is_told_before_anything_runs(
    rung: Callable[..., Any], workflow: Callable[[str], str], tmp_path: Path, given: str
) -> None:
    told = rung("run", workflow(CHAIN), "--input", given)
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("rung: ")
    assert not (tmp_path / "first.txt").exists()


def test_reports_are_written_where_the_workflow_wants_them(
    rung: Callable[..., Any], workflow: Callable[[str], str], tmp_path: Path
) -> None:
    told = rung("run", workflow(FAILS + "report: { json: out/report.json, junit: out/report.xml }\n"))
    assert told.code == 1
    assert json.loads((tmp_path / "out" / "report.json").read_text())["status"] == "failed"
    assert "<testsuite" in (tmp_path / "out" / "report.xml").read_text()


def test_a_report_that_cannot_be_written_is_told_after_the_summary(
    rung: Callable[..., Any], workflow: Callable[[str], str], tmp_path: Path
) -> None:
    (tmp_path / "taken").mkdir()
    told = rung("run", workflow(CHAIN + "report: { json: taken }\n"), "--quiet")
    assert told.code == 1
    assert told.out.startswith("chain succeeded")
    assert told.err.startswith("rung: ")
    assert "taken" in told.err


def test_a_workflow_is_found_by_its_name(rung: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / ".rung" / "workflows").mkdir(parents=True)
    (tmp_path / ".rung" / "workflows" / "hello.yaml").write_text(CHAIN)
    assert rung("run", "hello").code == 0
    told = rung("run", "helo")
    assert (told.code, told.err) == (
        2,
        "rung: helo: there is no such file, and no name in workflows (did you mean 'hello'?)\n",
    )


def test_a_gate_without_anybody_is_blocked(
    rung: Callable[..., Any], workflow: Callable[[str], str], tmp_path: Path
) -> None:
    told = rung("run", workflow(GATE))
    assert told.code == 5
    assert "Release it?" in told.out
    assert not (tmp_path / "released.txt").exists()


class Terminal:
    """A run of `rung` on a pseudo terminal, as a person sees it."""

    def __init__(self, *arguments: str, cwd: Path) -> None:
        self.shown = ""
        self._master, slave = pty.openpty()
        environ = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "30"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "orchestrator", *arguments],
            cwd=cwd,
            env=environ,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)

    def wait_for(self, pattern: str) -> None:
        while not re.search(pattern, self.shown):
            more = self._read()
            assert more, f"it ended without {pattern!r}: {self.shown}"
            self.shown += more

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def finish(self) -> int:
        while more := self._read():
            self.shown += more
        os.close(self._master)
        return self.process.wait(timeout=30)

    def _read(self) -> str:
        try:
            return os.read(self._master, 65536).decode(errors="replace")
        except OSError:  # how Linux tells that the other end of a terminal is closed
            return ""


@pytest.mark.parametrize(("answer", "code", "released"), [("y\n", 0, True), ("n\n", 1, False)])
def test_a_person_answers_a_gate(
    workflow: Callable[[str], str], tmp_path: Path, answer: str, code: int, *, released: bool
) -> None:
    terminal = Terminal("run", workflow(GATE), cwd=tmp_path)
    terminal.wait_for(re.escape("approve: Release it? [y/N] "))
    terminal.type(answer)
    assert terminal.finish() == code, terminal.shown
    assert (tmp_path / "released.txt").exists() is released


def test_an_interrupt_lets_what_runs_end_and_has_its_own_code(workflow: Callable[[str], str], tmp_path: Path) -> None:
    text = """\
version: 1
name: long
nodes:
  wait: { run: "echo begun > begun; while [ ! -e go ]; do sleep 0.02; done; touch ended" }
  after: { run: touch after, needs: wait }
"""
    os.mkfifo(tmp_path / "begun")
    process = subprocess.Popen(
        [sys.executable, "-m", "orchestrator", "run", workflow(text)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    (tmp_path / "begun").read_text()  # returns when the node writes
    process.send_signal(signal.SIGINT)
    assert process.stderr
    seen = ""
    while "interrupt" not in seen:
        line = process.stderr.readline()
        assert line, seen
        seen += line
    (tmp_path / "go").touch()
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, (out, seen + err)
    assert (tmp_path / "ended").exists()
    assert not (tmp_path / "after").exists()
    assert "Traceback" not in err
