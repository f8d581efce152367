"""Splicing by grammars: what holds for every language, and for any block."""

import contextlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import strategies as st

from orchestrator.errors import EditError, EditMissError, ReplyError
from orchestrator.workspace.edits import PathPolicy, changes_from_reply
from orchestrator.workspace.edits.splicing import SPLICERS
from orchestrator.workspace.edits.syntax.grammar import Kind
from orchestrator.workspace.edits.syntax.items import Item, items_of, walk
from orchestrator.workspace.edits.syntax.source import faults, parse
from orchestrator.workspace.edits.syntax.splicer import SyntaxSplicer

Many: TypeAlias = Callable[[st.SearchStrategy[Any], Callable[[Any], None]], None]
ROOT = Path(__file__).parents[4]
FILES = {
    ".js": """\
import a from 'a';

// One.
export function f(x) {
  return `${x}
  y`;
}

class A {
  #p = 1;

  get v() {
    return 1;
  }

  m(x) {
    return x;
  }
}
""",
    ".ts": """\
interface I {
  a: number;
}

export function o(a: string): I;
export function o(a: any): I {
  return { a };
}

export class A<T> {
  constructor(private n: number) {}

  @log
  m(x: T): T {
    return x;
  }
}
""",
    ".tsx": """\
export const Box = () => <div>1</div>;

export function f(x: number) {
  return <b>{x}</b>;
}
""",
    ".c": """\
#include <stdio.h>

struct s {
    int a;
};

/* One. */
static int f(int x) {
    return x;
}

#ifdef X
int g(void) { return 1; }
#endif
""",
    ".cpp": """\
#include <vector>

namespace n {
class A {
 public:
  int m(int x) { return x; }
  int m(double x) { return 1; }
};
}

template <typename T>
T f(T x) {
  return x;
}
""",
    ".rs": """\
use std::fmt;

/// One.
#[derive(Debug)]
pub struct S {
    a: i32,
}

impl S {
    pub fn m(&self) -> i32 {
        self.a
    }
}

fn f(x: i32) -> i32 {
    x
}
""",
    ".go": """\
package p

import "fmt"

type S struct{ a int }

// M.
func (s *S) M() int {
	return s.a
}

func f(x int) int {
	return x
}
""",
    ".java": """\
package p;

import java.util.*;

public class A {
    private int a = 1;

    /** One. */
    @Deprecated
    public int m(int x) {
        return x;
    }

    public int m(String x) {
        return 2;
    }
}
""",
}


def splicer(suffix: str) -> SyntaxSplicer:
    found = SPLICERS[suffix]
    assert isinstance(found, SyntaxSplicer)
    return found


def spliced(suffix: str, before: str, block: str) -> str | None:
    return splicer(suffix).splice(before, block.split("\n"))


def functions(suffix: str, text: str) -> list[tuple[Item, str]]:
    source = parse(text.encode(), splicer(suffix).grammar)
    found = [item for _, item in walk(items_of(source)) if item.kind is Kind.FUNCTION]
    return [(item, source.text[item.start : item.stop].decode()) for item in found]


@pytest.mark.parametrize("suffix", FILES)
def test_a_files_own_functions_spliced_into_it_leave_it_as_it_is(suffix: str) -> None:
    found = functions(suffix, FILES[suffix])
    assert found
    for _, text in found:
        assert spliced(suffix, FILES[suffix], text) == FILES[suffix]


@pytest.mark.parametrize("suffix", FILES)
def test_a_changed_function_changes_its_own_bytes_only(suffix: str) -> None:
    before = FILES[suffix]
    for _, text in functions(suffix, before):
        changed = text.replace("{", "{ /* changed */", 1)
        assert spliced(suffix, before, changed) == before.replace(text, changed, 1)


@pytest.mark.parametrize("suffix", FILES)
def test_line_ends_and_the_mark_stay(suffix: str) -> None:
    before = "\ufeff" + FILES[suffix].replace("\n", "\r\n")
    _, text = functions(suffix, FILES[suffix])[-1]
    changed = text.replace("{", "{ /* changed */", 1)
    assert spliced(suffix, before, changed) == before.replace(text.replace("\n", "\r\n"), changed.replace("\n", "\r\n"))


