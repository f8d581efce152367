import pytest

from orchestrator.errors import PathError
from orchestrator.workspace.edits import PathPolicy, check_mode, check_path, path_fault
from orchestrator.workspace.edits.paths import is_device_name

SOUND = [
    "a.py",
    "src/a b.py",
    ".github/workflows/ci.yml",
    ".gitignore",
    ".gitattributes",
    "src/.gitkeep",
    "docs/größe.md",
    "a/git/b",
    "x.git/config",
    "...",
    "a/..b",
    "tests/fixtures/日本語.txt",
    "~a",
    "c:",
]

UNSOUND = {
    "": "empty",
    "/etc/passwd": "absolute",
    "~/x": "absolute",
    "C:/x": "absolute",
    "c:x": "absolute",
    "a\\b": "backslash",
    "..\\x": "backslash",
    "a\nb": "invisible",
    "a\0b": "invisible",
    "a\x7fb": "invisible",
    "a\x1b[31m": "invisible",
    ".g\u200cit/config": "invisible",
    "\ufeffx": "invisible",
    "a\u202eyp.x": "invisible",
    "a\u2028b": "invisible",
    "a\udc80b": "invisible",
    "..": "level",
    "../x": "level",
    "a/../b": "level",
    "a/..": "level",
    "./a": "level",
    "a/./b": "level",
    "a//b": "level",
    "a/": "level",
    ".git": "git's own",
    ".git/config": "git's own",
    "sub/.git/hooks/pre-commit": "git's own",
    ".GIT/x": "git's own",
    ".Git./x": "git's own",
    ".git /x": "git's own",
    ".git. . /x": "git's own",
    "git~1/x": "git's own",
    "GIT~2": "git's own",
    ".git::$INDEX_ALLOCATION/x": "git's own",
    ".git:stream": "git's own",
    "\uff0egit/config": "git's own",
    "-rf": "option",
    "a" * 256: "long",
    "ä" * 128: "long",
    "/".join(["a" * 200] * 21): "long",
}


@pytest.mark.parametrize("path", [path for path in SOUND if path != "c:"])
def test_an_ordinary_path_is_sound(path: str) -> None:
    assert path_fault(path) == ""


@pytest.mark.parametrize(("path", "fault"), UNSOUND.items())
def test_a_path_that_leads_astray_is_refused_with_its_reason(path: str, fault: str) -> None:
    assert fault in path_fault(path)
    with pytest.raises(PathError, match=fault):
        check_path(path, PathPolicy())


def test_the_message_of_a_path_with_control_characters_is_printable() -> None:
    with pytest.raises(PathError) as caught:
        check_path("a\x1b[31m\nb", PathPolicy())
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("policy", "path", "permitted"),
    [
        (PathPolicy(), "any/thing.py", True),
        (PathPolicy(allow=()), "a.py", False),
        (PathPolicy(allow=("src/**",)), "src/a/b.py", True),
        (PathPolicy(allow=("src/**",)), "srcs/a.py", False),
        (PathPolicy(allow=("src/",)), "src/a/b.py", True),
        (PathPolicy(allow=("*.py",)), "src/a.py", False),
        (PathPolicy(allow=("**/*.py",)), "a.py", True),
        (PathPolicy(deny=(".github/**",)), ".GitHub/workflows/ci.yml", False),
        (PathPolicy(deny=("**/Cargo.lock",)), "Cargo.lock", False),
        (PathPolicy(deny=("**/Cargo.lock",)), "a/b/cargo.lock", False),
        (PathPolicy(allow=("src/**",), deny=("src/gen/**",)), "src/gen/x.py", False),
    ],
)
def test_the_lists_decide(policy: PathPolicy, path: str, *, permitted: bool) -> None:
    assert policy.permits(path) is permitted
    if not permitted:
        with pytest.raises(PathError, match="outside"):
            check_path(path, policy)


@pytest.mark.parametrize("path", ["nul", "src/aux.c", "COM1.txt", "lpt¹", "con .py", "CONIN$"])
def test_a_device_name_may_be_edited_but_not_made(path: str) -> None:
    assert is_device_name(path)
    check_path(path, PathPolicy())
    with pytest.raises(PathError, match="device"):
        check_path(path, PathPolicy(), creates=True)


@pytest.mark.parametrize("path", ["console.py", "auxiliary", "com10", "null", "src/nul_.py"])
def test_a_name_like_a_device_is_none(path: str) -> None:
    assert not is_device_name(path)


@pytest.mark.parametrize("mode", ["100644", "100755"])
def test_plain_and_executable_files_may_be_set(mode: str) -> None:
    check_mode(mode, "a")


@pytest.mark.parametrize(
    "mode", ["120000", "160000", "040000", "104755", "102755", "100664", "100777", "644", "", "0100644"]
)
def test_every_other_mode_is_refused(mode: str) -> None:
    with pytest.raises(PathError, match="mode"):
        check_mode(mode, "a")
