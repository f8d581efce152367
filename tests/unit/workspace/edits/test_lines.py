import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import EditError
from orchestrator.workspace.edits import PathPolicy, changes_from_reply
from orchestrator.workspace.edits.lines import bare, end_of, rejoin, split, with_final_newline

ENDS = ["\n", "\r\n"]


@given(st.text(alphabet="ab\r\n\x0c\u2028"))
def test_lines_joined_are_the_text(text: str) -> None:
    lines = split(text)
    assert "".join(lines) == text
    assert rejoin(lines, text) == text
    assert all("\n" not in bare(line) for line in lines)


@pytest.mark.parametrize(
    ("text", "end"), [("", "\n"), ("a", "\n"), ("a\r\nb\r\nc\n", "\r\n"), ("a\r\nb\n", "\n"), ("a\r\n", "\r\n")]
)
def test_the_end_of_most_lines_counts(text: str, end: str) -> None:
    assert end_of(text) == end


def test_a_final_line_end_is_set_or_taken_as_wanted() -> None:
    assert with_final_newline("a\r\nb", wanted=True) == "a\r\nb\r\n"
    assert with_final_newline("a\r\nb\r\n", wanted=False) == "a\r\nb"
    assert with_final_newline("", wanted=True) == ""
    assert with_final_newline("a", wanted=None) == "a"


def edited(reply: str, text: str, path: str = "a.txt") -> str | None:
    (change,) = changes_from_reply(reply, targets=[path], read={path: text}.get, policy=PathPolicy())
    return change.after


BLOCK = "<<<<<<< SEARCH\ntwo\n=======\n2\nII\n>>>>>>> REPLACE\n"
DIFF = "```diff\n@@ -1,2 +1,3 @@\n one\n-two\n+2\n+II\n```\n"
WHOLE = "```a.txt\none\n2\nII\n```\n"


@pytest.mark.parametrize("reply", [BLOCK, DIFF, WHOLE], ids=["block", "diff", "whole"])
@pytest.mark.parametrize("reply_end", ENDS)
@pytest.mark.parametrize(("mark", "end", "is_ended"), list(itertools.product(["", "\ufeff"], ENDS, [False, True])))
def test_a_file_keeps_its_conventions(reply: str, reply_end: str, *, mark: str, end: str, is_ended: bool) -> None:
    closing = end if is_ended else ""
    text = f"{mark}one{end}two{closing}"
    assert edited(reply.replace("\n", reply_end), text) == f"{mark}one{end}2{end}II{closing}"


def test_lines_with_another_end_than_most_keep_it() -> None:
    assert edited(BLOCK, "one\ntwo\r\nthree\r\nfour\r\n") == "one\n2\r\nII\r\nthree\r\nfour\r\n"


def test_kept_lines_of_a_block_are_the_files_own() -> None:
    reply = "<<<<<<< SEARCH\none\ntwo\nthree\n=======\none\n2\nthree\n>>>>>>> REPLACE\n"
    assert edited(reply, "one  \ntwo\t\nthree \n") == "one  \n2\nthree \n"


def test_the_byte_order_mark_stays_when_the_first_line_goes() -> None:
    assert edited("<<<<<<< SEARCH\none\n=======\n1\n>>>>>>> REPLACE\n", "\ufeffone\ntwo\n") == "\ufeff1\ntwo\n"
    assert edited("<<<<<<< SEARCH\none\ntwo\n=======\n>>>>>>> REPLACE\n", "\ufeffone\ntwo\n") == "\ufeff"


def test_a_spliced_function_takes_the_files_line_ends() -> None:
    text = "\ufeffdef f():\r\n    return 1\r\n\r\n\r\ndef g():\r\n    return 2"
    after = edited("```python\ndef g():\n    x = 3\n    return x\n```\n", text, "a.py")
    assert after == "\ufeffdef f():\r\n    return 1\r\n\r\n\r\ndef g():\r\n    x = 3\r\n    return x"


def test_a_lone_carriage_return_is_content() -> None:
    text = "a\rb\nc\n"
    assert edited("<<<<<<< SEARCH\nc\n=======\nd\n>>>>>>> REPLACE\n", text) == "a\rb\nd\n"
    with pytest.raises(EditError):
        edited("```python\ndef f(): return 2\n```", "x = 1\r\ry = 2\ndef f(): return 1\n", "a.py")
