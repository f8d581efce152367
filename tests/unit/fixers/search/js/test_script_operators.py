"""The operators for JavaScript: each yields the variant it is for, and nothing that does not parse."""

import pytest

from orchestrator.domain.suggestion import applied
from orchestrator.fixers.search.js.operators import TABLE, Row
from orchestrator.fixers.search.js.scope import Scope
from orchestrator.fixers.search.js.source import Source
from orchestrator.fixers.search.js.tree import parsed
from orchestrator.fixers.search.operators.variant import each
from orchestrator.fixers.search.scope import Facts

ROWS = {row.name: row for row in TABLE}
MOST = 150
CASES = (
    ("constant", "const f = (a) => a + 1;", "const f = (a) => a + 2;"),
    ("constant", "const f = () => true;", "const f = () => false;"),
    ("off-by-one", "function f(a) { return a.length; }", "function f(a) { return a.length - 1; }"),
    ("comparison", "const f = (a, b) => a < b;", "const f = (a, b) => a <= b;"),
    ("operator", "function f(a) { a += 2; return a; }", "function f(a) { a -= 2; return a; }"),
    ("operator", "function f(a) { a++; return a; }", "function f(a) { a--; return a; }"),
    ("drop-operand", "const f = (a, b) => a && b;", "const f = (a, b) => b;"),
    ("drop-operand", "const f = (a, b, c) => a + b + c;", "const f = (a, b, c) => a + c;"),
    ("variable", "const f = (a, b) => a;", "const f = (a, b) => b;"),
    ("donor", "const f = (a, b) => [a, b[0]];", "const f = (a, b) => [b[0], b[0]];"),
    ("swap-operands", "const f = (a, b) => a - b;", "const f = (a, b) => b - a;"),
    ("swap-operands", "const f = (a, b) => a || b;", "const f = (a, b) => a && b;"),
    ("swap-operands", "const f = (a, b, c) => a - b + c;", "const f = (a, b, c) => a - (b + c);"),
    ("swap-arguments", "const f = (a, b) => g(a, b);", "const f = (a, b) => g(b, a);"),
    ("callee", "const f = (a) => a.some(g);", "const f = (a) => a.every(g);"),
    ("wrap", "const f = (a, b) => a / b;", "const f = (a, b) => Math.floor(a / b);"),
    ("negate", "function f(a) { if (a) return 1; }", "function f(a) { if (!a) return 1; }"),
    ("slice", "const f = (a) => a.slice(1, 3);", "const f = (a) => a.slice(1, 3 + 1);"),
    ("index", "const f = (a, b) => a[b];", "const f = (a, b) => a[b + 1];"),
    ("separator", "const f = (a) => a.join(',');", "const f = (a) => a.join(' ');"),
    ("argument", "const f = (a) => a.sort();", "const f = (a) => a.sort((a, b) => a - b);"),
    ("drop-argument", "const f = (a, b) => g(a, b);", "const f = (a, b) => g(a);"),
    ("nothing-check", "const f = (a) => a.b.c;", "const f = (a) => a.b?.c;"),
    ("return", "function f(a) {\n  g(a);\n}\n", "function f(a) {\n  g(a);\n  return a;\n}\n"),
    ("remove", "function f(a) {\n  g(a);\n  h(a);\n}\n", "function f(a) {\n  h(a);\n}\n"),
    ("remove", "function f(a) {\n  if (a) {\n    g(a);\n  }\n}\n", "function f(a) {\n  g(a);\n}\n"),
    ("reorder", "function f(a) {\n  g(a);\n  h(a);\n}\n", "function f(a) {\n  h(a);\n  g(a);\n}\n"),
    (
        "shift",
        "function f(a) {\n  for (const b of a) {\n    g(b);\n  }\n  h(a);\n}\n",
        "function f(a) {\n  for (const b of a) {\n    g(b);\n    h(a);\n  }\n}\n",
    ),
    ("jump", "function f(a) { for (const b in a) g(b); }", "function f(a) { for (const b of a) g(b); }"),
)
RICH = """\
// A comment that stays.
export class Shop extends Base {
  #open = true;
  static of(items = [], { limit, ...rest } = {}) {
    "use strict";
    const seen = new Set(), index = new Map([["é", 1]]);
    let total = 0, name = `x${items.length}y`;
    outer: for (let i = 0; i < items.length; i++) {
      const item = items[i];
      if (item == null || !(item.price > limit)) continue outer;
      else if (seen.has(item)) { break; }
      seen.add(item);
      total += item.price * 2 ** i - -1;
      switch (item.kind) {
        case "a":
          total--;
          break;
        default:
          name = name.slice(1).toUpperCase();
      }
    }
    try {
      items.sort((a, b) => a.price - b.price);
    } catch {
      return null;
    } finally {
      index.clear();
    }
    while (total > 100) total = Math.floor(total / 2);
    do { total += 1; } while (total < 1);
    const render = async (x) => ({ x, rest, text: await x?.load?.() ?? "none" });
    return typeof total === "number" ? [total, name, ...items.map(render)] : /re+/.test(name);
  }
}
"""
FACTS = Facts(
    types={
        "items": frozenset({"array"}),
        "limit": frozenset({"number", "undefined"}),
        "rest": frozenset({"object"}),
        "seen": frozenset({"set"}),
        "index": frozenset({"map"}),
        "total": frozenset({"number"}),
        "name": frozenset({"string"}),
        "item": frozenset({"object", "null"}),
    },
    attributes={"price,kind": ("price", "kind")},
    signs=("(",),
    strings=("abc", "."),
    numbers=(3, 1.5),
)


def variants(row: Row, text: str, facts: Facts = FACTS) -> list[str]:
    source = Source("a.js", text)
    scopes = [Scope(source=source, function=function, facts=facts) for function in source.functions()]
    changes = [change for scope in scopes for change in each(row.run(scope))]
    every = len(changes) // MOST + 1
    return [applied({"a.js": text}, change.edits).get("a.js", text) for change in changes[::every]]


@pytest.mark.parametrize(("name", "before", "after"), CASES)
def test_an_operator_yields_the_variant_it_is_for(name: str, before: str, after: str) -> None:
    assert after in variants(ROWS[name], before, Facts())


def test_names_of_operators_are_unique() -> None:
    assert len(ROWS) == len(TABLE)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_every_operator_copes_with_all_sorts_of_code_and_mostly_yields_programs(row: Row) -> None:
    found = variants(row, RICH)
    broken = [text for text in found if parsed(text) is None]
    assert len(broken) <= len(found) // 10, broken[0]
    assert all("// A comment that stays." in text for text in found)
