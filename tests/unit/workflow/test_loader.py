"""Files that call files."""

from pathlib import Path

import pytest

from orchestrator.domain.node import NodeSpec
from orchestrator.errors import WorkflowError
from orchestrator.workflow import load, loads
from orchestrator.workflow.loader import MAX_CALLED_NODES

LEAF = "nodes: {leaf: {run: 'true'}}\n"


def _write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder / "main.yaml"


def test_a_text_may_call_files_below_its_base(tmp_path: Path) -> None:
    _write(tmp_path, leaf=LEAF)
    plan = loads("nodes: {a: {uses: ./leaf.yaml}}", source="inline", base=tmp_path)
    assert [child.id for child in plan.nodes[0].children] == ["leaf"]
    assert plan.source == "inline"


def test_a_text_without_a_base_calls_nothing() -> None:
    with pytest.raises(WorkflowError, match="a workflow that comes from no file cannot call one"):
        loads("nodes: {a: {uses: ./leaf.yaml}}", source="inline", base=None)


def test_a_called_file_is_named_as_the_user_would_name_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ci").mkdir()
    _write(tmp_path / "ci", main="nodes: {a: {uses: ./sub/../leaf.yaml}}", leaf="nodes: {a: {run: x, needs: b}}")
    (tmp_path / "ci" / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WorkflowError) as caught:
        load(Path("ci/main.yaml"))
    assert [problem.file for problem in caught.value.problems] == ["ci/leaf.yaml"]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text(LEAF)
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link.yaml").symlink_to("../outside.yaml")
    path = _write(inside, main="nodes: {a: {uses: ./link.yaml}}")
    with pytest.raises(WorkflowError, match="leaves the folder of the outermost workflow"):
        load(path)


def test_a_file_below_may_call_back_up_inside_the_folder(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "down.yaml").write_text("nodes: {up: {uses: ../leaf.yaml}}")
    plan = load(_write(tmp_path, main="nodes: {a: {uses: ./sub/down.yaml}}", leaf=LEAF))
    assert plan.nodes[0].children[0].children[0].id == "leaf"


def test_a_link_to_a_workflow_is_read_where_it_points_and_calls_beside_the_link(tmp_path: Path) -> None:
    _write(tmp_path, real="nodes: {a: {uses: ./leaf.yaml}}", leaf=LEAF)
    (tmp_path / "main.yaml").symlink_to("real.yaml")
    assert load(tmp_path / "main.yaml").nodes[0].children[0].id == "leaf"


def test_a_circle_through_a_link_is_found(tmp_path: Path) -> None:
    path = _write(tmp_path, main="nodes: {a: {uses: ./alias.yaml}}")
    (tmp_path / "alias.yaml").symlink_to("main.yaml")
    with pytest.raises(WorkflowError, match="workflows call each other in a circle"):
        load(path)


def test_two_nodes_may_call_the_same_file(tmp_path: Path) -> None:
    path = _write(tmp_path, main="nodes: {a: {uses: ./leaf.yaml}, b: {uses: ./leaf.yaml}}", leaf=LEAF)
    first, second = load(path).nodes
    assert first.children == second.children != ()


def test_problems_of_all_files_are_told_the_caller_s_first_and_by_line(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        main="nodes:\n  a: {uses: ./b.yaml}\n  c: {uses: ./d.yaml}\n  e: {run: x, needs: f}\nnam: x\n",
        b="nodes: {a: {runn: x}}\n",
        d="nodes:\n  a: {run: x}\nversion: 3\n",
    )
    with pytest.raises(WorkflowError) as caught:
        load(path)
    told = [(Path(problem.file).stem, problem.line) for problem in caught.value.problems]
    assert told == [("main", 4), ("main", 5), ("b", 1), ("d", 3)]


def test_calls_that_multiply_are_stopped_before_they_fill_the_memory(tmp_path: Path) -> None:
    """Each of six files calls the next ten times: a million nodes, from a thousand bytes of text."""
    calls = "nodes: {%s}\n"
    for level in range(6):
        nodes = ", ".join(f"n{number}: {{uses: ./l{level + 1}.yaml}}" for number in range(10))
        _write(tmp_path, **{f"l{level}": calls % nodes})
    _write(tmp_path, l6=LEAF)
    with pytest.raises(WorkflowError, match=f"bring more than {MAX_CALLED_NODES:,} nodes"):
        load(tmp_path / "l0.yaml")


def test_calls_of_a_large_file_are_stopped_before_they_fill_the_memory(tmp_path: Path) -> None:
    nodes = ", ".join(f"n{number}: {{uses: ./leaf.yaml}}" for number in range(12))
    path = _write(tmp_path, main=f"nodes: {{{nodes}}}", leaf=LEAF + "#" * 900_000)
    with pytest.raises(WorkflowError, match="bring more than 10,000,000 characters") as caught:
        load(path)
    assert len(caught.value.problems) == 1


def test_a_wide_file_of_calls_within_the_limit_loads(tmp_path: Path) -> None:
    nodes = ", ".join(f"n{number}: {{uses: ./leaf.yaml}}" for number in range(300))
    plan = load(_write(tmp_path, main=f"nodes: {{{nodes}}}", leaf=LEAF))
    assert _count(plan.nodes) == 600


def _count(nodes: tuple[NodeSpec, ...]) -> int:
    return sum(1 + _count(node.children) for node in nodes)


def test_a_text_is_as_limited_as_a_file() -> None:
    with pytest.raises(WorkflowError, match=r"at most 1,000,000"):
        loads("# " + "x" * 1_000_000, source="w.yaml", base=None)
