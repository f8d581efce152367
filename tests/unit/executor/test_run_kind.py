"""``run`` nodes with real commands: environment, outputs, failures, timeouts, and nothing left behind."""

import os
from pathlib import Path

import anyio
import pytest

from orchestrator.app import RunRequest, execute
from orchestrator.config import Settings
from orchestrator.domain.events import AttemptFailed, Event, NodeEnded, NodeOutput
from orchestrator.domain.retry import FailureKind
from orchestrator.domain.status import NodeStatus, RunStatus
from orchestrator.workflow import bind_inputs, loads


class Ran:
    """A finished run of a workflow text."""

    def __init__(self, text: str, cwd: Path, **inputs: str) -> None:
        self.events: list[Event] = []
        plan = loads(text, source="test.yaml", base=cwd)
        request = RunRequest(
            plan=plan,
            inputs=bind_inputs(plan, inputs),
            cwd=cwd,
            settings=Settings(),
            state=cwd.parent / f"{cwd.name}-state",
            reporters=[self],
            env={"PATH": os.environ["PATH"], "INHERITED": "yes"},
        )
        self.result = anyio.run(execute, request)

    def on_event(self, event: Event) -> None:
        self.events.append(event)

    def ended(self, node: str) -> NodeEnded:
        return next(event for event in self.events if isinstance(event, NodeEnded) and event.node == node)

    def lines(self, node: str) -> list[str]:
        return [event.line for event in self.events if isinstance(event, NodeOutput) and event.node == node]


def one(body: str) -> str:
    return f"version: 1\nname: t\ninputs: {{ v: {{ type: string, default: 'x y' }} }}\nnodes:\n  a:\n{body}\n"


def test_a_command_runs_where_the_user_is_with_the_users_environment(tmp_path: Path) -> None:
    ran = Ran(one('    run: echo "$PWD $INHERITED"'), tmp_path)
    assert ran.lines("a") == [f"{tmp_path} yes"]
    assert ran.result.status == RunStatus.SUCCEEDED


def test_values_reach_a_command_through_its_environment_and_are_never_spliced(tmp_path: Path) -> None:
    ran = Ran(
        one('    env: { V: "${{ inputs.v }}" }\n    run: echo "[$V]"'), tmp_path, v='"; touch hacked; echo "$(id)'
    )
    assert ran.lines("a") == ['["; touch hacked; echo "$(id)]']
    assert list(tmp_path.iterdir()) == []


def test_outputs_come_from_the_output_file_and_from_declared_templates(tmp_path: Path) -> None:
    ran = Ran(
        one(
            '    run: echo hello; echo oops >&2; echo "k=v=1" >> "$RUNG_OUTPUT"\n'
            '    outputs: { out: "${{ run.stdout }}", err: "${{ run.stderr }}", code: "${{ run.exit-code }}" }'
        ),
        tmp_path,
    )
    assert ran.ended("a").outputs == {"k": "v=1", "out": "hello", "err": "oops", "code": 0}


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        ("    run: echo no; exit 7", FailureKind.VALIDATION, "exit code 7"),
        ("    run: false | true", FailureKind.VALIDATION, "exit code 1"),
        ("    run: kill -9 $$", FailureKind.VALIDATION, "exit code 137"),
        ("    run: 'echo nonsense >> \"$RUNG_OUTPUT\"'", FailureKind.FORMAT, "RUNG_OUTPUT: line 1 is neither"),
        ("    run: 'true'\n    working-directory: nowhere", FailureKind.ERROR, "cannot run"),
        ("    run: 'true'\n    shell: no-such-shell {0}", FailureKind.ERROR, "cannot run no-such-shell"),
        ("    run: sleep 60\n    timeout-minutes: 0.005", FailureKind.TIMEOUT, "no end within 0.3 s"),
        ("    run: sleep 60\n    idle-minutes: 0.005", FailureKind.TIMEOUT, "no output for 0.3 s"),
        ("    run: 'true'\n    outputs: { x: \"${{ fromJSON('{') }}\" }", FailureKind.ERROR, "fromJSON"),
    ],
)
def test_a_command_that_fails_says_why(tmp_path: Path, body: str, kind: FailureKind, reason: str) -> None:
    ended = Ran(one(body), tmp_path).ended("a")
    assert (ended.status, ended.kind) == (NodeStatus.FAILED, kind)
    assert reason in ended.reason


