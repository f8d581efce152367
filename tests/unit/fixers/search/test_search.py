"""Faults in small projects: what is found, what is said of it, and what strange code cannot do."""

import ast
import importlib.util
import re
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from orchestrator.app.clock import SystemClock
from orchestrator.fixers.search import Budget, Claim, SearchResult, SearchTarget, search
from orchestrator.sandbox import LocalRunner

pytestmark = pytest.mark.anyio
Searched = Callable[..., Awaitable[SearchResult]]

LARGEST = """def largest(items):
    best = items[0]
    for item in items:  # each one
        if item < best:
            best = item
    return best
"""
ASSERTS = """from program import largest
assert largest([1]) == 1
assert largest([2, 1]) == 2
assert largest([1, 2]) == 2
assert largest([3, 9, 4]) == 9
assert largest([-1, -5]) == -1
"""


def new_text(result: SearchResult) -> str:
    assert result.chosen is not None, result.why
    return result.chosen.texts["program.py"]


async def test_plain_asserts_lead_to_a_consistent_patch(searched: Searched) -> None:
    result = await searched(LARGEST, ASSERTS)
    assert new_text(result) == LARGEST.replace("item < best", "item > best")
    assert (result.claim, result.tests, result.failing) == (Claim.CONSISTENT, 5, 4)
    assert result.chosen is not None
    assert result.chosen.operator == "comparison"
    assert result.chosen.example is not None
    assert result.chosen.example.outputs["old"] != result.chosen.example.outputs["new"]
    assert result.first_seconds is not None


async def test_a_check_function_is_taken_apart(searched: Searched) -> None:
    checks = "".join(f"    {line}\n" for line in ASSERTS.splitlines()[1:])
    result = await searched(LARGEST, f"from program import largest\ndef check(largest):\n{checks}check(largest)\n")
    assert (result.tests, result.failing) == (5, 4)
    assert "item > best" in new_text(result)


async def test_unittest_and_methods_of_classes_work(searched: Searched) -> None:
    program = (
        "class Counter:\n    def __init__(self):\n        self.n = 0\n\n"
        "    def up(self):\n        self.n += 2\n        return self.n\n"
    )
    tests = (
        "import unittest\nfrom program import Counter\n"
        "class CounterTest(unittest.TestCase):\n    def setUp(self):\n        self.counter = Counter()\n"
        "    def test_once(self):\n        self.assertEqual(self.counter.up(), 1)\n"
        "    def test_twice(self):\n        self.counter.up()\n        self.assertEqual(self.counter.up(), 2)\n"
    )
    result = await searched(program, tests)
    assert "self.n += 1" in new_text(result)
    assert result.claim in (Claim.WEAK, Claim.AMBIGUOUS)


PLAIN = """def test_one():
    assert largest([2, 1]) == 2
    assert largest([1, 2]) == 2

def test_two():
    assert largest([3, 9, 4]) == 9
"""
GIVEN = """import pytest
@pytest.mark.parametrize(("items", "best"), [([2, 1], 2), ([1, 2], 2)])
def test_one(items, best):
    assert largest(items) == best
"""
CLASS = "class TestLargest:\n    def test_one(self):\n        assert largest([1, 2]) == 2\n"
CASE = """import unittest
class Case(unittest.TestCase):
    def test_one(self):
        self.assertEqual(largest([1, 2]), 2)
"""


@pytest.mark.parametrize(
    ("tests", "wanted"),
    [
        (PLAIN, ("test_program.py::test_one", "test_program.py::test_two")),
        (PLAIN, ("test_program::test_two",)),
        (GIVEN, ("test_program.py::test_one[items1-2]",)),
        (CLASS, ("test_program.py::TestLargest::test_one", "test_program.TestLargest::test_one")),
        (CASE, ("test_program.py::Case::test_one", "test_program.Case.test_one")),
    ],
    ids=["plain", "one of them", "parameters", "class", "unittest"],
)
async def test_tests_are_known_by_the_names_that_their_runner_reports(
    tmp_path: Path, tests: str, wanted: tuple[str, ...]
) -> None:
    (tmp_path / "program.py").write_text(LARGEST)
    (tmp_path / "test_program.py").write_text(f"from program import largest\n{tests}")
    target = SearchTarget(
        root=str(tmp_path), texts={"program.py": LARGEST}, tests=("test_program.py",), python=(sys.executable,),
        wanted=frozenset(wanted),
    )  # fmt: skip
    result = await search(target, LocalRunner(), clock=SystemClock(), budget=Budget(inputs=0))
    assert result.chosen is not None, result.why


