"""`rung init`, `check` and `graph` on real files."""

import json
import os
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

GOOD = """\
version: 1
name: good
nodes:
  a: { run: "true" }
  b: { run: "true", needs: { a: any } }
"""
BAD = """\
version: 1
name: bad
nodes:
  a: { run: "true", nedes: b }
  b: { run: "true", needs: c }
"""


def test_init_writes_a_workflow_that_checks_and_runs(rung: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("build:\n\techo built > built.txt\ntest:\n\ttest -e built.txt\n")
    told = rung("init")
    assert (told.code, told.err) == (0, "")
    assert told.out == ".rung/workflows/check.yaml is written. Read it, then: rung run check\n"
    assert rung("check", "check").out == ".rung/workflows/check.yaml: good, 2 nodes\n"
    assert rung("run", "check").code == 0
    assert (tmp_path / "built.txt").exists()


def test_init_never_touches_what_exists(rung: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("mine")
    told = rung("init", "mine.yaml")
    assert (told.code, told.out) == (2, "")
    assert told.err == "rung: mine.yaml: it exists already and is left as it is (give another PATH)\n"
    assert (tmp_path / "mine.yaml").read_text() == "mine"
    (tmp_path / "link.yaml").symlink_to("nowhere.yaml")
    assert rung("init", "link.yaml").code == 2
    assert not (tmp_path / "nowhere.yaml").exists()
    told = rung("init", "mine.yaml/below.yaml")
    assert told.code == 2
    assert told.err.startswith("rung: mine.yaml/below.yaml: ")


def test_an_output_may_be_a_file_that_exists_or_a_device(rung: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "graph.svg").write_text("x" * 100_000)
    assert rung("graph", "good.yaml", "-o", "graph.svg").code == 0
    assert ET.parse(tmp_path / "graph.svg").getroot().tag.endswith("svg")
    told = rung("graph", "good.yaml", "-o", "/dev/stdout")
    assert told.out.startswith("---\ntitle:")
    told = rung("graph", "good.yaml", "-o", "/dev/full")
    assert (told.code, told.err) == (2, "rung: /dev/full: it cannot be written: No space left on device\n")


@pytest.mark.parametrize("mask", [0o000, 0o777])
def test_init_can_be_read_back_under_any_umask(rung: Callable[..., Any], tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        assert rung("init", "a/b/c.yaml").code == 0
    finally:
        os.umask(before)
    assert all((tmp_path / name).stat().st_mode & 0o700 == 0o700 for name in ("a", "a/b"))
    assert (tmp_path / "a/b/c.yaml").stat().st_mode & 0o600 == 0o600


def test_check_tells_every_problem_of_every_file(rung: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "bad.yaml").write_text(BAD)
    told = rung("check", "good.yaml", "bad.yaml", "gone.yaml")
    assert told.code == 2
    assert told.out == "good.yaml: good, 2 nodes\n"
    lines = told.err.splitlines()
    assert lines[0].startswith("rung: bad.yaml:4: nodes.a.nedes: ")
    assert "did you mean 'needs'?" in lines[0]
    assert lines[-1].startswith("rung: gone.yaml: ")


def test_check_as_json_has_the_problems_as_data(rung: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "bad.yaml").write_text(BAD)
    told = rung("check", "good.yaml", "bad.yaml", "--json")
    assert (told.code, told.err) == (2, "")
    document = json.loads(told.out)
    good, bad = document["files"]
    assert document["ok"] is False
    assert good == {"file": "good.yaml", "ok": True, "nodes": 2, "problems": []}
    assert bad["problems"][0]["line"] == 4
    assert set(bad["problems"][0]) == {"file", "line", "path", "what", "hint"}


def test_check_of_good_files_only_succeeds(rung: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    assert rung("check", "good.yaml").code == 0


def test_graph_writes_each_format(rung: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    assert "flowchart LR" in rung("graph", "good.yaml").out
    assert rung("graph", "good.yaml", "--format", "dot").out.startswith("digraph")
    document: Any = json.loads(rung("graph", "good.yaml", "--format", "json").out)
    assert list(nx.node_link_graph(document, edges="edges").edges) == [("a", "b")]
    told = rung("graph", "good.yaml", "-o", "graph.svg")
    assert (told.code, told.out, told.err) == (0, "", "")
    assert ET.parse(tmp_path / "graph.svg").getroot().tag.endswith("svg")


def test_an_output_that_cannot_be_written_is_told(rung: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    told = rung("graph", "good.yaml", "-o", "no/such/folder.svg")
    assert (told.code, told.err) == (2, "rung: no/such/folder.svg: it cannot be written: No such file or directory\n")


def test_a_cycle_is_named_as_a_path(rung: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text(
        "version: 1\nname: w\nnodes:\n  a: { run: x, needs: b }\n  b: { run: x, needs: a }\n"
    )
    for verb in ("check", "graph", "run"):
        told = rung(verb, "w.yaml")
        assert (told.code, told.out) == (2, "")
        assert "a -> b -> a" in told.err
        assert told.err.startswith("rung: w.yaml:")
