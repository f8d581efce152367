"""Which folders of dependencies are no part of a tree."""

import pytest

from orchestrator.app.dependencies import beside

FILES = ("a/node_modules.txt", "a/node_modules/x.js", "a/z.js", "venv", "web/node_modules-old/y.js")


@pytest.mark.parametrize(
    ("folder", "is_beside"),
    [
        ("a/node_modules", False),
        ("venv", False),
        ("node_modules", True),
        ("web/node_modules", True),
        ("zz/.venv", True),
    ],
)
def test_a_folder_counts_unless_the_tree_has_a_file_in_it_or_of_its_name(folder: str, *, is_beside: bool) -> None:
    assert beside((folder,), FILES) == ((folder,) if is_beside else ())


def test_in_an_empty_tree_all_of_them_count() -> None:
    assert beside((".venv", "node_modules"), ()) == (".venv", "node_modules")
