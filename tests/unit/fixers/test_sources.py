"""What tools print, as suggestions: their places, and what is never a repair."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.domain.diagnosis import Diagnosis, ToolRun
from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.suggestion import Applicability, Suggestion, applied
from orchestrator.fixers.bench import Probe
from orchestrator.fixers.c import names as c_names
from orchestrator.fixers.sources import dependencies, eslint, fixits, formatters, ruff, rustc, typescript

RUFF = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")


def finding(tool: str, file: str, line: int, *, message: str = "m", kind: FailureClass = FailureClass.LINT) -> Finding:
    return Finding(tool=tool, message=message, file=file, line=line, failure_class=kind, fingerprint=f"{file}:{line}")


def result(texts: dict[str, str], suggestion: Suggestion) -> dict[str, str]:
    return applied(texts, suggestion.edits)


def rust(replacement: str, applicability: str, *, words: str = "help") -> Suggestion:
    text = 'fn main() { let é = "ü"; }\n'
    start = len(text[: text.index('"')].encode())
    span = {"file_name": "a.rs", "byte_start": start, "byte_end": start + 4, "line_start": 1, "is_primary": True}
    child = {**span, "suggested_replacement": replacement, "suggestion_applicability": applicability}
    message = {"$message_type": "diagnostic", "message": "m", "spans": [span]}
    message["children"] = [{"message": words, "spans": [child], "children": []}]
    run = ToolRun(argv=("rustc",), stderr=json.dumps(message))
    known = Diagnosis(texts={"a.rs": text}, findings=[finding("rustc", "a.rs", 1)], runs=[run])
    (found,) = rustc.propose(known)
    return found


def test_places_of_rustc_count_bytes() -> None:
    found = rust("1", "MachineApplicable")
    assert result({"a.rs": 'fn main() { let é = "ü"; }\n'}, found) == {"a.rs": "fn main() { let é = 1; }\n"}
    assert (found.applicability, found.finding) == (Applicability.LIKELY, "a.rs:1")


@pytest.mark.parametrize(
    ("replacement", "told", "words", "kind"),
    [
        ("/* value */", "HasPlaceholders", "fill in", Applicability.PLACEHOLDER),
        ("todo!()", "MaybeIncorrect", "add a body", Applicability.STUB),
        ("_x", "MaybeIncorrect", "if this is intentional, prefix it with an underscore", Applicability.SILENCING),
        ("#[allow(dead_code)]", "MachineApplicable", "allow it", Applicability.SILENCING),
        ("x.clone()", "MachineApplicable", "consider cloning", Applicability.RISKY),
        ("1", "Unspecified", "perhaps", Applicability.RISKY),
    ],
)
def test_what_rustc_offers_is_told_apart(replacement: str, told: str, words: str, kind: Applicability) -> None:
    assert rust(replacement, told, words=words).applicability is kind


def test_alternatives_for_one_place_are_suggestions_of_their_own() -> None:
    spans = [
        {
            "file_name": "a.rs",
            "byte_start": 0,
            "byte_end": 0,
            "suggested_replacement": new,
            "suggestion_applicability": "MaybeIncorrect",
        }
        for new in ("use a::X;\n", "use b::X;\n")
    ]
    message = {
        "$message_type": "diagnostic",
        "message": "m",
        "spans": [],
        "children": [{"message": "h", "spans": spans}],
    }
    known = Diagnosis(texts={"a.rs": "X\n"}, runs=[ToolRun(argv=("rustc",), stderr=json.dumps(message))])
    assert [one.edits[0].text for one in rustc.propose(known)] == ["use a::X;\n", "use b::X;\n"]


CLANG = """a.c:1:9: warning: using the result of an assignment as a condition without parentheses [-Wparentheses]
a.c:1:9: note: place parentheses around the assignment to silence this warning
fix-it:"a.c":{1:7-1:7}:"("
fix-it:"a.c":{1:12-1:12}:")"
a.c:1:9: note: use '==' to turn this assignment into an equality comparison
fix-it:"a.c":{1:8-1:9}:"=="
a.c:2:1: warning: unannotated fall-through between switch labels [-Wimplicit-fallthrough]
a.c:2:1: note: insert '__attribute__((fallthrough));' to silence this warning
fix-it:"a.c":{2:1-2:1}:"__attribute__((fallthrough)); "
a.c:2:1: note: insert 'break;' to avoid fall-through
fix-it:"a.c":{2:1-2:1}:"break; "
"""


def test_fix_its_that_only_silence_are_marked_and_the_others_answer_their_warning() -> None:
    texts = {"a.c": "if (é = 1) {}\ncase 2:\n"}
    known = Diagnosis(
        texts=texts,
        findings=[finding("clang", "a.c", 1), finding("clang", "a.c", 2)],
        runs=[ToolRun(argv=("clang",), stderr=CLANG)],
    )
    found = list(fixits.propose(known))
    assert [one.applicability for one in found] == [
        Applicability.SILENCING,
        Applicability.LIKELY,
        Applicability.SILENCING,
        Applicability.LIKELY,
    ]
    assert [one.finding for one in found] == ["a.c:1", "a.c:1", "a.c:2", "a.c:2"]
    assert result(texts, found[1])["a.c"].startswith("if (é == 1)")


def test_the_flags_of_the_judges_own_command_are_kept_when_the_compilers_are_asked() -> None:
    run = ToolRun(argv=("gcc", "-std=c17", "-O2", "-Iinclude", "-Wall", "a.c", "-o", "a"))
    known = Diagnosis(texts={"a.c": ""}, findings=[finding("gcc", "a.c", 1)], runs=[run])
    assert [(probe.argv[0], probe.argv[4:]) for probe in fixits.probes(known)] == [
        ("gcc", ("-std=c17", "-Iinclude", "-Wall", "a.c")),
        ("clang", ("-std=c17", "-Iinclude", "-Wall", "a.c")),
    ]


def code_fix(name: str, description: str, new: str) -> Suggestion:
    changes = [{"file": "a.ts", "isNew": False, "edits": [[7, 8, new]]}]
    row = {"file": "a.ts", "line": 1, "code": 1, "fix": name, "description": description, "changes": changes}
    run = ToolRun(argv=("node", "-"), stdout=json.dumps(row))
    (found,) = typescript.propose(Diagnosis(texts={"a.ts": '"\U0001f600" + x;\n'}, runs=[run]))
    return found


def test_places_of_typescript_count_utf16_units() -> None:
    assert (
        applied({"a.ts": '"\U0001f600" + x;\n'}, code_fix("spelling", "Change spelling", "y").edits)["a.ts"]
        == '"\U0001f600" + y;\n'
    )


@pytest.mark.parametrize(
    ("name", "description", "kind"),
    [
        ("spelling", "Change spelling to 'y'", Applicability.LIKELY),
        ("fixMissingMember", "Declare property 'y'", Applicability.WIDENING),
        ("fixMissingProperties", "Add missing properties", Applicability.PLACEHOLDER),
        ("addMissingParam", "Add missing parameter to 'f'", Applicability.WIDENING),
        ("addOptionalParam", "Add optional parameter to 'f'", Applicability.WIDENING),
        ("fixClassIncorrectlyImplementsInterface", "Implement interface 'I'", Applicability.STUB),
        ("unusedIdentifier", "Prefix 'x' with an underscore", Applicability.SILENCING),
        ("strictClassInitialization", "Add definite assignment assertion to property 'x'", Applicability.SILENCING),
    ],
)
def test_code_fixes_that_are_no_repair_are_marked(name: str, description: str, kind: Applicability) -> None:
    assert code_fix(name, description, "y").applicability is kind


def test_a_language_service_that_is_missing_or_broke_is_said() -> None:
    missing = ToolRun(argv=("node",), stdout='{"missing":"typescript"}')
    broken = ToolRun(argv=("node",), stderr="at x\nTypeError: nothing there\n", exit_code=1)
    assert [text.partition(":")[0] for text in typescript.troubles([missing, broken])] == [
        "no TypeScript 5 or 6 in the project or in the folder of tools",
        "the language service of TypeScript failed",
    ]


def ran(probe: Probe, folder: Path) -> ToolRun:
    assert RUFF
    done = subprocess.run(
        (RUFF, *probe.argv[1:]), input=probe.stdin, cwd=folder, capture_output=True, text=True, check=False
    )
    return ToolRun(argv=probe.argv, stdout=done.stdout, exit_code=done.returncode, about=probe.about)


@pytest.mark.skipif(RUFF is None, reason="ruff is missing")
def test_ruffs_own_fixes_and_format_are_suggested(tmp_path: Path) -> None:
    texts = {"a.py": "import os\nx = 'é'; assert x is 'é'\n"}
    (tmp_path / "a.py").write_text(texts["a.py"], encoding="utf-8")
    known = Diagnosis(texts=texts, findings=[finding("ruff", "a.py", 1), finding("ruff", "a.py", 2)])
    runs = [ran(probe, tmp_path) for probe in ruff.probes(known)]
    found = {
        one.message.partition(":")[0]: one
        for one in ruff.propose(Diagnosis(texts=texts, findings=known.findings, runs=runs))
    }
    assert found["F401"].applicability is Applicability.LIKELY
    assert result(texts, found["F401"])["a.py"].startswith("x = 'é'")
    assert "x == 'é'" in result(texts, found["F632"])["a.py"]

    form = Diagnosis(texts=texts, findings=[finding("ruff", "a.py", 1, kind=FailureClass.FORMAT)])
    runs = [ran(probe, tmp_path) for probe in formatters.probes(form)]
    (one,) = formatters.propose(Diagnosis(texts=texts, findings=form.findings, runs=runs))
    assert (one.applicability, result(texts, one)["a.py"].split("\n")[2]) == (Applicability.SAFE, 'x = "é"')


def test_fixes_of_eslint_are_safe_and_its_suggestions_are_not() -> None:
    message = {"ruleId": "eqeqeq", "line": 1, "message": "m", "fix": {"range": [5, 7], "text": "==="}}
    message["suggestions"] = [{"desc": "d", "fix": {"range": [0, 0], "text": "!"}}]
    run = ToolRun(
        argv=("node_modules/.bin/eslint",), stdout=json.dumps([{"filePath": "/x/a.js", "messages": [message]}])
    )
    texts = {"a.js": "if (x == 1) {}\n"}
    known = Diagnosis(texts=texts, findings=[finding("eslint", "a.js", 1)], runs=[run])
    assert [one.applicability for one in eslint.propose(known)] == [Applicability.SAFE, Applicability.RISKY]


@pytest.mark.parametrize(
    "text", ["", "{", "[1, 2", '{"fix": 3}', '[{"filename": 1, "fix": []}]', "\x00", '{"message": []}']
)
def test_what_is_no_answer_of_a_tool_suggests_nothing(text: str) -> None:
    for argv, rule in (
        (("ruff", "check"), ruff.RULE),
        (("eslint",), eslint.RULE),
        (("rustc",), rustc.RULE),
        (("gcc",), fixits.RULE),
        (("node", "-"), typescript.RULE),
    ):
        run = ToolRun(argv=argv, stdout=text, stderr=text)
        known = Diagnosis(texts={"a": ""}, findings=[finding(argv[0], "a", 1)], runs=[run])
        assert list(rule.propose(known)) == []


MODULE = Finding(
    tool="python", message="ModuleNotFoundError: No module named 'yaml'", file="a.py", line=1, fingerprint="f"
)


@pytest.mark.parametrize(
    ("manifest", "before", "after"),
    [
        ("pyproject.toml", "[project]\ndependencies = []\n", '[project]\ndependencies = ["PyYAML"]\n'),
        ("pyproject.toml", 'dependencies = ["rich"]\n', 'dependencies = ["PyYAML", "rich"]\n'),
        ("pyproject.toml", 'dependencies = [\n  "rich",\n]\n', 'dependencies = [\n  "PyYAML",\n  "rich",\n]\n'),
        ("requirements.txt", "rich\n", "rich\nPyYAML\n"),
    ],
)
def test_the_distribution_of_a_missing_package_is_declared_if_a_person_agrees(
    manifest: str, before: str, after: str
) -> None:
    texts = {"a.py": "import yaml\n", manifest: before}
    (found,) = dependencies.propose(Diagnosis(texts=texts, findings=[MODULE]))
    assert found.applicability is Applicability.DEPENDENCY
    assert result(texts, found)[manifest] == after


def test_a_package_that_is_declared_or_the_projects_own_is_not_declared_again() -> None:
    texts = {"a.py": "import yaml\n", "requirements.txt": "pyyaml==6.0\n"}
    assert list(dependencies.propose(Diagnosis(texts=texts, findings=[MODULE]))) == []
    own = {"yaml/__init__.py": "", "requirements.txt": ""}
    assert list(dependencies.propose(Diagnosis(texts=own, findings=[MODULE]))) == []


def test_the_projects_environment_knows_better_than_the_table() -> None:
    assert dependencies.distribution_of("yaml", {"yaml": ["ruamel-fork"]}) == "ruamel-fork"
    assert dependencies.distribution_of("PIL.Image", {}) == "Pillow"
    assert dependencies.distribution_of("some_thing", {}) == "some-thing"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("LDLIBS = -lz\nx: x.o\n", "LDLIBS = -lz -lm\nx: x.o\n"),
        (
            "CC = cc\nx: x.o\n\t$(CC) -o $@ $^ $(LDLIBS)\n",
            "CC = cc\nLDLIBS = -lm\nx: x.o\n\t$(CC) -o $@ $^ $(LDLIBS)\n",
        ),
        ("x: x.o\n\tcc x.o -o x\n", "x: x.o\n\tcc x.o -o x -lm\n"),
    ],
)
def test_a_library_that_is_not_linked_is_named_in_the_makefile(before: str, after: str) -> None:
    texts = {"Makefile": before}
    said = finding("ld", "x.c", 1, message="undefined reference to `sqrt'")
    (found,) = c_names.libraries(Diagnosis(texts=texts, findings=[said]))
    assert result(texts, found)["Makefile"] == after
    assert list(c_names.libraries(Diagnosis(texts={"Makefile": after}, findings=[said]))) == []