async def test_fixtures_that_all_tests_use_unasked_are_there(searched: Searched, tmp_path: Path) -> None:
    program = "import os\n\ndef double(n):\n    return n * int(os.environ['RUNG_FACTOR']) + 1\n"
    (tmp_path / "conftest.py").write_text(
        "import pytest\n@pytest.fixture(autouse=True)\n"
        "def factor(monkeypatch):\n    monkeypatch.setenv('RUNG_FACTOR', '2')\n"
    )
    tests = "from program import double\n" + "".join(
        f"def test_{n}():\n    assert double({n}) == {2 * n}\n" for n in (0, 1, 3, 4, 7)
    )
    result = await searched(program, tests)
    assert (result.failing, result.tests) == (5, 5)
    assert new_text(result) == program.replace(" + 1", "")


async def test_a_program_is_known_that_tests_reach_by_a_roundabout_path(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "program.py").write_text(LARGEST)
    roundabout = "import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), '..'))\n"
    (tmp_path / "tests" / "test_program.py").write_text(roundabout + ASSERTS)
    target = SearchTarget(
        root=str(tmp_path), texts={"program.py": LARGEST}, tests=("tests/test_program.py",), python=(sys.executable,)
    )
    result = await search(target, LocalRunner(), clock=SystemClock(), budget=Budget(inputs=0))
    assert "item > best" in new_text(result)


