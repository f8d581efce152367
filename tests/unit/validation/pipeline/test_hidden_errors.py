"""Errors that hide others: the right first repair is accepted, what it brings to light is no fault of it."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from orchestrator.domain.assessment import Assessment
from orchestrator.domain.judgement import Comparison, Decision
from orchestrator.domain.verdict import VerdictStatus
from orchestrator.validation.judgement import Edit, judged, targets_of
from tests.unit.validation.pipeline.rooms import assessed, told

pytestmark = pytest.mark.anyio

BROKEN = "def count(text:\n    return 0\n"
COMPILES = "def count(text):\n    return 0\n"
RIGHT = "def count(text):\n    return len(text.split())\n"
TESTS = (
    "import unittest\nfrom words import count\n\nclass Words(unittest.TestCase):\n"
    "    def test_one(self):\n        self.assertEqual(count('a'), 1)\n"
    "    def test_two(self):\n        self.assertEqual(count('a b'), 2)\n"
)

CRATE = {
    "Cargo.toml": '[package]\nname = "words"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/lib.rs": "pub fn first(all: Vec<String>) -> usize {\n    let moved = all;\n    moved.len() + all.len()\n}\n",
    "tests/all.rs": (
        "#[test]\nfn one() {\n    let text: String = words::first(vec![]);\n    let _ = text;\n}\n"
        '#[test]\nfn two() {\n    let number: usize = "two";\n    let _ = number;\n}\n'
    ),
}
BORROWS = "pub fn first(all: Vec<String>) -> usize {\n    let moved = &all;\n    moved.len() + all.len()\n}\n"


def compared(before: Assessment, after: Assessment, *, old: Mapping[str, str], new: Mapping[str, str]) -> Comparison:
    changed = frozenset(name for name in {*old, *new} if old.get(name) != new.get(name))
    edit = Edit(
        files=changed,
        before=lambda name: old.get(name, "").splitlines(),
        after=lambda name: new.get(name, "").splitlines(),
    )
    return judged(before, after, edit=edit)


class Python:
    """The project with ``words.py`` as given, assessed once for each text."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Assessment] = {}

    @staticmethod
    def files(words: str) -> dict[str, str]:
        return {"words.py": words, "test_words.py": TESTS}

    async def judged(self, before: str, after: str) -> Comparison:
        for words in (before, after):
            if words not in self._known:
                name = f"tree{len(self._known)}"
                self._known[words] = await assessed(self.files(words), self._folder, name=name)
        old, new = self.files(before), self.files(after)
        return compared(self._known[before], self._known[after], old=old, new=new)


async def test_a_syntax_error_that_hides_two_failing_tests(tmp_path: Path) -> None:
    python = Python(tmp_path)
    first = await python.judged(BROKEN, COMPILES)
    assert first.decision is Decision.ACCEPTED, first.reasons
    assert sorted(one.test.split(".")[-1] for one in first.revealed) == ["test_one", "test_two"]
    assert (len(first.fixed), first.regressions) == (1, ())

    second = await python.judged(COMPILES, RIGHT)
    assert second.decision is Decision.ACCEPTED, second.reasons
    assert [one.is_test for one in second.fixed] == [True, True]
    assert second.stages_passed > first.stages_passed


async def test_doing_nothing_is_never_accepted_where_something_fails(tmp_path: Path) -> None:
    python = Python(tmp_path)
    for words in (BROKEN, COMPILES):
        nothing = await python.judged(words, words)
        assert nothing.decision is Decision.REJECTED
        assert nothing.left
        assert (nothing.fixed, nothing.revealed, nothing.regressions) == ((), (), ())


async def test_a_repair_that_breaks_a_test_or_the_syntax_is_worse(tmp_path: Path) -> None:
    python = Python(tmp_path)
    broken = await python.judged(RIGHT, COMPILES)
    assert broken.decision is Decision.REJECTED
    assert sorted(one.test.split(".")[-1] for one in broken.regressions) == ["test_one", "test_two"]
    unread = await python.judged(COMPILES, BROKEN)
    assert unread.decision is Decision.REJECTED
    assert [one.file for one in unread.regressions] == ["words.py"]


async def test_a_borrow_error_that_hides_two_type_errors(tmp_path: Path) -> None:
    if shutil.which("cargo") is None:
        pytest.skip("cargo is not installed")
    repaired = {**CRATE, "src/lib.rs": BORROWS}
    before = await assessed(CRATE, tmp_path)
    after = await assessed(repaired, tmp_path, name="repaired")
    assert {one.code for stage in before.stages for one in stage.errors} >= {"E0382"}, told(before)
    result = compared(before, after, old=CRATE, new=repaired)
    assert result.decision is Decision.ACCEPTED, (result.reasons, told(after))
    assert [one.code for one in result.revealed] == ["E0308", "E0308"]
    assert {one.file for one in result.revealed} == {"tests/all.rs"}
    assert compared(before, before, old=CRATE, new=CRATE).decision is Decision.REJECTED


async def test_the_failing_tests_of_a_stub_are_its_targets(tmp_path: Path) -> None:
    stub = await assessed(Python.files("def count(text):\n    raise NotImplementedError\n"), tmp_path)
    assert stub.status is VerdictStatus.FAILED
    assert [target.name.split(".")[-1] for target in targets_of(stub) if target.is_test] == ["test_one", "test_two"]
