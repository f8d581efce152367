import pytest

from orchestrator.workspace.edits.matching import Miss, find_place, put
from orchestrator.workspace.edits.values import Hunk


def replaced(text: str, search: str, replace: str, *, at: int = 0, shift: int = 0) -> str | Miss:
    hunk = Hunk(tuple(search.split("\n")), tuple(replace.split("\n")), at)
    place = find_place(text, hunk, shift=shift)
    return place if isinstance(place, Miss) else put(text, place)


def test_an_exact_place_goes_before_one_that_differs_in_white_space() -> None:
    assert replaced("  a\nb\na\n", "a", "c") == "  a\nb\nc\n"


def test_several_places_are_named() -> None:
    assert replaced("a\nb\na\n", "a", "c") == Miss((1, 3))
    assert replaced("  a\nb\n  a\n", "a", "c") == Miss((1, 3))


def test_a_line_number_decides_between_places_but_finds_none() -> None:
    assert replaced("a\nb\na\n", "a", "c", at=3) == "a\nb\nc\n"
    assert replaced("a\nb\na\n", "a", "c", at=2, shift=1) == "a\nb\nc\n"
    assert replaced("a\nb\na\n", "a", "c", at=2) == Miss((1, 3))
    assert replaced("a\nb\na\n", "x", "c", at=1) == Miss()


@pytest.mark.parametrize(
    ("text", "search", "replace", "expected"),
    [
        ("    if x:\n        y\n", "if x:\n    y", "if x:\n    z\nw", "    if x:\n        z\n    w\n"),
        ("if x:\n    y\n", "    if x:\n        y", "    if x:\n        z\n    w", "if x:\n    z\nw\n"),
        ("\tif x:\n\t\ty\n", "if x:\n\ty", "if x:\n\tz", "\tif x:\n\t\tz\n"),
        ("  a\n\n  b\n", "a\n\nb", "a\n\nc\n\nd", "  a\n\n  c\n\n  d\n"),
    ],
)
def test_a_uniform_shift_moves_the_replacement_alike(text: str, search: str, replace: str, expected: str) -> None:
    assert replaced(text, search, replace) == expected


@pytest.mark.parametrize(
    ("text", "search", "replace"),
    [
        ("if x:\n    y\n", "if x:\n        y", "z"),
        ("    a\n\tb\n", "a\nb", "c"),
        ("a\n", "    a", "  b"),
        ("value = 1\n", "value  = 1", "b"),
        ("value = 1\n", "Value = 1", "b"),
        ("value = 1\n", "value", "b"),
    ],
    ids=["not uniform", "tabs and spaces", "replacement not deep enough", "inner space", "case", "part of a line"],
)
def test_what_differs_otherwise_is_missed(text: str, search: str, replace: str) -> None:
    assert replaced(text, search, replace) == Miss()


def test_a_needless_blank_first_line_is_dropped() -> None:
    assert replaced("a\nb\n", "\na\nb", "\nc", at=0) == "c\n"
    assert replaced("\na\nb\n", "\na\nb", "\nc") == "\nc\n"


def test_dots_stand_for_the_same_lines_in_both_halves() -> None:
    text = "def f():\n    a\n    b\n    c\n\n\ndef g():\n    d\n"
    assert replaced(text, "def f():\n...\n    c", "def h():\n...\n    e") == (
        "def h():\n    a\n    b\n    e\n\n\ndef g():\n    d\n"
    )
    assert replaced(text, "    a\n    ...", "    z\n    ...") == text.replace("a\n", "z\n")


@pytest.mark.parametrize(
    ("search", "replace"),
    [
        ("a\n...\nd", "x\nd"),
        ("d\n...\na", "x\n...\ny"),
        ("a\n...\nb", "x\n...\ny"),
        ("...\nd", "new\n...\nd"),
    ],
    ids=["another count", "another order", "not unique", "nothing to put it in place of"],
)
def test_dots_that_leave_a_choice_are_missed(search: str, replace: str) -> None:
    assert replaced("a\nb\nb\nc\nd\n", search, replace) == Miss()


def test_dots_that_the_file_has_are_matched_as_such() -> None:
    assert replaced("def f():\n    ...\n", "def f():\n    ...", "def f():\n    return 1") == "def f():\n    return 1\n"


def test_a_large_hunk_in_a_large_file_is_matched() -> None:
    text = "same\n" * 10_000 + "last\n"
    search = "\n".join(["same"] * 2_000 + ["last"])
    assert replaced(text, search, "gone") == "same\n" * 8_000 + "gone\n"
