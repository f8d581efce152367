"""`rung fix` on small real projects: repaired, held, or left with the reason; never a word too many."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from orchestrator.testing.repo import TempRepo
from tests.acceptance.conftest import RUST, Rung, Told
from tests.acceptance.skeleton import no_sandbox

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "reference" / "run.schema.json").read_text())
HEAD = "import unittest\nfrom words import longest\n\n\nclass Words(unittest.TestCase):\n"
CASES = (("a", "bb"), ("bb", "a"), ("", "x"), ("ccc", "dd"), ("same", "size"), ("", ""))
TESTS = HEAD + "".join(
    f"    def test_{number}(self):\n"
    f"        self.assertEqual(longest({one!r}, {other!r}), {max(one, other, key=len)!r})\n\n"
    for number, (one, other) in enumerate(CASES)
)
RIGHT = "def longest(one, other):\n    if len(one) >= len(other):\n        return one\n    return other\n"
WRONG = RIGHT.replace(">=", "<")
UNREADABLE = RIGHT.replace("other):\n    if", "other)\n    if")


def repository(folder: Path, files: Mapping[str, str]) -> Path:
    return TempRepo(folder).commit(dict(files)).folder


def document(told: Told) -> Any:
    read = json.loads(told.out)
    Draft202012Validator(SCHEMA).validate(read)
    return read


@pytest.fixture
def fix(rung: Rung, tmp_path: Path) -> Rung:
    """``rung fix`` in the folder ``project``, in the sandbox where there is one."""
    mode = "off" if no_sandbox() else "auto"

    def call(*arguments: str) -> Told:
        return rung("fix", *arguments, "--sandbox", mode, cwd=tmp_path / "project")

    return call


def test_where_all_is_well_nothing_is_done_and_said_so(fix: Rung, tmp_path: Path) -> None:
    folder = repository(tmp_path / "project", {"words.py": RIGHT, "test_words.py": TESTS})
    told = fix()
    assert (told.code, "nothing to repair: passed (6 tests)" in told.out) == (0, True), told
    assert TempRepo.at(folder / ".git").git("branch", "--list", "rung/*") == ""


def test_a_typo_and_a_wrong_comparison_are_repaired_one_after_the_other(fix: Rung, tmp_path: Path) -> None:
    broken = WRONG.replace("other):\n    if", "other)\n    if")
    folder = repository(tmp_path / "project", {"words.py": broken, "test_words.py": TESTS})
    read = document(told := fix("--apply", "--json"))
    assert (told.code, read["status"], read["result"]["applied"]) == (0, "succeeded", True), told
    repairs = [repair for node in read["nodes"] for one in node["attempts"] for repair in one["repairs"]]
    assert [repair["source"] for repair in repairs] == ["missing token", "search"]
    assert (repairs[1]["claim"], repairs[1]["tests_run"]) == ("consistent", 6)
    assert {one["tier"] for node in read["nodes"] if node["attempts"] for one in node["attempts"]} <= {"rules", None}
    assert read["totals"]["usd_micros"] == 0
    scope: dict[str, Any] = {}
    exec((folder / "words.py").read_text(), scope)
    assert all(scope["longest"](one, other) == max(one, other, key=len) for one, other in CASES)
    assert (folder / "test_words.py").read_text() == TESTS


def test_what_few_tests_tell_of_is_held_until_somebody_accepts_it(fix: Rung, tmp_path: Path) -> None:
    few = HEAD + "    def test_one(self):\n        self.assertEqual(longest('a', 'bb'), 'bb')\n"
    folder = repository(tmp_path / "project", {"words.py": WRONG, "test_words.py": few})
    told = fix()
    assert told.code == 1, told
    assert "Found, and left to you" in told.out
    assert "--accept plausible takes it" in " ".join(told.out.split())
    assert (folder / "words.py").read_text() == WRONG
    assert fix("--accept", "plausible", "--apply").code == 0
    assert (folder / "words.py").read_text() != WRONG


def test_without_a_test_a_repair_stays_on_its_branch_unverified(fix: Rung, tmp_path: Path) -> None:
    folder = repository(tmp_path / "project", {"words.py": UNREADABLE})
    told = fix("--apply")
    assert (told.code, "unverified: no test gives evidence" in told.out) == (3, True), told
    assert (folder / "words.py").read_text() == UNREADABLE


def test_a_test_is_never_changed_to_make_it_pass(fix: Rung, tmp_path: Path) -> None:
    wishful = HEAD + "    def test_one(self)\n        self.assertEqual(longest('a', 'bb'), 'bb')\n"
    repository(tmp_path / "project", {"words.py": RIGHT, "test_words.py": wishful})
    read = document(told := fix("--json"))
    assert (told.code, read["result"]) == (1, None), told


def test_uncommitted_work_is_what_is_repaired(fix: Rung, tmp_path: Path) -> None:
    folder = repository(tmp_path / "project", {"words.py": RIGHT, "test_words.py": TESTS})
    (folder / "words.py").write_text(UNREADABLE)
    assert fix("--committed").code == 0
    assert (folder / "words.py").read_text() == UNREADABLE
    assert fix("--apply").code == 0
    assert (folder / "words.py").read_text() == RIGHT


def test_only_the_folder_that_was_named_is_looked_at(fix: Rung, tmp_path: Path) -> None:
    files = {
        "one/words.py": UNREADABLE,
        "one/test_words.py": TESTS,
        "two/words.py": UNREADABLE,
        "two/test_words.py": TESTS,
    }
    for name in ("one", "two"):
        files[f"{name}/pyproject.toml"] = f'[project]\nname = "{name}"\nversion = "1"\n'
    folder = repository(tmp_path / "project", files)
    assert fix("one", "--apply").code == 0
    assert (folder / "one/words.py").read_text() == RIGHT
    assert (folder / "two/words.py").read_text() == UNREADABLE


def test_tests_run_with_the_environment_in_the_work_tree_that_git_ignores(fix: Rung, tmp_path: Path) -> None:
    if why := no_sandbox():
        pytest.skip(why)
    tests = TESTS.replace("from words", "import only_in_the_environment\nfrom words")
    folder = repository(tmp_path / "project", {"words.py": WRONG, "test_words.py": tests, ".gitignore": ".venv\n"})
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", ".venv"], cwd=folder, check=True)
    (packages,) = folder.glob(".venv/lib/python*/site-packages")
    (packages / "only_in_the_environment.py").touch()
    assert fix("--apply").code == 0
    scope: dict[str, Any] = {}
    exec((folder / "words.py").read_text(), scope)
    assert all(scope["longest"](one, other) == max(one, other, key=len) for one, other in CASES)


def test_tests_that_patch_what_everybody_uses_stand_in_no_repairs_way(fix: Rung, tmp_path: Path) -> None:
    patching = """    def test_patching(self):
        import builtins, os, time
        os.fork = os.waitpid = os._exit = builtins.print = None
        time.monotonic = lambda: 0
