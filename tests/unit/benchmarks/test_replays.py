"""The replay of recorded answers, on a recording made here: what agrees, what differs, and how both are told."""

import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.replay.agreement import Outcome, Share, compared, read_line, written_line
from benchmarks.replay.javatuples import SOURCES
from benchmarks.replay.projects import python_test
from benchmarks.replay.recordings import answers, sample
from benchmarks.replay.trial import settled
from tests.unit.validation.luck import luck

BASH_TEST = 'check() { [ "$(twice 2)" = 4 ]; }\nset -e\ncheck\n'
CHECK = "def check(candidate):\n    assert candidate(2) == 4\n\ncheck(twice)\n"
TUPLES = """import org.javatuples.*;
class Uses {
    public static void main(String[] arguments) {
        Pair<Integer, String> pair = Pair.with(1, "a");
        assert pair.equals(new Pair<>(1, "a")) && pair.hashCode() == Pair.with(1, "a").hashCode();
        assert !pair.equals(Pair.with(2, "a")) && !pair.equals(Triplet.with(1, "a", 2L));
        assert pair.setAt1(2L).getValue1() == 2L && pair.toString().equals("[1, a]");
        assert pair.add(3L).equals(Triplet.with(1, "a", 3L)) && pair.removeFrom0().equals(new Unit<>("a"));
        assert Triplet.with(1, 2, 3).compareTo(Triplet.with(1, 2, 4)) < 0 && Unit.with(5).contains(5);
    }
}
"""


def record(folder: Path, name: str, *, tasks: Sequence[Mapping[str, str]], gens: Sequence[Mapping[str, str]]) -> None:
    """Write a set as the recorded ones are."""
    (folder / name).mkdir()
    for kind, rows in (("tasks", tasks), ("gens", gens)):
        with gzip.open(folder / name / f"dev.{kind}.jsonl.gz", "wt", encoding="utf-8") as stream:
            stream.writelines(json.dumps(row) + "\n" for row in rows)


def scripts(folder: Path) -> None:
    """Answers in bash: a right one twice, wrong ones, and one whose record is a lie."""
    bodies = {
        ("right", "pass"): "twice() { echo $(($1 * 2)); }",
        ("as right", "pass"): "twice() { echo $(($1 * 2)); }",
        ("wrong", "assert/runtime"): "twice() { echo 5; }",
        ("broken", "syntax"): "twice() { echo $(($1 * 2)); }\n}",
        ("praised", "pass"): "twice() { echo 6; }",
        ("slandered", "assert/runtime"): "twice() { echo $((2 * $1)); }",
    }
    gens = [
        {"task_id": "T/1", "model": name, "solution": body, "hidden": recorded, "error": ""}
        for (name, recorded), body in bodies.items()
    ]
    record(folder, "multipl-e-replay", tasks=[{"task_id": "T/1", "language": "sh", "test": BASH_TEST}], gens=gens)


def outcome(recorded: str, status: str, *, failure_class: str = "") -> Outcome:
    return Outcome(
        digest="d", group="g", name="n", recorded=recorded, status=status, failure_class=failure_class, weight=2
    )


def test_equal_answers_are_one_with_all_their_names(tmp_path: Path) -> None:
    scripts(tmp_path)
    found = answers(tmp_path, "multipl-e-replay")
    assert [one.names for one in found[:2]] == [("T/1 right", "T/1 as right"), ("T/1 wrong",)]
    assert sample(found, 2) == sample(list(reversed(found)), 2)


def test_a_replay_tells_what_agrees_and_names_what_does_not(tmp_path: Path) -> None:
    scripts(tmp_path)
    command = [sys.executable, "-m", "benchmarks.replays", "--sets", "multipl-e-replay", "--data", str(tmp_path)]
    log = tmp_path / "log"
    for _ in range(2):
        ended = subprocess.run(
            [*command, "--show", "--resume", str(log)], capture_output=True, text=True, check=False, env=os.environ
        )
        if "SandboxUnavailableError" in ended.stderr:
            pytest.skip("no sandbox here")
        assert ended.returncode == 0, ended.stderr
        row = next(line.split() for line in ended.stdout.splitlines() if line.startswith("multipl-e-replay sh"))
        assert row[2:] == ["4/6", "66.67", "%", "2/2", "100.00", "%", "-", "1/3", "33.33", "%", "0/6", "0.00", "%"]
        assert "T/1 praised (x1): recorded pass, here failed assert" in ended.stdout
        assert "T/1 slandered (x1): recorded assert/runtime, here passed" in ended.stdout
        assert len(log.read_text(encoding="utf-8").splitlines()) == 5, "what was judged is not judged again"


