"""Code under repair runs in the sandbox or not at all, unless its user says `--sandbox off`; the report names which."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from orchestrator.sandbox import LAUNCHERS
from orchestrator.testing.repo import TempRepo
from tests.acceptance.conftest import Rung, Told
from tests.acceptance.skeleton import OFF, Project, no_sandbox

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "reference" / "run.schema.json").read_text())
TOOLS = ("bash", "sh", "git", "grep", "cat", "unshare", "mount", "python3", "touch", "test")
"""What a run needs, bubblewrap left out."""
REFUSED = (
    "rung: no sandbox can be had here: bubblewrap (bwrap) is not installed"
    " (rung doctor says how to get it; --sandbox off runs without)\n"
)
FOLLOWER = """\
  follow:
    needs: mend
    env: {{ OURS: "from the workflow" }}
    run: |
      {script}
    outputs: {{ said: "${{{{ run.stdout }}}}" }}
"""

LAST = """\
  last:
    needs: follow
    env: { TOLD: "${{ needs.follow.outputs.told }}" }
    run: test "$TOLD" = "from the workflow"
"""

needs_sandbox = pytest.mark.skipif(bool(no_sandbox()), reason=f"no sandbox here: {no_sandbox()}")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.make(tmp_path, models=("large",), check="grep -Fq 'a + b' calc.py")


@pytest.fixture
def ask(here: Rung, project: Project, monkeypatch: pytest.MonkeyPatch) -> Rung:
    """``rung`` in the project, as its user."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(project.home.parent))

    def call(*arguments: str) -> Told:
        return here(*arguments, "--quiet", cwd=project.folder)

    return call


