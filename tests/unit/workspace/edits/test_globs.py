import pytest

from orchestrator.workspace.edits.globs import matches

YES = [
    ("a.py", "a.py"),
    ("a.py", "*.py"),
    ("a.py", "?.py"),
    ("b.py", "[abc].py"),
    ("d.py", "[!abc].py"),
    ("src/a.py", "src/*.py"),
    ("src/x/y/a.py", "src/**/a.py"),
    ("src/a.py", "src/**/a.py"),
    ("a/b/c", "**"),
    ("a/b/c", "**/c"),
    ("a/b/c", "a/**"),
    ("a/b/c", "a/"),
    ("a/b/c", "**/b/**"),
    (".github/x", ".github/**"),
    ("a[1].py", "a[[]1].py"),
]

NO = [
    ("A.py", "a.py"),
    ("src/a.py", "*.py"),
    ("src/x/a.py", "src/*.py"),
    ("a/b", "a?b"),
    ("a/b", "a[/]b"),
    ("src", "src/*"),
    ("src", "src/**"),
    ("src", "src/"),
    ("xsrc/a", "src/**"),
    ("a.pyc", "*.py"),
    ("a\n", "a"),
    ("", "**"),
    ("a", ""),
]


@pytest.mark.parametrize(("path", "pattern"), YES)
def test_the_pattern_names_the_path(path: str, pattern: str) -> None:
    assert matches(path, pattern)


@pytest.mark.parametrize(("path", "pattern"), NO)
def test_the_pattern_does_not_name_the_path(path: str, pattern: str) -> None:
    assert not matches(path, pattern)


def test_case_is_disregarded_on_demand() -> None:
    assert matches("SRC/A.py", "src/[A-Z].py", ignore_case=True)


def test_a_hostile_pattern_is_matched_in_bounded_time() -> None:
    assert not matches("/".join("a" * 60) + "/b", "/".join(["**", "a*"] * 60) + "/c")
    assert not matches("a" * 250, "*a" * 100 + "b")