def test_an_answer_that_passes_with_one_order_of_a_set_alone_is_put_apart(tmp_path: Path) -> None:
    body = f"def twice(x):\n    return 2 * x if {luck().first} == {luck().firsts[0]!r} else 0\n"
    task = {"task_id": "T/1", "entry_point": "twice", "test": CHECK}
    gens = [
        {"task_id": "T/1", "model": name, "code": code, "hidden": hidden}
        for name, code, hidden in (
            ("lucky", body, "assert: no"),
            ("wrong", "def twice(x):\n    return x\n", "assert: no"),
        )
    ]
    record(tmp_path, "mbpp-replay", tasks=[task], gens=gens)
    command = [sys.executable, "-m", "benchmarks.replays", "--sets", "mbpp-replay", "--data", str(tmp_path), "--show"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    if "SandboxUnavailableError" in ended.stderr:
        pytest.skip("no sandbox here")
    assert ended.returncode == 0, ended.stderr
    assert "apart, for it is unsteady: T/1 lucky (x1): recorded assert, here passed" in ended.stdout
    row = next(line.split() for line in ended.stdout.splitlines() if line.startswith("mbpp-replay"))
    assert row[1:4] == ["1/1", "100.00", "%"], row


def test_without_data_a_replay_says_so(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.replays", "--data", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "no recorded answers here" in ended.stderr


def test_what_is_neither_passed_nor_failed_never_agrees() -> None:
    for status in ("empty", "tool_error"):
        figures = compared([outcome("pass", status), outcome("assert", status)])
        assert (figures["verdict"], figures["false passes"]) == (Share(0, 4), Share(0, 2))


def test_what_time_alone_decides_is_counted_apart() -> None:
    figures = compared([
        outcome("timeout", "failed", failure_class="timeout"),
        outcome("pass", "failed", failure_class="timeout"),
        outcome("timeout", "passed"),
    ])  # fmt: skip
    assert (figures["verdict"], figures["apart"], figures["false passes"]) == (Share(2, 2), Share(4, 6), Share(0, 2))


def test_what_comes_out_otherwise_every_time_is_counted_apart() -> None:
    first = outcome("pass", "failed", failure_class="assert")
    assert compared([settled(first, [first, first])])["verdict"] == Share(0, 2)
    figures = compared([settled(first, [first, outcome("pass", "passed")])])
    assert (figures["verdict"], figures["apart"]) == (Share(0, 0), Share(2, 2))


def test_where_the_record_counts_tests_they_have_to_be_as_many() -> None:
    unsaid = replace(outcome("assert", "failed", failure_class="assert"), found=(2, 9), weight=1)
    few, many = (replace(unsaid, expected=(1, 9), found=found) for found in ((1, 9), (2, 9)))
    assert [one.differs for one in (few, many, unsaid)] == [False, True, False]
    assert compared([few, many, unsaid])["k of n"] == Share(1, 2)


def test_an_outcome_is_read_as_it_was_written() -> None:
    one = Outcome(digest="d", group="g", name="n", recorded="pass", status="passed", expected=(1, 2), found=(0, 2))
    assert read_line(written_line(one)) == one


def test_a_test_file_calls_the_check_in_a_case_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "test_problem.py").write_text(python_test(CHECK, entry="twice"), encoding="utf-8")
    for factor, code in ((2, 0), (3, 1)):
        (tmp_path / "problem.py").write_text(f"def twice(x):\n    return x * {factor}\n", encoding="utf-8")
        ended = subprocess.run([sys.executable, "-B", "-m", "unittest"], cwd=tmp_path, capture_output=True, check=False)
        assert (ended.returncode, b"Ran 1 test" in ended.stderr) == (code, True), ended.stderr


@pytest.mark.skipif(shutil.which("javac") is None, reason="no javac here")
def test_the_tuples_of_java_behave_as_the_answers_expect(tmp_path: Path) -> None:
    for name, text in {**SOURCES, "Uses.java": TUPLES}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    names = ["Uses.java", *SOURCES]
    subprocess.run(["javac", "-d", "out", "-Xlint:all", "-Xlint:-serial", "-Werror", *names], cwd=tmp_path, check=True)
    subprocess.run(["java", "-ea", "-cp", "out", "Uses"], cwd=tmp_path, check=True)
