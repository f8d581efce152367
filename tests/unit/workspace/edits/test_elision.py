import pytest

from orchestrator.workspace.edits.elision import find_elided, is_elision_comment

ELISIONS = [
    "...",
    "…",
    "... rest of code unchanged",
    "rest of the code remains the same",
    "existing code",
    "... existing code ...",
    "... (rest of the file)",
    "Rest of the class remains unchanged.",
    "[rest of the code unchanged]",
    "unchanged",
    "same as before",
    "keep existing code",
    "other methods remain the same",
    "remaining code unchanged",
    "previous code here",
    "the rest of your code",
    "existing imports",
    "code omitted for brevity",
    "rest of the implementation",
    "Other functions remain unchanged",
    "... your existing logic here",
    "your code here ...",
    "... more tests",
    "Rest of the function stays the same",
    "the remaining methods are unchanged",
    "keep the rest of the code unchanged",
    "... (keep existing imports)",
    "(other methods unchanged)",
]

REMARKS = [
    "",
    "the rest of the code expects sorted input",
    "existing code paths rely on this",
    "rest of the arguments are passed on",
    "and so on...",
    "wait for the lock...",
    "handle the remaining items...",
    "same as before, but with a timeout",
    "unchanged lines are skipped",
    "remaining budget",
    "the other methods of the class call this one",
    "previous value",
    "existing users keep their ids",
    "...args",
    "loop over the remaining items",
    "the same",
    "TODO: handle other cases",
    "x" * 5_000 + " rest of the code unchanged",
]


@pytest.mark.parametrize("comment", ELISIONS)
def test_a_comment_that_stands_for_code_is_seen(comment: str) -> None:
    assert is_elision_comment(comment)
    for path, line in (("a.py", f"# {comment}"), ("a.go", f"// {comment}"), ("a.c", f"/* {comment} */")):
        assert [found.line for found in find_elided("", f"x\n  {line}\n", path=path)] == [2]


@pytest.mark.parametrize("comment", REMARKS)
def test_a_comment_that_speaks_of_code_is_left_alone(comment: str) -> None:
    assert not is_elision_comment(comment)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "X: tuple[int, ...] = ()\nY = a[..., 0]\nZ = ...\n"),
        ("a.py", "def f(): ...\nclass E(Exception): ...\n"),
        ("a.py", 'def f():\n    """Doc."""\n    ...\n'),
        ("a.py", "T = '# ... rest of the code unchanged'\n"),
        ("a.py", "this does not parse (\n"),
        ("a.pyi", "x: int\n...\n"),
        ("a.ts", "const a = { ...b };\nf(\n  ...args\n);\n"),
        ("a.yml", "a: 1\n...\n"),
        ("a.md", "text\n...\n"),
        ("a.c", "int f(\n  char *s,\n  ...\n);\n"),
        ("a.unknown", "...\n"),
    ],
)
def test_dots_of_the_language_itself_are_left_alone(path: str, text: str) -> None:
    assert find_elided(None, text, path=path) == ()


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("a.py", "import os\n...\n", 2),
        ("a.py", "def f():\n    x = 1\n    ...\n    return x\n", 3),
        ("a.py", "class A:\n    ...\n\n    def f(self):\n        return 1\n", 2),
        ("a.py", "x = 1  # ... rest unchanged\n", 1),
        ("a.js", "function f() {\n  ...\n}\n", 2),
        ("a.rs", "fn f() { ... }\n", 1),
        ("a.java", "void f() { /* ... */ }\n", 1),
        ("a.sh", "f() {\n  ...\n}\n", 2),
        ("a.html", "<p>\n<!-- rest of the content unchanged -->\n", 2),
        ("a.sql", "-- ... existing code\n", 1),
    ],
)
def test_dots_that_stand_for_code_are_seen(path: str, text: str, line: int) -> None:
    assert [found.line for found in find_elided(None, text, path=path)] == [line]


def test_what_the_file_says_already_is_no_elision() -> None:
    text = "# ... rest of the code unchanged\nX = 1\n"
    assert find_elided(text, text.replace("1", "2"), path="a.py") == ()


BODY = "def f():\n    return 1\n\n\nclass A:\n    def m(self):\n        return 2\n"


def test_a_body_that_becomes_dots_is_seen() -> None:
    assert [found.line for found in find_elided(BODY, BODY.replace("return 2", "..."), path="a.py")] == [7]


def test_a_body_that_becomes_abstract_is_not() -> None:
    after = BODY.replace("    def m", "    @abc.abstractmethod\n    def m").replace("return 2", "...")
    assert find_elided(BODY, after, path="a.py") == ()
