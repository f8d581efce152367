"""What the cases do not show: the public functions as such."""

import pytest

from orchestrator.errors import EditError, EditMissError, RejectedEditsError, ReplyError
from orchestrator.workspace.edits import FileChange, PathPolicy, apply_edits, changes_from_reply, parse_reply
from orchestrator.workspace.edits.values import FileDiff, Replacement, WholeFile

EVERYTHING = PathPolicy()


def nothing(_: str) -> str | None:
    return None


def test_edits_come_in_the_order_of_the_reply_with_their_lines() -> None:
    reply = (
        "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-1\n+2\n\n```y.txt\n3\n```\n\nz\n<<<<<<< SEARCH\n=======\n4\n>>>>>>> REPLACE\n"
    )
    edits = parse_reply(reply, targets=[], read={"z": ""}.get)
    assert [(type(edit), edit.line) for edit in edits] == [(FileDiff, 1), (WholeFile, 7), (Replacement, 12)]


def test_an_empty_reply_holds_no_edit() -> None:
    with pytest.raises(ReplyError, match="no edit"):
        parse_reply("", targets=[], read=nothing)


def test_no_edits_change_nothing() -> None:
    assert apply_edits((), read=nothing, policy=EVERYTHING) == ()


def test_an_edit_that_changes_nothing_is_no_change() -> None:
    reply = "a.txt\n<<<<<<< SEARCH\na\n=======\na\n>>>>>>> REPLACE\n"
    assert changes_from_reply(reply, targets=[], read={"a.txt": "a\n"}.get, policy=EVERYTHING) == ()


def test_a_change_of_mode_alone_is_a_change() -> None:
    reply = "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n"
    (change,) = changes_from_reply(reply, targets=[], read={"x": "a\n"}.get, policy=EVERYTHING)
    assert change == FileChange(path="x", before="a\n", after="a\n", mode="100755")


def test_an_existing_empty_file_takes_an_empty_search() -> None:
    reply = "a.txt\n<<<<<<< SEARCH\n=======\nnew\n>>>>>>> REPLACE\n"
    (change,) = changes_from_reply(reply, targets=[], read={"a.txt": ""}.get, policy=EVERYTHING)
    assert (change.before, change.after) == ("", "new\n")


def test_a_later_edit_sees_what_an_earlier_one_made() -> None:
    block = "a.txt\n<<<<<<< SEARCH\n{}=======\n{}\n>>>>>>> REPLACE\n"
    reply = block.format("", "one") + block.format("one\n", "two")
    (change,) = changes_from_reply(reply, targets=[], read=nothing, policy=EVERYTHING)
    assert change.after == "two\n"


def test_every_fault_is_told_at_once_with_file_and_line() -> None:
    block = "{}\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n"
    reply = block.format("a.txt") + block.format("b.txt")
    with pytest.raises(RejectedEditsError) as caught:
        changes_from_reply(reply, targets=[], read={"a.txt": "q\n"}.get, policy=EVERYTHING)
    first, second = caught.value.faults
    assert isinstance(first, EditMissError)
    assert [(fault.path, fault.line) for fault in (first, second)] == [("a.txt", 2), ("b.txt", 8)]
    assert str(caught.value) == f"{first}\n{second}"


def test_a_miss_shows_the_nearest_lines_with_their_numbers() -> None:
    reply = "a.py\n<<<<<<< SEARCH\n    return total + 1\n=======\n>>>>>>> REPLACE\n"
    with pytest.raises(EditMissError) as caught:
        changes_from_reply(reply, targets=[], read={"a.py": "def f():\n    return total - 1\n"}.get, policy=EVERYTHING)
    assert (caught.value.region_line, caught.value.region) == (2, ("    return total - 1",))
    assert str(caught.value).splitlines()[1] == "     2 |     return total - 1"
    assert caught.value.faults == (caught.value,)


def test_a_refused_path_is_never_read() -> None:
    def read(path: str) -> str | None:
        raise AssertionError(path)

    with pytest.raises(EditError, match="outside"):
        changes_from_reply("```src/a.py\nx\n```\n", targets=["src/a.py"], read=read, policy=PathPolicy(allow=()))
    with pytest.raises(EditError, match="level"):
        changes_from_reply("```../a.py\nx\n```\n", targets=[], read=read, policy=EVERYTHING)