@pytest.fixture
def without_bubblewrap(tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine where it is not installed; its user has said nothing of it."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for tool in TOOLS:
        (folder / tool).symlink_to(str(shutil.which(tool)))
    monkeypatch.setenv("PATH", str(folder))
    config = project.home / "config.toml"
    config.write_text(config.read_text().removeprefix(OFF))


def document(told: Told) -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads(told.out)
    Draft202012Validator(SCHEMA).validate(read)
    return read


def followed_by(project: Project, *script: str) -> None:
    """Let the workflow go on with these lines of shell."""
    text = (project.folder / "fix.yaml").read_text() + FOLLOWER.format(script="\n      ".join(script))
    project.repository.write({"fix.yaml": text})


@needs_sandbox
def test_every_report_names_the_sandbox(ask: Rung, project: Project) -> None:
    text = (project.folder / "fix.yaml").read_text() + "report: { json: r.json, markdown: r.md }\n"
    project.repository.write({"fix.yaml": text})
    told = ask("run", "fix.yaml", "--set", "sandbox.memory_mb=900", "--set", "sandbox.seconds=60")
    assert told.code == 0, told.err
    [line] = [line for line in told.out.splitlines() if line.startswith("sandbox ")]
    assert line.startswith("sandbox bubblewrap ")
    assert line.endswith(": no network, 900 MB, 512 processes, 60 s")
    assert line in ask("show").out
    assert line in ask("show", "--events").out
    held = document(ask("show", "--json"))["sandbox"]
    assert json.loads((project.folder / "r.json").read_text())["sandbox"] == held
    assert (held["isolation"], held["why"], held["network"], held["git"]) == ("sandbox", "", "none", True)
    assert {"pid", "net", "user"} <= set(held["namespaces"])
    assert {one["name"]: one["value"] for one in held["limits"]}["memory_mb"] == 900
    assert all(one["by"] for one in held["limits"])
    assert "Code under repair ran in: <code>sandbox bubblewrap " in (project.folder / "r.md").read_text()


@pytest.mark.usefixtures("without_bubblewrap")
def test_without_a_sandbox_nothing_runs_and_nothing_is_left(ask: Rung, project: Project) -> None:
    before, refs = project.belongings(), project.refs()
    told = ask("run", "fix.yaml")
    assert (told.code, told.out, told.err) == (2, "", REFUSED)
    assert project.billed() == {"small": 0, "large": 0}
    assert (project.belongings(), project.refs()) == (before, refs)
    assert list((project.folder / ".git" / "rung" / "runs").iterdir()) == []


@pytest.mark.usefixtures("without_bubblewrap")
@pytest.mark.parametrize("switch", ["--sandbox=off", "--set=sandbox.mode=off", "environment", "configuration"])
def test_its_user_can_go_without_and_the_report_says_so(
    ask: Rung, project: Project, monkeypatch: pytest.MonkeyPatch, switch: str
) -> None:
    followed_by(project, 'touch beside; grep "a + b" calc.py')
    options = []
    if switch == "environment":
        monkeypatch.setenv("RUNG_SANDBOX__MODE", "off")
    elif switch == "configuration":
        config = project.home / "config.toml"
        config.write_text(OFF + config.read_text())
    else:
        options.append(switch)
    told = ask("run", "fix.yaml", *options)
    assert (told.code, told.err) == (0, "")
    held = document(ask("show", "--json"))["sandbox"]
    assert f"\nsandbox off (switched off by its user): plain copies, isolation {held['isolation']}\n" in told.out
    assert (held["why"], held["launcher"], held["limits"]) == ("switched off by its user", None, None)
    assert held["isolation"] in {launcher.name for launcher in LAUNCHERS}
    assert not (project.folder / "beside").exists()


@pytest.mark.usefixtures("without_bubblewrap")
def test_a_repository_can_neither_switch_it_off_nor_widen_its_limits(ask: Rung, project: Project) -> None:
    project.repository.write(
        {"rung.toml": '[sandbox]\nmode = "off"\nnetwork = "all"\nmemory_mb = 99999\nprocesses = 7\n'}
    )
    told = ask("run", "fix.yaml")
    assert told.code == 2
    assert REFUSED in told.err
    assert "rung.toml:2: sandbox.mode: ignored" in told.err
    assert "rung.toml:3: sandbox.network: ignored" in told.err
    assert "rung.toml:4: sandbox.memory_mb: ignored: a repository may only lower it, and it is 4096" in told.err
    assert "sandbox.processes" not in told.err
    assert ask("trust").code == 0
    assert ask("run", "fix.yaml").code == 0


def test_a_run_goes_on_only_with_a_sandbox_or_a_word(
    ask: Rung, project: Project, request: pytest.FixtureRequest
) -> None:
    project.configure(())
    run = document(ask("run", "fix.yaml", "--json"))["run"]
    project.configure(("large",))
    assert ask("answer", run, "mend", "there is one now").code == 0
    request.getfixturevalue("without_bubblewrap")
    told = ask("resume", run)
    assert (told.code, told.out, told.err) == (2, "", REFUSED)
    assert ask("show", run).code == 0, "the run is as it was"
    told = ask("resume", run, "--sandbox", "off")
    assert (told.code, told.err) == (0, "")
    story = ask("show", run, "--events").out.splitlines()
    named = [index for index, line in enumerate(story) if line.partition(" ")[2].startswith("sandbox ")]
    begun = [index for index, line in enumerate(story) if " started: " in line or " resumed: " in line]
    assert named == [index + 1 for index in begun], "each engine tells it once, as soon as it has begun"
    assert len(named) == 2
    told = ask("retry", "mend", "--run", run)
    assert told.code == 2, "it succeeded"
    assert project.billed() == {"small": 0, "large": 1}


@pytest.mark.usefixtures("without_bubblewrap")
def test_a_workflow_that_edits_nothing_needs_no_sandbox(ask: Rung, project: Project) -> None:
    project.repository.write({"plain.yaml": "version: 1\nname: p\nnodes:\n  one: { run: touch made }\n"})
    assert ask("run", "plain.yaml").code == 0
    assert (project.folder / "made").exists(), "it is the user's own command in the user's own folder"
    held = document(ask("show", "--json"))["sandbox"]
    assert (held["why"], held["launcher"]) == ("", None)


@needs_sandbox
def test_a_command_beside_an_edit_sees_the_result_and_nothing_of_the_user(
    ask: Rung, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICE_TOKEN", "a-secret")
    (tmp_path / "private").write_text("private\n")
    followed_by(
        project,
        f'test "$PWD" = {project.folder}',
        "grep -q 'a + b' calc.py",
        f"! cat {tmp_path}/private",
        '[ -z "$SERVICE_TOKEN" ]',
        "git log -1 --format=%s | grep -q .",
        "touch beside calc.py",
        "echo told=$OURS >> $RUNG_OUTPUT",
        "echo $OURS",
    )
    text = (project.folder / "fix.yaml").read_text()
    project.repository.write({"fix.yaml": text + LAST})
    told = ask("run", "fix.yaml", "--json")
    assert told.code == 0, [node["reason"] for node in document(told)["nodes"]]
    assert not (project.folder / "beside").exists()


@needs_sandbox
def test_no_command_beside_an_edit_runs_outside_of_the_copy(ask: Rung, project: Project, tmp_path: Path) -> None:
    followed_by(project, f"touch {tmp_path}/touched")
    text = (
        (project.folder / "fix.yaml")
        .read_text()
        .replace("    run: |", f"    working-directory: {tmp_path}\n    run: |")
    )
    project.repository.write({"fix.yaml": text})
    told = ask("run", "fix.yaml", "--json")
    assert told.code == 3
    assert "is outside of the run's copy of the project" in document(told)["nodes"][1]["reason"]
    assert not (tmp_path / "touched").exists()


@needs_sandbox
def test_a_result_is_remembered_until_what_was_read_has_changed(ask: Rung, project: Project) -> None:
    followed_by(project, "echo ran")
    text = (project.folder / "fix.yaml").read_text().replace("    env: {", "    reads: [calc.py]\n    env: {")
    project.repository.write({"fix.yaml": text})

    def ran() -> str:
        told = document(ask("run", "fix.yaml", "--json"))
        return next(str(node["reason"]) for node in told["nodes"] if node["id"] == "follow")

    assert ran() == ""
    assert ran().startswith("unchanged")
    reply = {"text": "calc.py\n```python\ndef add(a, b):\n    return a + b  # again\n```\n"}
    (project.home / "large.json").write_text(json.dumps({"replies": [reply]}))
    assert ran() == ""


@needs_sandbox
def test_a_run_leaves_nothing_in_the_folder_for_temporary_files(
    ask: Rung, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    followed_by(project, "true")
    assert ask("run", "fix.yaml").code == 0
    assert list((tmp_path / "tmp").iterdir()) == []


PRIVATE = """\
version: 1
name: apart
{top}
nodes:
  alone:
    {node}
    run: |
      touch made calc.py
      echo "where=$PWD" >> $RUNG_OUTPUT
  beside:
    needs: alone
    env: {{ WHERE: "${{{{ needs.alone.outputs.where }}}}" }}
    run: |
      {script}
"""


@needs_sandbox
@pytest.mark.parametrize("git", [True, False], ids=["repository", "folder"])
def test_a_node_that_asks_for_it_runs_on_a_copy_and_the_others_on_the_users_files(
    here: Rung, tmp_path: Path, *, git: bool
) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    if git:
        TempRepo(tmp_path / "plain").commit({"calc.py": "1\n"})
    text = PRIVATE.format(top="", node="isolation: private", script="test ! -e made; touch ours")
    (folder / "apart.yaml").write_text(text)
    told = here("run", "apart.yaml", "--quiet", cwd=folder)
    assert (told.code, told.err) == (0, "")
    assert "\nsandbox bubblewrap" in told.out
    assert sorted(path.name for path in folder.glob("[!.]*")) == sorted(["apart.yaml", "ours", *["calc.py"] * git])


@needs_sandbox
def test_a_whole_workflow_can_ask_for_copies(here: Rung, tmp_path: Path) -> None:
    repo = TempRepo(tmp_path / "project").commit({"calc.py": "1\n"})
    script = 'test ! -e made; test "$WHERE" = "$PWD"; touch ours'
    repo.write({"apart.yaml": PRIVATE.format(top="isolation: private", node="name: Alone", script=script)})
    told = here("run", "apart.yaml", "--json", "--quiet", cwd=repo.folder)
    read = document(told)
    assert told.code == 0, [node["reason"] for node in read["nodes"]]
    assert (read["result"], read["sandbox"]["isolation"]) == (None, "sandbox")
    assert repo.git("status", "--short") == "?? apart.yaml"


@pytest.mark.usefixtures("without_bubblewrap")
def test_a_node_that_asks_for_a_copy_does_not_run_without_a_sandbox(ask: Rung, project: Project) -> None:
    text = PRIVATE.format(top="", node="isolation: private", script="true")
    project.repository.write({"apart.yaml": text})
    told = ask("run", "apart.yaml")
    assert (told.code, told.err) == (2, REFUSED)
    assert ask("run", "apart.yaml", "--sandbox", "off").code == 0
    assert not (project.folder / "made").exists()


@needs_sandbox
def test_the_runs_may_be_kept_within_the_project(ask: Rung, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNG_STATE_DIR", "kept")
    followed_by(project, "grep -q 'a + b' calc.py", "echo told=$OURS >> $RUNG_OUTPUT")
    text = (project.folder / "fix.yaml").read_text()
    project.repository.write({"fix.yaml": text + LAST})
    told = ask("run", "fix.yaml", "--json")
    assert told.code == 0, [node["reason"] for node in document(told)["nodes"]]
