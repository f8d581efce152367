"""Random replies and paths: applied within the policy, or refused with a typed error."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any, TypeAlias

from hypothesis import strategies as st

from orchestrator.errors import EditError, PathError
from orchestrator.workspace.edits import FileChange, PathPolicy, changes_from_reply, check_path, path_fault

Many: TypeAlias = Callable[[st.SearchStrategy[Any], Callable[[Any], None]], None]

FILES = {
    "src/a.py": "import os\n\n\nclass A:\n    def m(self):\n        return 1\n\n\ndef f(x):\n    return x\n",
    "src/b.js": "const a = 1;\n\nfunction f(x) {\n  return x;\n}\n",
    "src/c.txt": "one\r\ntwo\r\n\r\nthree",
    "src/secret/key.txt": "key\n",
    "README.md": "# Title\n\n```sh\nmake\n```\n",
    "Makefile": "all:\n\techo\n",
}
POLICY = PathPolicy(allow=("src/**", "Makefile"), deny=("src/secret/**",))

PATHS = st.sampled_from(
    [
        "src/a.py",
        "src/b.js",
        "src/c.txt",
        "src/secret/key.txt",
        "README.md",
        "Makefile",
        "src/new.py",
        "src/secret/new",
        "../x.py",
        "/etc/x",
        "a b",
        "src",
        ".git/config",
        "src/.GIT/x",
        "src/./a.py",
        "nul.py",
        "src/a.py/x",
        "git~1/x",
        "a\\b.py",
        "C:/x.py",
        "src/\u200b.py",
        "",
        "src/",
        "/dev/null",
        "-x.py",
    ]
)
FRAGMENTS = st.sampled_from(
    [
        "<<<<<<< SEARCH",
        "=======",
        ">>>>>>> REPLACE",
        "<<<<< SEARCH",
        ">>>>>>>>> REPLACE",
        "...",
        "    ...",
        "",
        " ",
        "}",
        "+",
        "-",
        "+x",
        "-x",
        " x",
        "<think>",
        "</think>",
        "```",
        "```python",
        "````",
        "~~~",
        "   ```",
        "@@ -1,2 +1,2 @@",
        "@@",
        "@@ -0,0 +1 @@",
        "@@@ -1 -1 +1 @@@",
        "new file mode 100644",
        "new file mode 120000",
        "deleted file mode 100644",
        "old mode 100644",
        "new mode 160000",
        "index 1..2 100755",
        "Some prose.",
        "similarity index 90%",
        "\\ No newline at end of file",
        "GIT binary patch",
        "# ... rest of the code unchanged",
        "def f(x):",
        "    return x + 1",
        "import sys",
        "class A:",
        "\tx = 1\r",
        "\ufeff",
        "    def m(self):",
        "        return 2",
        "function f(x) {",
        "  return 1;",
    ]
)
LABELS = st.sampled_from(
    [
        "{}",
        "```python {}",
        "```{}",
        "```python:{}",
        '```js title="{}"',
        "--- a/{}",
        "+++ b/{}",
        "--- {}",
        "+++ {}",
        "diff --git a/{0} b/{0}",
        "rename from {}",
        "rename to {}",
        "**`{}`**:",
        "File: {}",
        "### {}",
        "<<<<<<< SEARCH {}",
    ]
)
FILE_LINES = st.sampled_from([line for text in FILES.values() for line in text.split("\n")])
MARKED = st.builds(lambda sign, line: sign + line, st.sampled_from(" +-"), FILE_LINES)
LINES = st.one_of(
    FRAGMENTS,
    FRAGMENTS,
    st.builds(lambda label, path: label.format(path), LABELS, PATHS),
    FILE_LINES,
    MARKED,
    st.text(),
)
WHOLE_BLOCKS = st.builds(
    lambda path, search, replace: [path, "<<<<<<< SEARCH", *search, "=======", *replace, ">>>>>>> REPLACE"],
    PATHS,
    st.lists(FILE_LINES, max_size=4),
    st.lists(LINES, max_size=4),
)
FENCED = st.builds(
    lambda info, lines: [info, *lines, "```"], LABELS.filter(lambda text: "```" in text), st.lists(LINES)
)


def sound_block(path: str, start: int, new: list[str]) -> list[str]:
    """A block for one line of a file, as a careful author writes it; for an unknown file, one that makes it."""
    lines = FILES.get(path, "").split("\n")
    search = lines[start % len(lines)]
    return [path, "<" * 9 + " SEARCH", *([search] if path in FILES else []), "=" * 9, *new, ">" * 9 + " REPLACE"]


def sound_creation(path: str, new: list[str]) -> list[str]:
    return ["--- /dev/null", f"+++ b/{path}", f"@@ -0,0 +1,{len(new)} @@", *(f"+{line}" for line in new)]


NEW_LINES = st.lists(FILE_LINES, min_size=1, max_size=3)
SOUND = st.one_of(
    st.builds(sound_block, PATHS, st.integers(0, 9), NEW_LINES),
    st.builds(sound_creation, PATHS, NEW_LINES),
    st.builds(lambda path, new: [f"```text {path}", *new, "```"], PATHS, NEW_LINES),
)
WILD = st.one_of(LINES.map(lambda line: [line]), WHOLE_BLOCKS, FENCED)
REPLIES = st.one_of(st.lists(SOUND, min_size=1, max_size=2), st.lists(st.one_of(SOUND, WILD), max_size=8))
TARGETS = st.lists(st.sampled_from(["src/a.py", "src/b.js", "src/new.py", "README.md", "../x"]), max_size=2)


def guarded_read(path: str) -> str | None:
    assert path_fault(path) == "", f"an unsound path was read: {path!r}"
    return FILES.get(path)


def permitted(change: FileChange) -> bool:
    """The policy once more, in other words."""
    inside = change.path == "Makefile" or change.path.startswith("src/")
    levels = change.path.split("/")
    return inside and not change.path.startswith("src/secret/") and not {"", ".", "..", ".git"} & set(levels)


def outcome(text: str, targets: list[str]) -> tuple[FileChange, ...] | EditError:
    try:
        return changes_from_reply(text, targets=targets, read=guarded_read, policy=POLICY)
    except EditError as error:
        return error


def check_reply(drawn: tuple[list[list[str]], list[str]]) -> None:
    parts, targets = drawn
    changes = outcome("\n".join(line for part in parts for line in part), targets)
    if isinstance(changes, EditError):
        assert all(str(fault) for fault in changes.faults)
        return
    assert all(permitted(change) for change in changes)
    assert all(change.before == FILES.get(change.path) for change in changes)
    assert all(change.mode in {"", "100644", "100755"} for change in changes)
    assert len({change.path for change in changes}) == len(changes)


def test_any_reply_is_applied_within_the_policy_or_refused_with_a_typed_error(many: Many) -> None:
    many(st.tuples(REPLIES, TARGETS), check_reply)


LEVELS = st.sampled_from(
    [
        "a",
        "b.py",
        ".",
        "..",
        "",
        ".git",
        ".GIT",
        ".git.",
        ".git ",
        "git~1",
        "GIT~12",
        ".g\u200cit",
        ".git::$DATA",
        "nul",
        "a:b",
        "C:",
        "~",
        "-x",
        "...",
        ".gitmodules",
        "\\",
        "a\\b",
        "\x00",
        "\n",
        "\t",
        "ä",
        "日本",
        " ",
    ]
)
RANDOM_PATHS = st.one_of(st.just("a/\ud800"), st.lists(LEVELS, max_size=6).map("/".join), st.text(max_size=30))


LEADS_ASTRAY = re.compile(
    r"^[/-]|^~/|^[A-Za-z]:|\\|(?:^|/)(?:\.{0,2}|(?:\.git|git~\d+)[. ]*(?::.*)?)(?:/|$)", re.IGNORECASE | re.DOTALL
)


def refusal(path: str) -> PathError | None:
    try:
        check_path(path, PathPolicy(), creates=True)
    except PathError as error:
        return error
    return None


def check_random_path(path: str) -> None:
    error = refusal(path)
    if error is not None:
        assert str(error).isprintable()
    else:
        assert not {unicodedata.category(char) for char in path} & {"Cc", "Cf", "Cs"}
        assert not LEADS_ASTRAY.search(path)


def test_any_path_is_sound_or_refused(many: Many) -> None:
    many(RANDOM_PATHS, check_random_path)