"""
    folder = repository(tmp_path / "project", {"words.py": WRONG, "test_words.py": TESTS + patching})
    assert fix("--apply").code == 0
    assert "<" not in (folder / "words.py").read_text()


LEDGER = """\
// Sums up what is of a kind.
export function total(entries, kind) {
  let sum = 0;
  for (const entry of entries) {
    if (entry.kind !== kind) sum += entry.amount; // of that kind alone
  }
  return sum;
}
"""
LEDGER_TESTS = """\
import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { total } from "../lib/ledger.js";

const rows = [{ kind: "in", amount: 5 }, { kind: "out", amount: 2 }, { kind: "in", amount: 7 }];

describe("ledger", () => {
  it("sums what comes in", () => assert.equal(total(rows, "in"), 12));
  it("sums what goes out", async () => assert.equal(total(rows, "out"), 2));
  it("knows one entry", () => assert.equal(total(rows.slice(1, 2), "out"), 2));
  it("knows another", () => assert.equal(total(rows.slice(2), "in"), 7));
  it("is nothing for nothing", () => assert.equal(total([], "in"), 0));
});
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="no node here")
def test_a_wrong_comparison_in_javascript_is_repaired_by_search(fix: Rung, tmp_path: Path) -> None:
    manifest = '{"name": "ledger", "version": "1.0.0", "type": "module", "scripts": {"test": "node --test"}}\n'
    files = {"package.json": manifest, "lib/ledger.js": LEDGER, "test/ledger.test.js": LEDGER_TESTS}
    folder = repository(tmp_path / "project", files)
    read = document(told := fix("--apply", "--json"))
    assert told.code == 0, told
    repairs = [repair for node in read["nodes"] for one in node["attempts"] for repair in one["repairs"]]
    assert [(one["source"], one["operator"], one["claim"]) for one in repairs] == [
        ("search", "comparison", "consistent")
    ]
    assert repairs[0]["distinguishing_input"].startswith("total([")
    assert (folder / "lib/ledger.js").read_text() == LEDGER.replace("!==", "===")
    assert (folder / "test/ledger.test.js").read_text() == LEDGER_TESTS


