"""Whole runs in which several nodes edit one real repository at once: what lands, and what is told of the rest."""

import json
import re
from pathlib import Path

import pytest

from orchestrator.domain.events import AttemptFailed, CandidateJudged, CandidateKept, CandidateLanded, NodeEnded
from orchestrator.domain.retry import FailureKind
from orchestrator.domain.status import NodeStatus, RunStatus
from orchestrator.domain.verdict import VerdictStatus
from tests.unit.repair.landing import Editor, Landed, land

pytestmark = pytest.mark.anyio

NODE = """\
  {node}:
    prompt: Node {node} edits {path}.
    files: [{path}]
    validate: [{{ name: tests, shell: sh, run: {check} }}]
    retry: {{ max-attempts: {attempts} }}
"""


def workflow(paths: dict[str, str], *, check: str, attempts: int = 1) -> str:
    """Nodes, each of which edits a file."""
    nodes = (
        NODE.format(node=node, path=path, check=json.dumps(check), attempts=attempts) for node, path in paths.items()
    )
    return "nodes:\n" + "".join(nodes)


def block(path: str, search: str, replace: str) -> str:
    return f"{path}\n<<<<<<< SEARCH\n{search}=======\n{replace}>>>>>>> REPLACE\n"


def node_of(prompt: str) -> str:
    found = re.match(r"Node (\w+) edits", prompt)
    assert found
    return found[1]


def landed_nodes(run: Landed) -> set[str]:
    return {event.node for event in run.events if isinstance(event, CandidateLanded)}


def check_nothing_is_lost(run: Landed) -> None:
    """What is said to have landed is in the head, step by step, and every candidate can still be reached."""
    landed = [event.commit for event in run.events if isinstance(event, CandidateLanded)]
    assert sorted(landed, key=run.line().index) == run.line()
    assert {event.commit for event in run.events if isinstance(event, CandidateKept)} == run.kept()
    run.repository.git("fsck", "--connectivity-only", "--no-dangling")


async def test_eight_independent_candidates_of_four_workers_all_land_in_one_head(tmp_path: Path) -> None:
    names = [f"n{number}" for number in range(8)]
    editor = Editor(lambda prompt: block(f"{node_of(prompt)}.txt", "old\n", f"new by {node_of(prompt)}\n"), together=4)
    text = workflow({name: f"{name}.txt" for name in names}, check="cat n*.txt | grep -c . | grep -qx 8")
    run = await land(tmp_path, {f"{name}.txt": "old\n" for name in names}, workflow=text, editor=editor)
    assert (run.status, landed_nodes(run), len(editor.prompts)) == (RunStatus.SUCCEEDED, set(names), 8)
    assert run.changed() == {f"{name}.txt" for name in names}
    assert {name: run.text(f"{name}.txt") for name in names} == {name: f"new by {name}\n" for name in names}
    assert all(run.holds(candidate) for candidate in run.kept())
    check_nothing_is_lost(run)
    judged = [event.verdict for event in run.events if isinstance(event, CandidateJudged)]
    assert judged == [VerdictStatus.PASSED] * 8, "each once on its own"


async def test_edits_in_different_places_of_one_file_are_merged(tmp_path: Path) -> None:
    lines = [f"line {number}\n" for number in range(40)]
    places = {"top": lines[2], "middle": lines[20], "bottom": lines[37]}
    editor = Editor(
        lambda prompt: block("a.txt", places[node_of(prompt)], f"{places[node_of(prompt)]}{node_of(prompt)}\n"),
        together=3,
    )
    text = workflow(dict.fromkeys(places, "a.txt"), check="grep -q line a.txt")
    run = await land(tmp_path, {"a.txt": "".join(lines)}, workflow=text, editor=editor)
    assert (run.status, len(editor.prompts)) == (RunStatus.SUCCEEDED, 3)
    assert [line for line in run.text("a.txt").splitlines() if line in places] == ["top", "middle", "bottom"]
    check_nothing_is_lost(run)


async def test_three_that_conflict_all_land_and_the_overtaken_are_made_again(tmp_path: Path) -> None:
    names = ["one", "two", "three"]
    editor = Editor(lambda prompt: block("list.txt", "top\n", f"top\n{node_of(prompt)}\n"), together=3)
    text = workflow(dict.fromkeys(names, "list.txt"), check="grep -q top list.txt")
    run = await land(tmp_path, {"list.txt": "top\n"}, workflow=text, editor=editor)
    assert (run.status, landed_nodes(run)) == (RunStatus.SUCCEEDED, set(names))
    assert sorted(run.text("list.txt").splitlines()) == sorted(["top", *names])
    failures = [event for event in run.events if isinstance(event, AttemptFailed)]
    assert {event.kind for event in failures} == {FailureKind.CONFLICT}
    assert 2 <= len(failures) <= 3
    assert all(event.reason.endswith("landed meanwhile, in list.txt") for event in failures)
    assert all(f"+{event.node}\n" in event.detail for event in failures)
    hinted = [prompt for prompt in editor.prompts if "Below is the edit that was made before" in prompt]
    assert len(hinted) == len(failures)
    check_nothing_is_lost(run)


LIBRARY = {"lib.py": "def helper():\n    return 1\n", "use.py": "# nothing yet\n"}
RENAME = block("lib.py", "def helper():\n", "def assist():\n")
ALIAS = block("lib.py", "    return 1\n", "    return 1\n\n\nassist = helper\n")
CALL = block("use.py", "# nothing yet\n", "from lib import helper\n\nhelper()\n")
CALL_AGAIN = block("use.py", "# nothing yet\n", "from lib import assist\n\nassist()\n")
REPLIES = {("rename", False): RENAME, ("rename", True): ALIAS, ("call", False): CALL, ("call", True): CALL_AGAIN}


def library(attempts: int) -> tuple[str, Editor]:
    """One node renames a function, the other one calls it."""
    text = workflow({"rename": "lib.py", "call": "use.py"}, check="python3 -B use.py", attempts=attempts)
    return text, Editor(lambda prompt: REPLIES[node_of(prompt), "ImportError" in prompt], together=2)


async def test_of_two_that_fit_alone_and_not_together_one_lands_and_the_other_is_told_why(tmp_path: Path) -> None:
    text, editor = library(attempts=1)
    run = await land(tmp_path, LIBRARY, workflow=text, editor=editor)
    assert run.status is RunStatus.PARTIAL
    [bad] = [event for event in run.events if isinstance(event, NodeEnded) and event.status is NodeStatus.FAILED]
    assert landed_nodes(run) == {"rename", "call"} - {bad.node}
    assert bad.reason == "passed alone, but not together with what landed meanwhile: tests: exit code 1"
    assert bad.kind is FailureKind.VALIDATION
    assert "ImportError: cannot import name 'helper'" in bad.detail
    assert len(run.changed()) == 1
    assert len(run.kept()) == 2
    check_nothing_is_lost(run)


async def test_who_is_told_that_it_does_not_fit_can_make_it_fit(tmp_path: Path) -> None:
    text, editor = library(attempts=2)
    run = await land(tmp_path, LIBRARY, workflow=text, editor=editor)
    assert (run.status, landed_nodes(run)) == (RunStatus.SUCCEEDED, {"rename", "call"})
    assert "passed alone, but not together with what landed meanwhile" in editor.prompts[2]
    assert "ImportError" in editor.prompts[2]
    assert run.changed() == {"lib.py", "use.py"}
    check_nothing_is_lost(run)
