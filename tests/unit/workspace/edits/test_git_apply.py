"""Beside ``git apply --check --recount``: what git refuses for its path or its mode, we refuse, too."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.errors import EditError
from orchestrator.workspace.edits import PathPolicy, changes_from_reply

FILES = {"a.txt": "one\ntwo\n", "dir/b.txt": "one\ntwo\n"}
EXAMPLES = [
    pytest.param(150, id="suite"),
    pytest.param(20_000, id="soak", marks=[pytest.mark.soak, pytest.mark.timeout(3_600)]),
]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    for path, text in FILES.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    subprocess.run(["git", "-C", str(folder), "add", "-A"], check=True)
    return folder


def git_accepts(repository: Path, patch: str) -> bool:
    command = ["git", "-C", str(repository), "apply", "--check", "--recount", "-"]
    raw = patch.encode("utf-8", "surrogatepass")
    return subprocess.run(command, input=raw, capture_output=True, check=False).returncode == 0


def we_accept(patch: str) -> bool:
    try:
        return bool(changes_from_reply(patch, targets=[], read=FILES.get, policy=PathPolicy()))
    except EditError:
        return False


def creation(path: str, mode: str = "100644", *, quoted: bool = False) -> str:
    a, b = (f'"{side}/{path}"' if quoted else f"{side}/{path}" for side in "ab")
    return f"diff --git {a} {b}\nnew file mode {mode}\n--- /dev/null\n+++ {b}\n@@ -0,0 +1 @@\n+x\n"


def change(path: str, header: str = "") -> str:
    return f"diff --git a/{path} b/{path}\n{header}--- a/{path}\n+++ b/{path}\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n"


def rename(old: str, new: str) -> str:
    return f"diff --git a/{old} b/{new}\nsimilarity index 100%\nrename from {old}\nrename to {new}\n"


def deletion(path: str, mode: str) -> str:
    head = f"diff --git a/{path} b/{path}\ndeleted file mode {mode}\n"
    return f"{head}--- a/{path}\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-one\n-two\n"


LEVELS = st.sampled_from(
    [
        "a",
        "new.py",
        ".",
        "..",
        "",
        ".git",
        ".GIT",
        ".git.",
        ".git ",
        ".git. ",
        "git~1",
        "GIT~1",
        ".git::$INDEX_ALLOCATION",
        ".g\u200cit",
        "\\",
        "a\\..\\b",
        "..\\b",
        ".gitmodules",
        "dir",
        "a.txt",
        "ä",
        "C:",
        "x y",
        "-f",
        "\t",
        "nul",
        "~",
    ]
)
ONE_LINE = st.text(st.characters(exclude_characters="\n"), max_size=8)  # with one, it is another header
NAMES = st.one_of(st.lists(LEVELS, min_size=1, max_size=4).map("/".join), ONE_LINE)
MODES = st.sampled_from(
    ["100644", "100755", "120000", "160000", "040000", "104755", "100664", "644", "0100644", "777777", "x"]
)
PATCHES = st.one_of(
    st.builds(creation, NAMES, st.just("100644"), quoted=st.booleans()),
    st.builds(creation, st.just("new.txt"), MODES),
    st.builds(lambda old, new: change("a.txt", f"old mode {old}\nnew mode {new}\n"), MODES, MODES),
    st.builds(lambda mode: change("dir/b.txt", f"index 1234567..89abcde {mode}\n"), MODES),
    st.builds(rename, st.just("a.txt"), NAMES),
    st.builds(deletion, st.just("a.txt"), MODES),
    st.builds(lambda path: f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+x\n", NAMES),
    st.builds(
        lambda one, two: f"diff --git a/{one} b/{two}\n--- a/{one}\n+++ b/{two}\n@@ -1,2 +1 @@\n one\n-two\n",
        NAMES,
        NAMES,
    ),
)


@pytest.mark.parametrize("examples", EXAMPLES)
def test_no_path_and_no_mode_that_git_refuses_is_accepted(examples: int, repository: Path) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(PATCHES)
    def holds(patch: str) -> None:
        if we_accept(patch):
            assert git_accepts(repository, patch), patch

    holds()


@pytest.mark.parametrize(
    "patch",
    [
        creation("new.txt"),
        creation("deep/er/new.txt", "100755"),
        creation("sp ace.txt"),
        creation("a\\303\\244.txt", quoted=True),
        change("a.txt"),
        change("dir/b.txt", "index 1234567..89abcde 100644\n"),
        change("a.txt", "old mode 100644\nnew mode 100755\n"),
        rename("a.txt", "dir/c.txt"),
        deletion("a.txt", "100644"),
        change("a.txt").replace("@@ -1,2 +1,2 @@", "@@ -1,9 +1,7 @@"),
    ],
)
def test_what_git_accepts_of_ordinary_patches_we_accept(patch: str, repository: Path) -> None:
    assert git_accepts(repository, patch)
    assert we_accept(patch)


@pytest.mark.parametrize(
    "patch",
    [
        creation(".git/config"),
        creation(".GIT/config"),
        creation("../x"),
        creation("a.txt"),
        creation("cr\r"),
        rename("a.txt", ".git/x"),
        rename("none", "x"),
        creation("\\056git/config", quoted=True),
        "--- /dev/null\n+++ b/.git/x\n@@ -0,0 +1 @@\n+x\n",
    ],
)
def test_what_git_refuses_we_refuse(patch: str, repository: Path) -> None:
    assert not git_accepts(repository, patch)
    assert not we_accept(patch)


@pytest.mark.parametrize("mode", ["120000", "160000", "104755", "777777"])
def test_links_submodules_and_setuid_are_refused_whatever_git_says(mode: str) -> None:
    assert not we_accept(creation("x", mode))


def test_a_file_below_a_file_is_refused_although_git_checks_that_only_when_writing() -> None:
    assert not we_accept(creation("a.txt/x"))
