import re
from pathlib import Path

import pytest

import orchestrator.journal
from orchestrator.journal.queries import all_queries, parse, sql

CODE = "\n".join(path.read_text() for path in Path(orchestrator.journal.__file__).parent.glob("*.py"))
ASKED_FOR = re.compile(r'(?:sql|\.rows|\.write)\(\s*"(\w+)"')


def test_every_query_is_used_and_every_used_one_exists() -> None:
    assert set(ASKED_FOR.findall(CODE)) == set(all_queries())


def test_a_query_is_its_statement_without_comments() -> None:
    assert parse("-- head\n-- name: a\nSELECT 1\n-- why\nFROM t\n\n-- name: b\nSELECT 2\n") == {
        "a": "SELECT 1\nFROM t",
        "b": "SELECT 2",
    }


def test_two_queries_of_the_same_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        parse("-- name: a\nSELECT 1\n-- name: a\nSELECT 2\n")


def test_an_unknown_name_is_a_bug() -> None:
    with pytest.raises(KeyError):
        sql("no_such_query")
