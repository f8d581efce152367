"""Expressions in a script arrive as data: real shells, hostile values."""

import json
import subprocess
from pathlib import Path

import pytest

from orchestrator.domain.node import NodeSpec
from orchestrator.expressions import Scope, parse_template, to_text
from orchestrator.workflow import loads

HOSTILE = "$(touch pwned) `touch pwned` \"; touch pwned; ' && touch pwned # \\ * ${HOME} \n-n é"


def _node(script: str, *, shell: str = "bash") -> NodeSpec:
    workflow = {"vars": {"evil": HOSTILE, "list": [1, 2]}, "nodes": {"a": {"run": script, "shell": shell}}}
    return loads(json.dumps(workflow), source="w.yaml", base=None).nodes[0]


def _run(node: NodeSpec, folder: Path) -> str:
    """What the node's script prints, with its environment evaluated as the executor does."""
    scope = Scope({"vars": {"evil": HOSTILE, "list": [1, 2]}, "run": {"id": "r1"}})
    env = {name: to_text(parse_template(text).evaluate(scope)) for name, text in node.env.items()}
    command = [str(node.body["shell"]), "-c", str(node.body["script"])]
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **env}
    return subprocess.run(command, env=env, cwd=folder, capture_output=True, check=True).stdout.decode()


@pytest.mark.parametrize("shell", ["bash", "sh"])
@pytest.mark.parametrize(
    ("script", "printed"),
    [
        ('printf %s "${{ vars.evil }}"', HOSTILE),
        ('printf %s "a ${{ vars.evil }} b"', f"a {HOSTILE} b"),
        ('printf %s "$(printf %s "${{ vars.evil }}")"', HOSTILE),
        ("cat <<END\n${{ vars.evil }}\nEND\n", f"{HOSTILE}\n"),
        ('x="${{ vars.evil }}"; printf %s "$x"', HOSTILE),
        ("echo ${{ run.id }}${{ run.id }} # ${{ vars.evil }}", "r1r1\n"),
        ("echo ${{ vars.list[1] }}", "2\n"),
    ],
)
def test_a_hostile_value_is_printed_and_never_run(script: str, printed: str, *, shell: str, tmp_path: Path) -> None:
    assert _run(_node(script, shell=shell), tmp_path) == printed
    assert list(tmp_path.iterdir()) == []


def test_no_expression_is_left_in_any_script() -> None:
    node = _node("echo ${{ run.id }} ${{ vars.evil }}")
    assert "${{" not in str(node.body["script"])
    assert node.env == {"RUNG_EXPR_1": "${{ run.id }}", "RUNG_EXPR_2": "${{ vars.evil }}"}


def test_a_script_without_expressions_is_left_as_it_is() -> None:
    assert (_node("echo '$HOME' {}").body["script"], _node("x").env) == ("echo '$HOME' {}", {})
