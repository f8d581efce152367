"""Each operator on a small function: the variant that it is for is among those that it yields."""

import ast
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.suggestion import applied
from orchestrator.fixers.search.operators import TABLE, Row, inserts
from orchestrator.fixers.search.operators.variant import each
from orchestrator.fixers.search.scope import Facts, Scope
from orchestrator.fixers.search.source import Source

CASES = json.loads((Path(__file__).parents[3] / "cases" / "search" / "operators.json").read_text(encoding="utf-8"))
MOST = 400
ROWS = {row.name: row for row in TABLE}
RICH = '''def f(node, items, n, *, flag=False):
    """Words that stand for themselves."""
    seen, total = set(), 0
    while node.next is not None:  # a loop
        if n % 2 == 0 and flag or not items:
            total += items[n - 1] if n else -1
            continue
        elif "é" in items[1:n]:
            items.append(f"{n!r}: {total + 1}")
        for i, x in enumerate(sorted(items)):
            seen.add((i, x)); total = max(total, 2 * i)
        try:
            del items[0]
        except IndexError as error:
            raise ValueError("none") from error
        with open("x") as stream:
            lines = [line.strip() for line in stream if line]
    return {"a": total, **dict(zip(lines, items))}, lambda y: y ** 2
'''
FACTS = Facts(
    types={
        "node": frozenset({"Node", "NoneType"}),
        "items": frozenset({"list"}),
        "n": frozenset({"int"}),
        "flag": frozenset({"bool"}),
        "seen": frozenset({"set"}),
        "total": frozenset({"int"}),
        "stream": frozenset({"str"}),
        "lines": frozenset({"dict"}),
    },
    attributes={"Node": ("next", "value")},
    signs=("(",),
    strings=("abc", "."),
    numbers=(3, 1.5),
)


def variants(row: Row, text: str, facts: Facts = FACTS) -> list[str]:
    source = Source("a.py", text)
    scopes = [Scope(source=source, function=function, facts=facts) for function in source.functions()]
    changes = [change for scope in scopes for change in each(row.run(scope))]
    every = len(changes) // MOST + 1
    return [applied({"a.py": text}, change.edits).get("a.py", text) for change in changes[::every]]


@pytest.mark.parametrize(("name", "before", "after"), CASES)
def test_an_operator_yields_the_variant_it_is_for(name: str, before: str, after: str) -> None:
    assert after in variants(ROWS[name], before, Facts())


def test_names_of_operators_are_unique() -> None:
    assert len(ROWS) == len(TABLE)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_every_operator_copes_with_all_sorts_of_code_and_yields_programs(row: Row) -> None:
    found = variants(row, RICH)
    broken = []
    for text in found:
        try:
            ast.parse(text)
        except SyntaxError:
            broken.append(text)
    assert found or row.name in {"separator", "none"}
    assert len(broken) <= 0.2 * len(found)


def test_comments_and_layout_survive() -> None:
    text = "def f(a,  b):   # why\n    return (a\n            < b)  # because\n"
    assert "def f(a,  b):   # why\n    return (a\n            <= b)  # because\n" in variants(ROWS["comparison"], text)


def test_line_ends_of_windows_survive() -> None:
    text = "def f(a, b):\r\n    a += 1\r\n    return a < b\r\n"
    assert "def f(a, b):\r\n    a += 1\r\n    return a <= b\r\n" in variants(ROWS["comparison"], text)
    assert "def f(a, b):\r\n    return a < b\r\n" in variants(ROWS["remove"], text)


def test_a_check_for_none_needs_a_variable_that_was_none() -> None:
    text = "def f(node):\n    if node.next is None:\n        return 1\n"
    seen = Facts(types={"node": frozenset({"Node", "NoneType"})})
    better = "def f(node):\n    if node is None or node.next is None:\n        return 1\n"
    assert better in variants(ROWS["none-check"], text, seen)
    assert variants(ROWS["none-check"], text, Facts()) == []


@given(name=st.sampled_from(["x", "é", "名"]), text=st.text(alphabet="aé名 ", max_size=8))
def test_places_are_right_whatever_letters_stand_before_them(name: str, text: str) -> None:
    source = Source("a.py", f"def f({name}):\n    return {text!r}, {name} < 1\n")
    compare = next(node for node in ast.walk(source.tree) if isinstance(node, ast.Compare))
    assert source.of(compare) == f"{name} < 1"


def test_in_a_long_function_only_what_stands_nearest_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inserts, "_MOST_COPIES", 3)
    text = "def f():\n" + "".join(f"    x{number} = {number}\n" for number in range(9))
    source = Source("a.py", text)
    (function,) = source.functions()
    changes = list(each(ROWS["insert-copy"].run(Scope(source=source, function=function, facts=Facts()))))
    copied = {line: [one.edits[0].text.strip() for one in changes if one.line == line] for line in (2, 10)}
    assert {text.rpartition(" = ")[2] for text in copied[2]} == {"0"}, "of the statement that stands there"
    assert {text.rpartition(" = ")[2] for text in copied[10]} == {"8"}
    assert len(copied[2]) == 3
