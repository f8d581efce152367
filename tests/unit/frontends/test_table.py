from orchestrator.frontends.cli.table import table


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert table([("A", "LONGER", "C"), ("aaa", "b", "c")]) == "A    LONGER  C\naaa  b       c\n"
    assert table([]) == ""


def test_the_text_of_a_shorter_row_widens_no_column() -> None:
    assert table([("A", "B", "C"), ("a", "a long remark that stands alone")]).splitlines()[0] == "A  B  C"


def test_a_long_cell_is_cut_unless_it_is_the_last() -> None:
    row = table([("x" * 50, "y" * 50)])
    assert row == "x" * 37 + "...  " + "y" * 50 + "\n"


def test_wide_characters_keep_the_columns_straight_and_nothing_steers_the_terminal() -> None:
    lines = table([("\u4f60", "b"), ("xx", "\x1b[2J")]).splitlines()
    assert lines == ["\u4f60  b", "xx  \\x1b[2J"]
