"""Recorded repairs in five languages as replies that hold only the repaired function: the repaired file comes out.

Nothing recorded is executed.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.workspace.edits import PathPolicy, changes_from_reply
from orchestrator.workspace.edits.splicing import SPLICERS
from orchestrator.workspace.edits.syntax.grammar import Kind
from orchestrator.workspace.edits.syntax.items import items_of, walk
from orchestrator.workspace.edits.syntax.source import parse
from orchestrator.workspace.edits.syntax.splicer import SyntaxSplicer

pytestmark = pytest.mark.accept

SUFFIXES = {"js": ".js", "java": ".java", "cpp": ".cpp", "rust": ".rs", "go": ".go"}
BARS = {"js": 64, "java": 63, "cpp": 64, "rust": 61, "go": 64}
"""Repairs of one function, of 64 each: the others repair a second one as well, or name the function otherwise."""


def repairs(data: Path, language: str) -> Iterator[dict[str, Any]]:
    with gzip.open(data / "humanevalfix" / "dev.tasks.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if row["language"] == language:
                yield row


def function(code: str, name: str, *, suffix: str) -> str:
    """The text of the function, or method, ``name``; ``""`` where there is none."""
    splicer = SPLICERS[suffix]
    assert isinstance(splicer, SyntaxSplicer)
    source = parse(code.encode(), splicer.grammar)
    found = [item for _, item in walk(items_of(source)) if item.kind is Kind.FUNCTION]
    named = [item for item in found if item.names[0].split(".")[-1].lower() == name.lower()]
    return source.text[named[0].start : named[0].stop].decode() if named else ""


@pytest.mark.parametrize("language", SUFFIXES)
def test_the_repaired_function_makes_the_repaired_file(recorded_data: Path, language: str) -> None:
    suffix, exact = SUFFIXES[language], 0
    for row in repairs(recorded_data, language):
        code = function(row["canonical"], row["entry_point"], suffix=suffix)
        if not code:
            continue
        path = f"src/p{suffix}"
        reply = f"Here is the fix:\n\n```\n{code}\n```\n"
        changes = changes_from_reply(reply, targets=[path], read={path: row["buggy"]}.get, policy=PathPolicy())
        after = changes[0].after if changes else row["buggy"]
        exact += (after or "").split() == row["canonical"].split()
    assert exact >= BARS[language]
