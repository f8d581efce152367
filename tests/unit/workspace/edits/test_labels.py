import pytest

from orchestrator.workspace.edits.labels import Info, path_in_line, read_info


def known(path: str) -> bool:
    return path in {"Makefile", "my file.txt", "src/a.py"}


@pytest.mark.parametrize(
    "line",
    [
        "src/a.py",
        "  src/a.py  ",
        "./src/a.py",
        "src/a.py:",
        "`src/a.py`",
        "**src/a.py**",
        "**`src/a.py`:**",
        "#### `src/a.py`",
        "File: src/a.py",
        "**File:** `src/a.py`",
        "filename: 'src/a.py'",
        "Path: src/a.py",
        "1. `src/a.py`",
        "- src/a.py",
        "// src/a.py",
        "# src/a.py",
        "`src/a.py` (new file)",
    ],
)
def test_a_decorated_path_is_read(line: str) -> None:
    assert path_in_line(line, known) == "src/a.py"


@pytest.mark.parametrize("line", ["Makefile", "**Makefile**", "my file.txt", "`my file.txt`:"])
def test_a_known_name_needs_no_form(line: str) -> None:
    assert path_in_line(line, known) != ""


@pytest.mark.parametrize("line", ["b.py", "`Node.js`", "new/Dockerfile", "File: README.md", ".env", "docs/x"])
def test_an_unknown_path_needs_the_form_of_one(line: str) -> None:
    assert path_in_line(line, known) != ""


@pytest.mark.parametrize(
    "line",
    [
        "",
        "   ",
        "Here is src/a.py for you",
        "**Node.js**",
        "Example:",
        "v1.2",
        "e.g.",
        "a b/c",
        "// comment",
        "https://x.org/",
        "Dockerfile",
        "on.",
    ],
)
def test_prose_is_no_path(line: str) -> None:
    assert path_in_line(line, known) == ""


def test_a_very_long_line_is_no_path() -> None:
    assert path_in_line("x/" * 200, known) == ""


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ("", Info("")),
        ("Python", Info("python")),
        ("python src/a.py", Info("python", "src/a.py")),
        ("src/a.py", Info("", "src/a.py")),
        ("./src/a.py", Info("", "src/a.py")),
        ("Makefile", Info("", "Makefile")),
        ("python:src/a.py", Info("python", "src/a.py")),
        ("python:./src/a.py", Info("python", "src/a.py")),
        ('js title="b.js"', Info("js", "b.js")),
        ("js filename=b.js", Info("js", "b.js")),
        ("{.python file=src/a.py}", Info("python", "src/a.py")),
        ('title="src/a.py"', Info("", "src/a.py")),
        ("js {1,3-5}", Info("js")),
        ("node.js", Info("node.js")),
        ("c++", Info("c++")),
        (".gitignore", Info("", ".gitignore")),
        ("12:20:src/a.py", Info("", is_citation=True)),
    ],
)
def test_an_info_string_is_read(info: str, expected: Info) -> None:
    assert read_info(info, known) == expected
