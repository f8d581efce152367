"""Projects are found in a list of files."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from orchestrator.validation.packs import detect
from tests.unit.validation.packs.projects import CASES, SHIPPED

TABLE: list[dict[str, Any]] = YAML(typ="safe", pure=True).load((CASES / "detection.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", TABLE, ids=[case["name"] for case in TABLE])
def test_projects_are_found_where_they_are(case: dict[str, Any]) -> None:
    found = detect(case["files"], case["files"].get, packs=SHIPPED)
    assert [[project.pack, project.root, len(project.files)] for project in found] == case["projects"]


def test_a_project_says_what_told_of_it() -> None:
    marked, loose = detect(["a/go.mod", "b/run.sh"], lambda _: None, packs=SHIPPED)[::-1]
    assert (loose.evidence, loose.is_marked) == (("*.sh",), False)
    assert (marked.evidence, marked.is_marked) == (("a/go.mod",), True)


NAMES = ["pyproject.toml", "a.py", "Cargo.toml", "package.json", "x.c", "Makefile", "CMakeLists.txt", "go.mod", "r.sh"]
FOLDERS = st.lists(st.sampled_from(["a", "b", "node_modules", "tests", "fixtures"]), max_size=3).map("/".join)
PATHS = st.builds(lambda folder, name: f"{folder}/{name}".strip("/"), FOLDERS, st.sampled_from(NAMES))


@given(st.lists(PATHS, max_size=12))
def test_no_file_belongs_to_two_projects_of_one_pack_and_order_does_not_matter(files: list[str]) -> None:
    found = detect(files, lambda _: "", packs=SHIPPED)
    assert found == detect(reversed(files), lambda _: "", packs=SHIPPED)
    for pack in SHIPPED.packs:
        owned = [file for project in found if project.pack == pack for file in project.files]
        assert len(owned) == len(set(owned))
        assert set(owned) <= set(files)
    assert all(file.startswith(project.root) for project in found for file in project.files)
    assert all(project.path(name) in project.files for project in found for name in project.own)