def test_the_last_lines_are_kept_as_evidence(tmp_path: Path) -> None:
    ended = Ran(one("    run: seq 100; exit 1"), tmp_path).ended("a")
    assert ended.detail.splitlines() == [str(number) for number in range(81, 101)]


def test_a_retry_runs_the_command_again_and_tells_which_attempt_it_is(tmp_path: Path) -> None:
    body = '    retry: { max-attempts: 3, backoff: 0 }\n    run: echo "try $RUNG_ATTEMPT"; test "$RUNG_ATTEMPT" = 2'
    ran = Ran(one(body), tmp_path)
    assert ran.lines("a") == ["try 1", "try 2"]
    assert [event.reason for event in ran.events if isinstance(event, AttemptFailed)] == ["exit code 1"]


def test_an_interpreter_other_than_a_shell_gets_the_script(tmp_path: Path) -> None:
    ran = Ran(one("    shell: python\n    run: |\n      import os\n      print(6 * 7)"), tmp_path)
    assert ran.lines("a") == ["42"]


def test_a_failed_command_still_puts_out_what_it_wrote(tmp_path: Path) -> None:
    ran = Ran(one('    run: echo "n=1" >> "$RUNG_OUTPUT"; exit 1\n    continue-on-error: true'), tmp_path)
    assert ran.ended("a").outputs == {"n": "1"}
    assert ran.result.status == RunStatus.SUCCEEDED


def test_nothing_is_left_in_the_users_directory_and_only_the_journal_in_the_runs_own(tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    ran = Ran(one("    run: 'true'"), here)
    assert list(here.iterdir()) == []
    store = tmp_path / "here-state" / "runs" / ran.result.run
    assert sorted(path.name for path in store.iterdir()) == ["journal.db", "lock"]


def test_a_hostile_umask_is_no_problem(tmp_path: Path) -> None:
    before = os.umask(0o777)
    try:
        ran = Ran(one("    run: echo fine"), tmp_path)
    finally:
        os.umask(before)
    assert ran.lines("a") == ["fine"]


BUILD = """\
version: 1
name: t
inputs: { v: { type: string, default: one } }
nodes:
  build:
    reads: [src/**]
    writes: [out]
    env: { V: "${{ inputs.v }}" }
    run: cat src/* > out; echo "built" >> ledger; echo "n=1" >> "$RUNG_OUTPUT"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "src/a").write_text("a")
    return folder


def built(folder: Path) -> int:
    return (folder / "ledger").read_text().count("built")


def test_a_command_whose_inputs_did_not_change_is_not_run_again(project: Path) -> None:
    Ran(BUILD, project)
    again = Ran(BUILD, project)
    assert built(project) == 1
    assert again.ended("build").outputs == {"n": "1"}
    assert again.ended("build").reason == "unchanged: the result is an earlier run's"


@pytest.mark.parametrize(
    "what", ["input", "file", "result", "missing result", "command", "always-run", "never", "no reads"]
)
def test_a_command_is_run_again_when_anything_it_depends_on_changed(project: Path, what: str) -> None:
    text, inputs = BUILD, {}
    if what in {"always-run", "never"}:
        text = BUILD.replace("    reads:", f"    cache: {what}\n    reads:")
    if what == "no reads":
        text = BUILD.replace("    reads: [src/**]\n", "")
    Ran(text, project)
    if what == "input":
        inputs = {"v": "two"}
    elif what == "file":
        (project / "src/a").write_text("b")
    elif what == "result":
        (project / "out").write_text("tampered")
    elif what == "missing result":
        (project / "out").unlink()
    elif what == "command":
        text = BUILD.replace("cat src/*", "cat src/a")
    Ran(text, project, **inputs)
    assert built(project) == 2


def test_a_failed_command_is_never_remembered(project: Path) -> None:
    text = BUILD.replace('echo "n=1" >> "$RUNG_OUTPUT"', "exit 1")
    Ran(text, project)
    Ran(text, project)
    assert built(project) == 2
