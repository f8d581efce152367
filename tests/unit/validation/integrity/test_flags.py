"""Rules over patches: what cheats do is found, what honest patches do is not."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from orchestrator.validation.integrity import RULES, FileChange, Places, Weight, change_of, flags_of, is_held
from orchestrator.validation.integrity.lexer import language_of, views

CASES = Path(__file__).parents[3] / "cases" / "integrity"


def read(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = YAML(typ="safe", pure=True).load((CASES / name).read_text(encoding="utf-8"))
    return rows


CHEATS = [*read("cheats.yaml"), *read("held-out.yaml")]
HONEST = read("honest.yaml")


def changes(row: dict[str, Any]) -> list[FileChange]:
    return [FileChange(**one) for one in row["files"]]


@pytest.mark.parametrize("row", CHEATS, ids=[row["name"] for row in CHEATS])
def test_a_cheat_is_held_by_its_rule(row: dict[str, Any]) -> None:
    flags = flags_of(changes(row), tests=row.get("tests", ()))
    assert row["rule"] in {flag.rule for flag in flags if flag.weight is Weight.HOLD}
    lines = {one["path"]: one for one in row["files"]}
    for flag in flags:
        known = lines[flag.file]
        assert 0 <= flag.line <= max(len(str(known.get(side) or "").splitlines()) for side in ("before", "after"))


@pytest.mark.parametrize("row", CHEATS, ids=[row["name"] for row in CHEATS])
def test_taking_a_cheat_back_is_not_that_cheat(row: dict[str, Any]) -> None:
    back = [FileChange(path=one.path, before=one.after, after=one.before) for one in changes(row)]
    by_direction = {"expected-changed", "check-dropped", "install-script"}
    flags = flags_of(back, tests=row.get("tests", ()))
    if row["rule"] not in by_direction:
        assert row["rule"] not in {flag.rule for flag in flags if flag.weight is Weight.HOLD}


@pytest.mark.parametrize("row", HONEST, ids=[row["name"] for row in HONEST])
def test_an_honest_patch_is_not_held(row: dict[str, Any]) -> None:
    flags = flags_of(changes(row), tests=row.get("tests", ()))
    assert [(flag.rule, flag.line, flag.excerpt) for flag in flags if flag.weight is Weight.HOLD] == []


@pytest.mark.parametrize("row", CHEATS, ids=[row["name"] for row in CHEATS])
def test_what_was_there_before_is_not_flagged(row: dict[str, Any]) -> None:
    by_path = {"runs-on-host", "expected-changed"}
    for one in changes(row):
        later = FileChange(path=one.path, before=one.after, after=one.after and f"{one.after}\n\n")
        held = {flag.rule for flag in flags_of([later], tests=row.get("tests", ())) if flag.weight is Weight.HOLD}
        assert held <= by_path


def test_what_moves_from_one_file_to_another_is_not_new() -> None:
    line = "value = call()  # noqa: F821\n"
    moved = [
        FileChange(path="src/a.py", before=f"x = 1\n{line}", after="x = 1\n"),
        FileChange(path="src/b.py", before="y = 1\n", after=f"y = 1\n{line}"),
    ]
    assert not is_held(flags_of(moved))
    assert is_held(flags_of(moved[1:]))
    test = "def test_a():\n    assert f() == 1\n"
    renamed = [FileChange(path="tests/test_a.py", before=test), FileChange(path="tests/test_b.py", after=test)]
    assert not is_held(flags_of(renamed))


def test_permission_turns_a_sensitive_file_into_a_note_but_not_a_cheat() -> None:
    added = FileChange(path="requirements.txt", before="a\n", after="a\nb\n")
    assert is_held(flags_of([added]))
    allowed = flags_of([added], places=Places(permitted=["requirements.txt"]))
    assert [(flag.rule, flag.weight) for flag in allowed] == [("dependency-added", Weight.NOTE)]
    weak = FileChange(path="tests/test_a.py", before="assert f() == 1\n", after="assert f()\n")
    assert is_held(flags_of([weak], places=Places(permitted=["tests/**"])))


def test_a_pack_says_what_else_is_a_test() -> None:
    weak = FileChange(path="checks/total.py", before="assert f() == 1\n", after="assert f()\n")
    assert not is_held(flags_of([weak]))
    assert is_held(flags_of([weak], places=Places(tests=["checks/**"])))


def test_binary_and_huge_files_are_flagged_as_such() -> None:
    binary = change_of("src/x.bin", before=None, after=b"\0\1")
    assert [(flag.rule, flag.file) for flag in flags_of([binary])] == [("binary", "src/x.bin")]
    latin = change_of("src/x.txt", before=None, after="é".encode("latin-1"))
    assert latin.is_binary
    assert flags_of([change_of("src/x.bin", before=b"\0", after=None)]) == ()
    long = change_of("src/x.js", before=b"a\n", after=b"a" * 30_000)
    assert [flag.rule for flag in flags_of([long])] == ["unreadable"]
    hidden = change_of(".vscode/tasks.json", before=None, after=b"\0")
    assert {flag.rule for flag in flags_of([hidden])} == {"binary", "runs-on-host"}


def test_every_rule_that_holds_is_met_by_a_case() -> None:
    met = {row["rule"] for row in CHEATS}
    assert {rule.id for rule in RULES if rule.weight is Weight.HOLD} == met


def test_rules_are_named_and_say_what_they_found() -> None:
    assert [rule.id for rule in RULES if not re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.id)] == []
    assert [rule.id for rule in RULES if not rule.what or rule.what.endswith(".")] == []


SIDES = [
    ("a.py", "x = '# no'  # yes\n", "x = '    '       \n", "            # yes"),
    ("a.py", '"""doc # no\n"""\ny = 1 # c\n', '"          \n  "\ny = 1', "# c"),
    ("a.js", "const r = /\\/\\//; // c\n", "// c", "// c"),
    ("a.js", "const t = `// ${x}`; /* c */ y\n", "; ", "/* c */"),
    ("a.rs", "fn f<'a>(x: &'a str) { '\"' } // c\n", "fn f<'a>(x: &'a str)", "// c"),
    ("a.rs", 'let x = r#"// no"#; // c\n', "let x = ", "// c"),
    ("a.cpp", 'auto x = R"(// no)"; // c\n', "auto x = ", "// c"),
    ("a.sh", 'echo "$#" # c\n', "echo", "# c"),
    ("a.go", "x := `// no` // c\n", "x := ", "// c"),
    ("pom.xml", "<a/><!-- c -->\n", "<a/>", "<!-- c -->"),
]


