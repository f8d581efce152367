"""Each file of ``tests/cases/edits``: a reply, the files before, and the files after or the error.

Sections start with ``%% targets``, ``%% reply``, ``%% before PATH``, ``%% after PATH``, ``%% gone PATH`` or
``%% error CLASS`` (the text below must be part of the message). A text ends in a line end unless it ends in ``\\``.
"""

from pathlib import Path

import pytest

import orchestrator.errors
from orchestrator.errors import EditError
from orchestrator.workspace.edits import PathPolicy, changes_from_reply

CASES = sorted((Path(__file__).parents[3] / "cases" / "edits").glob("*.case"))
Section = tuple[str, str, str]


def sections(path: Path) -> list[Section]:
    """Kind, argument and text of each section."""
    found: list[Section] = []
    for part in ("\n" + path.read_text(encoding="utf-8")).split("\n%% ")[1:]:
        head, _, text = part.partition("\n")
        kind, _, argument = head.partition(" ")
        text = text.removesuffix("\n")
        text = text[:-1] if text.endswith("\\") else f"{text}\n" if text else ""
        found.append((kind, argument, text))
    return found


def files(parts: list[Section], kind: str) -> dict[str, str]:
    return {argument: text for have, argument, text in parts if have == kind}


def test_there_are_cases() -> None:
    assert len(CASES) > 100


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_case_comes_out_as_written(path: Path) -> None:
    parts = sections(path)
    before, after = files(parts, "before"), files(parts, "after")
    gone = dict.fromkeys(files(parts, "gone"))
    targets = [name for kind, argument, _ in parts if kind == "targets" for name in argument.split()]
    reply = next(text for kind, _, text in parts if kind == "reply")
    errors = [(argument, text) for kind, argument, text in parts if kind == "error"]
    if errors:
        ((name, text),) = errors
        with pytest.raises(EditError) as caught:
            changes_from_reply(reply, targets=targets, read=before.get, policy=PathPolicy())
        assert type(caught.value) is getattr(orchestrator.errors, name)
        assert text.rstrip("\n") in str(caught.value)
    else:
        changes = changes_from_reply(reply, targets=targets, read=before.get, policy=PathPolicy())
        assert {change.path: change.after for change in changes} == {**after, **gone}
        assert all(change.before == before.get(change.path) for change in changes)
