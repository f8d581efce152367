"""A patch on a terminal: coloured by what each line is, and nothing in it can steer the terminal."""

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.frontends.cli.difftext import patch_text, stat_text

PATCH = """\
diff --git a/x b/x
index 1..2 100644
--- a/x
+++ b/x
@@ -1,3 +1,2 @@ def f():
 same
--- not a heading
-@@ nor this
+++ added
\\ No newline at end of file
diff --git a/y b/y
"""


def test_lines_are_coloured_by_what_they_are_and_not_by_how_they_look() -> None:
    styles = [
        line.partition("m")[0] if line.startswith("\x1b") else "" for line in patch_text(PATCH, color=True).splitlines()
    ]
    head, red, green = "\x1b[1", "\x1b[31", "\x1b[32"
    assert styles == [head, "", head, head, "\x1b[36", "", red, red, green, "", head]


def test_without_colour_it_is_the_patch() -> None:
    assert patch_text(PATCH, color=False) == PATCH
    assert patch_text("", color=True) == ""


def test_what_could_steer_a_terminal_is_shown_and_tabs_stay() -> None:
    hostile = "@@ -0,0 +1 @@\n+a\tb\x1b]0;title\x07\r\u202e\udcff\u200b\n"
    assert patch_text(hostile, color=False) == ("@@ -0,0 +1 @@\n+a\tb\\x1b]0;title\\x07\\r\\u202e\\udcff\\u200b\n")


@given(st.text(), st.booleans())
def test_no_text_at_all_can_steer_the_terminal(text: str, color: bool) -> None:
    shown = patch_text(f"@@ -1,9 +1,9 @@\n{text}", color=color)
    for style in ("1", "31", "32", "36", "0"):
        shown = shown.replace(f"\x1b[{style}m", "")
    assert all(char.isprintable() or char in "\n\t" for char in shown)


def test_the_sum_counts_lines_of_text_and_names_the_rest() -> None:
    lines = {"a.py": (1_200, 3), "logo.png": None, "b\x1b.py": (0, 1)}
    assert stat_text(lines) == "a.py      +1,200  -3\nlogo.png  binary\nb\\x1b.py  +0      -1\n3 files, +1,200 -4\n"
    assert stat_text({}) == ""
