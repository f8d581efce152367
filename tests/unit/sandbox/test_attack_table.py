"""The table of attacks names tests that exist, for every attack, with a control, as root and as a plain user."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.unit.sandbox.test_plain_user import ABOUT
from tests.unit.workspace.warm.test_plain_user import MODULES as WARM

TESTS = Path(__file__).parents[2]
TABLE = TESTS.parent / "docs" / "explanation" / "attacks.md"
ROWS = {*range(1, 50), *range(63, 66)}
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def rows() -> list[list[str]]:
    """The cells of every line of a table that begins with a number."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| "))
    return [row for row in cells if row[0].isdigit()]


@cache
def names_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def is_run_by_both(path: Path) -> bool:
    """Whether a suite that runs as root runs it once more as a plain user."""
    chosen = [*(module for modules in ABOUT.values() for module in modules)]
    chosen += [TESTS / "unit" / "workspace" / "warm" / name for name in WARM]
    return any(path.is_relative_to(module) for module in chosen)


def test_every_attack_is_in_the_table() -> None:
    assert {int(row[0]) for row in rows()} == ROWS
    assert {len(row) for row in rows()} == {5}


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row[0]}-{row[1]}")
def test_a_row_names_tests_that_exist_and_a_control(row: list[str]) -> None:
    _, attack, tried, control, user = row
    named = [(TESTS / path, name) for path, name in NAMED.findall(f"{tried} {control}")]
    assert attack
    assert NAMED.search(tried)
    assert control
    assert [name for path, name in named if name not in names_in(path)] == []
    assert user in {"both", "any", "root", "plain"}
    if user in {"both", "plain"}:
        assert [path for path, _ in named if not is_run_by_both(path)] == []


def test_what_only_one_user_can_try_is_tried_by_the_other_in_another_way() -> None:
    users: dict[str, set[str]] = {}
    for row in rows():
        users.setdefault(row[0], set()).add(row[4])
    assert [
        number for number, found in users.items() if found & {"root", "plain"} and not {"root", "plain"} <= found
    ] == []
