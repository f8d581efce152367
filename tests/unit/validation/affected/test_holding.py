"""Where tests lie, by their ids."""

import pytest

from orchestrator.validation.affected import holding_tests
from orchestrator.validation.packs import Project
from tests.unit.validation.packs.projects import SHIPPED

FILES = ("check_api.py", "src/a/test_a.py", "src/b/test_a.py", "tests/__init__.py", "tests/deep/test_b.py", "words.py")


@pytest.mark.parametrize(
    ("tests", "held"),
    [
        (["src.a.test_a::test_it[x.y::z]"], ["src/a/test_a.py"]),
        (["src.a.test_a.TestIt::test_it", "tests.deep.test_b::test"], ["src/a/test_a.py", "tests/deep/test_b.py"]),
        (["deep.test_b.Case.test_it"], ["tests/deep/test_b.py"]),
        (["test_a.Case.test_it"], ["src/a/test_a.py", "src/b/test_a.py"]),
        (["check_api::test_it"], ["check_api.py"]),
        (["gone.test_it::test"], []),
        ([], []),
    ],
)
def test_a_file_is_found_by_the_module_that_an_id_begins_with(tests: list[str], held: list[str]) -> None:
    project = Project(pack="python", root="", evidence=("words.py",), files=FILES)
    assert list(holding_tests(project, SHIPPED.packs["python"], tests=tests)) == held


def test_where_tests_are_chosen_by_their_names_these_are_given() -> None:
    project = Project(pack="rust", root="", evidence=("Cargo.toml",), files=("src/lib.rs",))
    assert holding_tests(project, SHIPPED.packs["rust"], tests=["lib::tests::it_works"]) == ("it_works",)
