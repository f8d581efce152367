"""Where the tests of a Python project import from."""

from collections.abc import Mapping

import pytest

from orchestrator.app.importpaths import import_paths


def paths(*files: str, tests: tuple[str, ...] = (), texts: Mapping[str, str] | None = None) -> tuple[str, ...]:
    return import_paths((*files, *(texts or {})), texts or {}, tests=tests)


def test_the_folder_of_a_test_that_is_in_no_package_counts() -> None:
    assert paths("a/cart.py", "a/test_cart.py", tests=("a/test_cart.py",)) == ("a",)


def test_of_a_test_in_a_package_the_folder_above_the_package_counts() -> None:
    files = ("lib/shop/__init__.py", "lib/shop/tests/__init__.py", "lib/shop/tests/test_a.py")
    assert paths(*files, tests=files[2:]) == ("lib",)
    assert paths("tests/__init__.py", "tests/test_a.py", tests=("tests/test_a.py",)) == ()


def test_sources_that_are_not_installed_are_found_in_their_folder() -> None:
    assert paths("src/shop/__init__.py", "test_a.py", tests=("test_a.py",)) == ("src",)
    assert paths("shop.py", "test_a.py", tests=("test_a.py",)) == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\npythonpath = ./lib .\n"),
        ("tox.ini", "[pytest]\npythonpath =\n    lib\n    gone\n"),
        ("setup.cfg", "[tool:pytest]\npythonpath = lib\n"),
        ("pyproject.toml", '[tool.pytest.ini_options]\npythonpath = ["lib", "."]\n'),
        ("pyproject.toml", '[tool.pytest.ini_options]\npythonpath = "lib"\n'),
    ],
)
def test_what_pytest_is_told_to_add_counts(name: str, text: str) -> None:
    assert paths("lib/a.py", texts={name: text}) == ("lib",)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "pythonpath = lib"),
        ("pyproject.toml", "[tool"),
        ("pyproject.toml", "[tool.pytest.ini_options]\n"),
        ("pyproject.toml", "tool = 3\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\npythonpath = 3\n"),
    ],
)
def test_configuration_that_cannot_be_read_says_nothing(name: str, text: str) -> None:
    assert paths("lib/a.py", texts={name: text}) == ()