def test_a_test_that_ends_the_process_is_said_and_nothing_is_changed(fix: Rung, tmp_path: Path) -> None:
    ending = "    def test_the_end(self):\n        import os\n        os._exit(3)\n"
    folder = repository(tmp_path / "project", {"words.py": WRONG, "test_words.py": TESTS + ending})
    told = fix("--apply")
    assert told.code == 1, told
    assert "unittest failed itself: exit code 3" in " ".join(told.out.split())
    assert (folder / "words.py").read_text() == WRONG


def test_where_every_file_is_unreadable_each_is_named_and_nothing_is_changed(fix: Rung, tmp_path: Path) -> None:
    files = dict.fromkeys(("words.py", "test_words.py"), "def (:\n  ?? ]\n")
    folder = repository(tmp_path / "project", files)
    told = fix("--apply")
    assert told.code == 1, told
    assert all(f"{name}:2: SyntaxError" in told.out for name in files)
    assert all((folder / name).read_text() == text for name, text in files.items())


def test_a_folder_that_does_not_exist_is_one_clear_line(rung: Rung) -> None:
    told = rung("fix", "nowhere")
    assert (told.code, told.out) == (2, "")
    assert "nowhere" in told.err
    assert "Traceback" not in told.err


CRATES = {
    ".gitignore": "target/\n",
    "Cargo.toml": '[workspace]\nresolver = "2"\nmembers = ["app", "helper"]\n',
    "app/Cargo.toml": '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n',
    "app/src/lib.rs": "use helper::double;\n\n"
    "pub fn quadruple(n: u32) -> u32 {\n    double(double(n))\n}\n\n"
    "#[cfg(test)]\nmod tests {\n    #[test]\n    fn four() {\n"
    "        assert_eq!(super::quadruple(2), 8);\n    }\n}\n",
    "helper/Cargo.toml": '[package]\nname = "helper"\nversion = "0.1.0"\nedition = "2021"\n',
    "helper/src/lib.rs": "pub fn double(n: u32) -> u32 {\n    n * 2\n}\n",
}


@pytest.mark.skipif(shutil.which("cargo") is None, reason="cargo is not installed")
def test_a_dependency_is_declared_where_a_person_said_so_and_held_otherwise(
    fix: Rung, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, folder_of_tools in RUST.items():
        monkeypatch.setenv(name, folder_of_tools)
    folder = repository(tmp_path / "project", CRATES)
    subprocess.run(["cargo", "generate-lockfile", "--offline"], cwd=folder, check=True, capture_output=True)
    held = fix()
    assert held.code == 1, held
    assert "--accept dependencies" in held.out
    done = fix("--accept", "dependencies", "--apply")
    assert done.code == 0, done
    assert "app/Cargo.toml: declare helper" in done.out
    assert 'helper = { version = "0.1.0", path = "../helper" }' in (folder / "app/Cargo.toml").read_text()
    assert '"helper"' in (folder / "Cargo.lock").read_text(), "the lock file knows it, too"