@pytest.mark.parametrize(("path", "text", "code", "comment"), SIDES)
def test_code_strings_and_comments_are_told_apart(path: str, text: str, code: str, comment: str) -> None:
    seen = views(text, language_of(path))
    assert comment.strip() == seen.comments.strip()
    assert code.strip() in seen.code or comment == code
    assert "// no" not in seen.code
    assert comment.strip() not in seen.told


@settings(max_examples=60, deadline=None)
@given(
    st.text(alphabet="ab'\"`#/*\\\n (){}[]<>-=!?:;,.$r", max_size=120),
    st.sampled_from([*["py", "js", "rs", "go", "c", "java", "sh"], "yml", "toml", "ini", "json", "xml"]),
)
def test_views_keep_every_line_and_column(text: str, ending: str) -> None:
    seen = views(text, language_of(f"x.{ending}"))
    for view in (seen.code, seen.told, seen.comments):
        assert len(view) == len(text)
        assert [sign == "\n" for sign in view] == [sign == "\n" for sign in text]


@settings(max_examples=60, deadline=None)
@given(
    st.text(alphabet="abc =('\"\n#:{}[]", max_size=80),
    st.text(alphabet="abc =('\"\n#:{}[]", max_size=80),
    st.sampled_from(["a.py", "tests/test_a.py", "pyproject.toml", "package.json", "setup.cfg", "pom.xml", "Makefile"]),
)
def test_any_text_can_be_looked_at(before: str, after: str, path: str) -> None:
    for flag in flags_of([FileChange(path=path, before=before, after=after)]):
        assert flag.message
        assert "\n" not in flag.message + flag.excerpt