@pytest.mark.parametrize("suffix", FILES)
def test_a_block_that_is_cut_off_is_refused(suffix: str) -> None:
    _, text = functions(suffix, FILES[suffix])[-1]
    with pytest.raises(ReplyError, match="does not parse"):
        spliced(suffix, FILES[suffix], text[: text.rindex("}")])


@pytest.mark.parametrize("suffix", FILES)
def test_the_whole_file_is_taken_as_it_is(suffix: str) -> None:
    _, text = functions(suffix, FILES[suffix])[-1]
    whole = FILES[suffix].replace(text, text.replace("{", "{ /* changed */", 1)).rstrip("\n")
    assert spliced(suffix, FILES[suffix], whole) == f"{whole}\n"


def test_two_targets_of_one_name_are_told_with_their_lines() -> None:
    before = "class A {\n  m() {}\n}\nclass B {\n  m() {}\n}\n"
    with pytest.raises(EditMissError, match=r"A\.m in line 2, B\.m in line 5"):
        spliced(".js", before, "m() { return 1; }")


def test_a_file_that_does_not_parse_elsewhere_is_still_spliced() -> None:
    before = "function f() {\n  return 1;\n}\n\nconst x = = 2;\n"
    assert spliced(".js", before, "function f() {\n  return 2;\n}") == before.replace("return 1", "return 2")


def test_a_capital_constant_excuses_no_missing_brace() -> None:
    before = "#include <limits.h>\n\nint f(int x) {\n    return x;\n}\n\nint g(void) { return 1; }\n"
    with pytest.raises(ReplyError, match="does not parse"):
        spliced(".c", before, "int f(int x) {\n    if (x == INT_MAX) {\n        return 1;\n    return 2;\n}")


@pytest.mark.parametrize("suffix", [".js", ".java", ".cpp"])
def test_deep_nesting_ends_in_a_value_or_a_typed_error(suffix: str) -> None:
    with contextlib.suppress(EditError):
        spliced(suffix, FILES[suffix], "class A {" * 3_000 + "}" * 3_000)


def test_what_is_nested_too_deeply_to_be_read_is_refused() -> None:
    with pytest.raises(ReplyError, match="nested too deeply"):
        spliced(".js", FILES[".js"], "const " + "[" * 3_000 + "x" + "]" * 3_000 + " = 1;")
    assert splicer(".js").names_in(["const " + "[" * 3_000 + "x" + "]" * 3_000 + " = 1;"]) is None


def test_the_grammars_are_not_loaded_for_help() -> None:
    code = "import sys, orchestrator.frontends.cli; print([m for m in sys.modules if m.startswith('tree_sitter')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


WORDS = """{ } ( ) [ ] ; , : < > = => @ # // /* */ " ' ` ... export class struct impl fn func function def f m A S x
int public static return namespace template import use #include<a> #ifdef #endif package p /**"""
TOKENS = st.sampled_from([*WORDS.split(), "", "\t", "\u00e9", "\ud800", "\x00"])
LINES = st.sampled_from([line for text in FILES.values() for line in text.split("\n")])
WILD = st.lists(st.one_of(LINES, LINES, st.lists(TOKENS, max_size=6).map(" ".join)), max_size=12)
MIXED = st.tuples(st.sampled_from(sorted(FILES)), st.integers(0, 200), st.integers(0, 40), WILD)


def check_wild(drawn: tuple[str, int, int, list[str]]) -> None:
    """A file of which a part is missing, and a wild block: no loss of a name, no new error, or a typed refusal."""
    suffix, at, count, block = drawn
    before = FILES[suffix][:at] + FILES[suffix][at + count :]
    path = f"src/a{suffix}"
    reply = "\n".join(["````", *block, "````"])
    try:
        changes = changes_from_reply(reply, targets=[path], read={path: before}.get, policy=PathPolicy())
    except EditError:
        return  # any other error fails the test
    after = changes[0].after if changes else before
    assert after is not None
    old, new = (parse(text.encode("utf-8", "surrogatepass"), splicer(suffix).grammar) for text in (before, after))
    if not faults(old):
        assert not faults(new, headers=old.text)
        assert {i.title for _, i in walk(items_of(old))} <= {i.title for _, i in walk(items_of(new))}


def test_any_block_is_spliced_without_loss_or_refused_with_a_typed_error(many: Many) -> None:
    many(MIXED, check_wild)
