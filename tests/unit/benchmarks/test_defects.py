"""Seeded defects: one edit each, on the lines that were asked for, the same for the same seed."""

import ast
import difflib
import json
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.defects import probe
from benchmarks.defects.mutation import KINDS, defects

PROBE = Path(probe.__file__)
SOURCE = '''"""Café: bytes are no characters."""

LIMIT = 3


class Words:
    def longest(self, one, other=None):
        """Of two."""
        if (len(one)) >= (len(other)) and not one.isdigit():
            return one
        while True:
            other = other[1 : 2 * LIMIT]
            self.note("é", other)
            if other not in one:
                break
        return other
'''
LINES = range(1, 20)


def test_every_kind_of_defect_is_found_and_each_is_one_edit_on_one_line() -> None:
    found = list(defects({"a.py": SOURCE}, {"a.py": LINES}, seed="1"))
    assert {one.kind for one in found} == {*KINDS, "name"}
    for one in found:
        lines = list(difflib.unified_diff(SOURCE.splitlines(), one.after.splitlines(), lineterm="", n=0))[2:]
        assert [line[0] for line in lines] == ["@", "-", "+"], lines
        assert lines[1][1:] == SOURCE.splitlines()[one.line - 1]
        assert (one.function, one.before) == ("Words.longest", SOURCE)
        assert ast.dump(ast.parse(one.after)) != ast.dump(ast.parse(SOURCE))


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("comparison", "        if (len(one)) > (len(other)) and not one.isdigit():"),
        ("comparison", "            if other in one:"),
        ("connective", "        if (len(one)) >= (len(other)) or not one.isdigit():"),
        ("arguments", '            self.note(other, "é")'),
        ("jump", "                continue"),
        ("arithmetic", "            other = other[1 : 2 + LIMIT]"),
        ("step", "            pass"),
        ("name", "            return other"),
        ("result", "            return None"),
        ("negation", "            if not (other not in one):"),
    ],
)
def test_a_defect_is_what_its_kind_says(kind: str, line: str) -> None:
    found = [one for one in defects({"a.py": SOURCE}, {"a.py": LINES}, seed="1") if one.kind == kind]
    assert line in {one.after.splitlines()[one.line - 1] for one in found}


def test_the_seed_decides_and_lines_that_no_test_runs_are_left_alone() -> None:
    def drawn(seed: str) -> list[str]:
        return [one.after for one in islice(defects({"a.py": SOURCE}, {"a.py": LINES}, seed=seed), 8)]

    assert drawn("1") == drawn("1") != drawn("2")
    assert {one.line for one in defects({"a.py": SOURCE}, {"a.py": [10]}, seed="1")} == {10}
    assert not list(defects({"a.py": SOURCE}, {"a.py": [3]}, seed="1"))


def outcomes(folder: Path, recorded: Path) -> list[list[object]]:
    subprocess.run([sys.executable, PROBE, "replay", "out.json", recorded], cwd=folder, check=True)
    found: list[list[object]] = json.loads((folder / "out.json").read_text())
    return found


def test_a_project_is_watched_and_its_calls_are_replayed_on_another_state_of_it(tmp_path: Path) -> None:
    right = "def double(n, *, most=9):\n    if n > most:\n        return most\n    return n * 2\n"
    (tmp_path / "numbers_.py").write_text(right)
    (tmp_path / "test_it.py").write_text("from numbers_ import double\n\ndef test_it():\n    assert double(2) == 4\n")
    for words in (["lines", "lines.json"], ["calls", "calls", "numbers_.py", "double"]):
        subprocess.run([sys.executable, PROBE, *words], cwd=tmp_path, check=True, capture_output=True)
    assert json.loads((tmp_path / "lines.json").read_text())["numbers_.py"] == [2, 4]
    then = outcomes(tmp_path, tmp_path / "calls")
    assert then[0] == [True, True, "4 [2, 9]"]
    (tmp_path / "numbers_.py").write_text(right.replace("n * 2", "n + 2"))
    after = outcomes(tmp_path, tmp_path / "calls")
    assert after[0] == then[0]
    assert after != then