async def test_tests_in_a_package_may_import_relatively(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/__init__.py").write_text("")
    (tmp_path / "tests/common.py").write_text("BIG = 9\n")
    (tmp_path / "program.py").write_text(LARGEST)
    head = "import unittest\nfrom program import largest\nfrom .common import BIG\n\n\nclass T(unittest.TestCase):\n"
    body = "    def test_one(self):\n        self.assertEqual(largest([1, BIG, 3]), BIG)\n"
    (tmp_path / "tests/test_program.py").write_text(head + body)
    target = SearchTarget(
        root=str(tmp_path),
        texts={"program.py": LARGEST},
        tests=("tests/test_program.py",),
        python=(sys.executable,),
        env={"PATH": "/usr/bin:/bin"},
    )
    result = await search(target, LocalRunner(), clock=SystemClock(), budget=Budget(candidates=300, seconds=20.0))
    assert result.chosen is not None, result.why


async def test_pytest_drives_what_needs_it(searched: Searched) -> None:
    tests = (
        "import pytest\nfrom program import largest\n"
        "@pytest.mark.parametrize(('items', 'best'), [([1], 1), ([2, 1], 2), ([1, 2], 2), ([3, 9, 4], 9)])\n"
        "def test_largest(items, best):\n    assert largest(items) == best\n"
        "def test_in_a_file(tmp_path, monkeypatch):\n    monkeypatch.chdir(tmp_path)\n"
        "    (tmp_path / 'x').write_text('7')\n    assert largest([5, int((tmp_path / 'x').read_text())]) == 7\n"
    )
    result = await searched(LARGEST, tests, budget=Budget(candidates=60, seconds=30.0, inputs=40))
    assert (result.tests, result.failing) == (5, 4)
    assert "item > best" in new_text(result)


async def test_a_fault_of_two_edits_is_found(searched: Searched) -> None:
    program = "def both(a, b):\n    x = a + 1\n    y = b + 1\n    return [x, y]\n"
    tests = "from program import both\n" + "".join(
        f"assert both({a}, {b})[{place}] == {(a, b)[place]} - 1\n"
        for a, b in ((1, 5), (4, 2), (0, 0))
        for place in (0, 1)
    )
    result = await searched(program, tests)
    assert result.chosen is not None, result.why
    assert "+" in result.chosen.operator
    assert "a - 1" in new_text(result)
    assert "b - 1" in new_text(result)


async def test_tests_that_leave_it_open_make_it_ambiguous_with_an_input(searched: Searched) -> None:
    program = "def area(a, b):\n    return a - b\n"
    result = await searched(program, "from program import area\n" + "assert area(2, 2) == 4\n" * 5)
    assert result.claim is Claim.AMBIGUOUS
    assert len(result.behaviours.groups) > 1
    assert result.behaviours.differ is not None
    assert len(set(result.behaviours.differ.outputs.values())) > 1
    assert result.behaviours.differ.input.startswith("area(")


async def test_few_tests_on_the_line_are_weak(searched: Searched) -> None:
    result = await searched(
        "def f(a):\n    return a[0] == 'x'\n", "from program import f\nassert not f('xy')\nassert f('ay')\n"
    )
    assert result.claim in (Claim.WEAK, Claim.AMBIGUOUS)


@pytest.mark.parametrize(
    ("program", "tests", "why"),
    [
        (LARGEST.replace("<", ">"), ASSERTS, "no test fails"),
        (LARGEST, "x = 1\n", "there is no test"),
        (LARGEST, "import nothing_of_that_name\n", "No module named"),
        (LARGEST, "def (:\n", "the tests cannot be run"),
        ("def f(:\n", ASSERTS, "the tests cannot be run"),
        ("x = 1\n", "from program import x\nassert x == 2\n", "no function that could be changed"),
        (LARGEST, "assert 1 == 2\n", "no failing test reaches"),
        ("def f():\n    return object()\n", "from program import f\nassert f() == 'unheard of'\n", "small changes"),
    ],
)
async def test_where_nothing_can_be_found_the_reason_is_said(
    searched: Searched, program: str, tests: str, why: str
) -> None:
    result = await searched(program, tests)
    assert result.chosen is None
    assert result.claim is None
    assert why in result.why
    assert "\n" not in result.why


async def test_a_program_that_never_ends_is_repaired(searched: Searched) -> None:
    program = "def count(n):\n    total = 0\n    while n > 0:\n        total += n\n        n += 1\n    return total\n"
    tests = "from program import count\n" + "".join(f"assert count({n}) == {n * (n + 1) // 2}\n" for n in (0, 1, 3, 5))
    result = await searched(program, tests, budget=Budget(candidates=80, seconds=30.0, inputs=10))
    assert ast.dump(ast.parse(new_text(result))) == ast.dump(ast.parse(program.replace("n += 1", "n -= 1")))


@pytest.mark.parametrize(
    "line",
    [
        "os._exit(3)",
        "sys.exit(0)",
        "os.kill(os.getpid(), 9)",
        "[0] * 10 ** 12",
        "time.sleep(60)",
    ],
)
async def test_a_candidate_that_ends_its_process_or_eats_memory_costs_only_itself(
    searched: Searched, line: str
) -> None:
    program = f"import os, sys, time\n\ndef f(n):\n    if n == 2:\n        {line}\n    return n + 2\n"
    tests = "from program import f\nassert f(1) == 2\nassert f(4) == 5\nassert f(5) == 6\nassert f(6) == 7\n"
    result = await searched(program, tests, budget=Budget(candidates=60, seconds=30.0, inputs=0))
    assert result.chosen is not None, result.why
    assert {"n + 1", "n + 2 - 1"} & {line.removeprefix("    return ") for line in new_text(result).splitlines()}


async def test_tests_that_depend_on_their_order_keep_it(searched: Searched) -> None:
    program = "def add(items, x):\n    items.append(x + 1)\n    return items\n"
    tests = (
        "from program import add\nkept = []\n"
        "def test_1():\n    add(kept, 0)\n    assert len(kept) == 1\n"
        "def test_2():\n    assert len(kept) == 1\n    assert add(kept, 1) == [0, 1]\n"
        "def test_3():\n    assert len(kept) == 2\n"
    )
    result = await searched(program, tests)
    assert "items.append(x)" in new_text(result)


async def test_state_of_a_module_does_not_leak_from_candidate_to_candidate(searched: Searched) -> None:
    program = "known = {}\n\ndef square(n):\n    if n not in known:\n        known[n] = n * 2\n    return known[n]\n"
    tests = "from program import square\n" + "".join(f"assert square({n}) == {n * n}\n" for n in (1, 3, 4, 5, 6))
    result = await searched(program, tests)
    assert "n ** 2" in new_text(result) or "n * n" in new_text(result)


DECORATED = """import functools

calls = []

def counted(label, *, quiet=False):
    if {}:
        return lambda function: function
    def around(function):
        @functools.wraps(function)
        def inner(*args):
            calls.append(label)
            return function(*args)
        return inner
    return around

@counted("add")
def add(one, other):
    return one + other
"""


@pytest.mark.parametrize("head", ["", "import pytest\n"], ids=["plain", "pytest"])
async def test_what_ran_when_the_project_was_loaded_is_searched_by_loading_it_again(
    searched: Searched, head: str
) -> None:
    tests = (
        f"{head}import program\n"
        "def test_sum():\n    assert program.add(2, 3) == 5\n"
        "def test_count():\n    before = len(program.calls)\n    program.add(2, 3)\n"
        "    assert len(program.calls) == before + 1\n"
    )
    result = await searched(DECORATED.format("not quiet"), tests)
    assert new_text(result) in {DECORATED.format(condition) for condition in ("quiet", "False")}
    assert result.claim is Claim.WEAK, "what it does then is not compared"


async def test_a_change_with_which_the_project_cannot_be_loaded_or_never_is_costs_only_itself(
    searched: Searched,
) -> None:
    program = (
        "def table(size):\n    found, n = [], 0\n    while n != size:\n        found.append(n * 3)\n        n += 1\n"
        "    return found\n\nSQUARES = table(4)\n"
    )
    result = await searched(program, "import program\ndef test_all():\n    assert program.SQUARES == [0, 1, 4, 9]\n")
    assert new_text(result).count("n * n") + new_text(result).count("n ** 2") == 1
    assert result.claim is Claim.WEAK


async def test_tests_that_patch_the_clock_and_the_system_do_no_harm(searched: Searched) -> None:
    tests = (
        "import os, signal, time, json\nfrom unittest import mock\nfrom program import largest\n"
        "def test_all():\n"
        "    with mock.patch('time.perf_counter', 0), mock.patch('os.write', 0), mock.patch('json.dumps', 0):\n"
        "        with mock.patch('signal.setitimer', None):\n            assert largest([1, 2]) == 2\n"
        "def test_more():\n    assert largest([3, 9, 4]) == 9\n"
    )
    assert "item > best" in new_text(await searched(LARGEST, tests))


async def test_a_project_with_threads_gets_a_process_for_each_candidate(searched: Searched) -> None:
    head = "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
    result = await searched(head + LARGEST, ASSERTS, budget=Budget(candidates=40, seconds=30.0, inputs=0))
    assert result.forked_each
    assert "item > best" in new_text(result)


EXTENSION = importlib.util.find_spec("_lsprof")
"""A module in C that nothing else here imports."""


@pytest.mark.skipif(
    EXTENSION is None or not str(EXTENSION.origin).endswith(".so"), reason="no extension module to build the case with"
)
async def test_a_project_with_an_extension_module_gets_a_process_for_each_candidate(
    searched: Searched, tmp_path: Path
) -> None:
    assert EXTENSION is not None
    origin = Path(str(EXTENSION.origin))
    shutil.copy(origin, tmp_path / origin.name)
    program = "import _lsprof\n" + LARGEST.replace("best = item\n", "best = item if _lsprof.Profiler else item\n")
    result = await searched(program, ASSERTS, budget=Budget(candidates=60, seconds=30.0, inputs=0))
    assert result.forked_each
    assert "item > best" in new_text(result)


async def test_functions_that_wait_for_a_thread_of_their_module_are_left_alone_and_said_so(searched: Searched) -> None:
    program = (
        "import queue, threading\nasked, given = queue.Queue(), queue.Queue()\n"
        "def serve():\n    while True:\n        given.put(asked.get() + 2)\n"
        "threading.Thread(target=serve, daemon=True).start()\n"
        "def f(n):\n    asked.put(n)\n    return given.get()\n"
    )
    result = await searched(program, "from program import f\nassert f(1) == 2\n")
    assert "threads that start when a module is imported" in result.why


async def test_a_test_that_ends_its_process_is_named(searched: Searched) -> None:
    tests = "import os\nfrom program import largest\ndef test_all():\n    os._exit(largest([1, 2]))\n"
    assert "test_all" in (await searched(LARGEST, tests)).why


async def test_a_candidate_that_spoils_a_process_of_its_own_is_tried_once(searched: Searched) -> None:
    head = "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
    program = (
        head + "import string\n\ndef f(n, kept=[]):\n    if n == 2:\n        vars(string)['digits'] = ''\n"
        "    return n + 2 if string.digits else 0\n"
    )
    tests = "from program import f\nassert f(4) == 5\nassert f(5) == 6\nassert f(6) == 7\n"
    result = await searched(program, tests, budget=Budget(candidates=60, seconds=30.0, inputs=0))
    assert result.forked_each
    assert result.tried <= 60
    assert {"n + 1", "n + 2 - 1"} & set(re.findall(r"n \+ 2 - 1|n \+ 1", new_text(result)))


@pytest.mark.parametrize(
    "line",
    [
        "unittest.TestCase.debug = None",
        "unittest.TestCase.assertEqual = lambda *given: None",
        "unittest.TestLoader.getTestCaseNames = lambda *given: ['test_more']",
        "unittest.TestCase.setUpClass = classmethod(lambda cls: 1 / 0)",
    ],
)
async def test_tests_that_patch_their_framework_end_in_words_or_in_a_patch(searched: Searched, line: str) -> None:
    tests = (
        "import unittest\nfrom program import largest\n"
        f"{line}\n"
        "class LargestTest(unittest.TestCase):\n"
        "    def test_all(self):\n        self.assertEqual(largest([1, 2]), 2)\n"
        "    def test_more(self):\n        self.assertEqual(largest([3, 9, 4]), 9)\n"
    )
    result = await searched(LARGEST, tests, budget=Budget(candidates=60, seconds=20.0, inputs=0))
    assert (result.chosen is None) == bool(result.why)
    assert "Traceback" not in result.why


async def test_flaky_tests_are_named_and_left_out(searched: Searched, tmp_path: Any) -> None:
    del tmp_path
    tests = (
        ASSERTS
        + "import itertools, builtins\nbuiltins.turn = getattr(builtins, 'turn', itertools.count())\n"
        + "def test_flaky():\n    assert next(turn) % 2 == 0\n"
    )
    result = await searched(LARGEST, tests)
    assert [name for name in result.flaky if "test_flaky" in name]
    assert "item > best" in new_text(result)
