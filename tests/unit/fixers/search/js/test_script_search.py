"""Repair by search in JavaScript: found, claimed, and never stuck."""

import pytest

from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.search import Budget, Claim, SearchTarget
from orchestrator.fixers.search.languages import LANGUAGES
from orchestrator.fixers.search.order import Candidate
from orchestrator.sandbox import LocalRunner
from tests.unit.fixers.search.js.conftest import Searched, Targeted

pytestmark = pytest.mark.anyio

TOTAL = """\
// Sums up what is of a kind; 😀 stands here so that offsets are put to the test.
function total(entries, kind) {
  let sum = 0;
  for (const entry of entries) {
    if (entry.kind !== kind) sum += entry.amount; // a comment
  }
  return sum;
}
module.exports = { total };
"""
TOTAL_TESTS = """\
const { describe, it, beforeEach } = require("node:test");
const assert = require("node:assert");
const { total } = require("./program");
describe("totals", () => {
  let rows;
  beforeEach(() => { rows = [{ kind: "in", amount: 5 }, { kind: "out", amount: 2 }, { kind: "in", amount: 7 }]; });
  it("sums what comes in", () => assert.strictEqual(total(rows, "in"), 12));
  it("sums what goes out", async () => { await null; assert.strictEqual(total(rows, "out"), 2); });
  it("knows another", () => assert.equal(total(rows.slice(2), "in"), 7));
  it("is nothing for nothing", () => assert.strictEqual(total([], "in"), 0));
  it("knows one entry", (t, done) => { setTimeout(() => { assert.equal(total([rows[1]], "out"), 2); done(); }, 1); });
});
"""
MODULE = """\
export const SIZES = [1, 2, 3];
export default function largest(items) {
  let found = items[0];
  for (const item of items) if (item < found) found = item;
  return found;
}
export class Box {
  constructor(items) { this.items = items; }
  top() { return largest(this.items); }
}
"""
MODULE_TESTS = """\
import test from "node:test";
import { strictEqual as same } from "node:assert";
import largest, { Box, SIZES } from "./program.mjs";
test("of three", () => same(largest(SIZES), 3));
test("of the first", () => same(largest([9, 1]), 9));
test("of one", () => same(largest([4]), 4));
test("of a box", () => same(new Box([2, 8, 5]).top(), 8));
test("where it is", () => same(import.meta.url.startsWith("file:"), true));
"""
LOOP = """\
exports.digits = function (n) {
  let count = 0;
  while (n >= 0) {
    n = Math.floor(n / 10);
    count += 1;
  }
  return count;
};
"""
LOOP_TESTS = """\
const assert = require("assert");
const fs = require("node:fs");
const { digits } = require("./program.js");
if (require.main !== module) throw new Error("it is what was started");
try { fs.readFileSync("gone"); } catch (error) { if (!(error instanceof Error)) throw "it is an error everywhere"; }
if (!(Buffer.from("a") instanceof Uint8Array)) throw new TypeError("it is an array everywhere");
assert.equal(digits(7), 1);
assert.equal(digits(42), 2);
assert.equal(digits(123456), 6);
"""
TYPED = """\
export interface Item { price: number; count?: number }
export function cost(items: readonly Item[]): number {
  let sum: number = 0;
  for (const item of items as Item[]) sum += item.price + (item.count ?? 1);
  return sum;
}
"""
TYPED_TESTS = """\
import { test } from "node:test";
import assert from "node:assert";
import { cost, type Item } from "./program.js";
const items: Item[] = [{ price: 5, count: 3 }, { price: 4 }];
test("two", () => assert.equal(cost(items), 19));
test("one", () => assert.equal(cost([{ price: 7, count: 2 }]), 14));
test("none", () => assert.equal(cost([]), 0));
test("ten", () => assert.equal(cost([{ price: 1, count: 10 }]), 10));
"""


async def test_a_wrong_comparison_is_found_and_everything_around_it_is_kept(searched: Searched) -> None:
    result = await searched(TOTAL, TOTAL_TESTS)
    assert result.chosen is not None, result.why
    assert result.chosen.texts == {"program.js": TOTAL.replace("!==", "===")}
    assert (result.claim, result.tests, result.failing) == (Claim.CONSISTENT, 5, 4)
    assert result.chosen.example is not None
    assert result.chosen.example.input.startswith("total([")


async def test_only_wanted_tests_are_looked_at_by_the_names_that_runners_give(searched: Searched) -> None:
    result = await searched(TOTAL, TOTAL_TESTS, wanted=frozenset({"totals::sums what comes in", "totals > no such"}))
    assert (result.failing, result.chosen is not None) == (1, True)


@pytest.mark.parametrize(
    "name", ["totals sums what goes out", "totals::sums what goes out", "x > totals > sums what goes out"]
)
def test_runners_name_suites_each_in_its_own_way(name: str) -> None:
    is_one = LANGUAGES["javascript"].is_one
    assert is_one("program.test.js::totals > sums what goes out", [name])
    assert not is_one("program.test.js::totals > sums what goes", ["totals sums what goes out"])


SHADOWED = """\
function pick(max, items) {
  const found = [];
  for (const item of items) {
    if (item >= max) continue;
    let max_ = item, { max: inner } = { max: item };
    {
      found.push(max_ + inner - item);
      let max = item;
      found.push(max);
    }
    switch (item) {
      case 1: found.push(0); break;
      default: let max = 2; found.push(max);
    }
  }
  return found;
}
module.exports = { pick };
"""


async def test_a_variable_that_hides_an_outer_one_is_not_read_before_it_is_there(searched: Searched) -> None:
    tests = (
        "const assert = require('assert');\nconst { pick } = require('./program');\n"
        "assert.deepEqual(pick(3, [1, 3]), [1, 1, 0, 3, 3, 2]);\nassert.deepEqual(pick(3, [4]), []);\n"
        "assert.deepEqual(pick(2, [1, 2]), [1, 1, 0, 2, 2, 2]);\nassert.deepEqual(pick(0, [0]), [0, 0, 2]);\n"
    )
    result = await searched(SHADOWED, tests)
    assert result.chosen is not None, result.why
    assert "item > max" in result.chosen.texts["program.js"]


async def test_modules_with_import_and_export_are_searched_as_well(searched: Searched) -> None:
    result = await searched(MODULE, MODULE_TESTS, ending="mjs")
    assert result.chosen is not None, result.why
    assert (result.tests, result.failing) == (5, 3)
    assert "item > found" in result.chosen.texts["program.mjs"]


async def test_a_script_of_asserts_is_taken_apart_and_an_endless_loop_in_it_ends(searched: Searched) -> None:
    result = await searched(LOOP, LOOP_TESTS)
    assert result.chosen is not None, result.why
    assert (result.tests, result.failing) == (3, 3)
    assert result.chosen.line == 3
    assert result.claim is not Claim.CONSISTENT  # three checks are too few


async def test_typescript_is_searched_under_its_types(searched: Searched) -> None:
    result = await searched(TYPED, TYPED_TESTS, ending="ts")
    assert result.chosen is not None, result.why
    assert result.chosen.texts["program.ts"] == TYPED.replace("price + (", "price * (")


async def test_without_a_failing_test_the_reason_is_said(searched: Searched) -> None:
    result = await searched(TOTAL.replace("!==", "==="), TOTAL_TESTS)
    assert (result.chosen, result.why) == (None, "no test fails")


async def test_a_test_file_that_cannot_be_loaded_is_a_failing_test(searched: Searched) -> None:
    result = await searched(TOTAL, "const gone = require('./gone.js');\nrequire('./program');\ngone();\n")
    assert result.chosen is None
    assert result.tests == 1


EVIL = (
    "for (;;) {}",
    "while (true) { try { total([], 1); for (;;); } catch {} }",
    "/(a+)+$/.test('a'.repeat(40) + 'b');",
    "process.exit(0);",
    "try { process.exit(0); } catch {}",
    "process.kill(process.pid, 'SIGKILL');",
    "const hog = []; for (;;) hog.push(new Array(1e6).fill(hog.length));",
    "const hog = []; for (;;) hog.push(Buffer.alloc(1e7, 1));",
    "Array.prototype[Symbol.iterator] = null; Object.prototype.kind = 'in'; Math.max = null;",
    "setInterval(() => { for (;;); }, 0);",
    "(async () => { while (true) await null; })();",
    "Promise.reject(new Error('stray'));",
    "throw null;",
    "return total(entries, kind);",
    "require('fs').writeSync(1, 'rung:={}\\n');",
    "const;",
)


async def test_what_candidates_do_ends_with_them(targeted: Targeted) -> None:
    target = targeted(TOTAL, TOTAL_TESTS)
    place, sign = TOTAL.index("  let sum"), TOTAL.index("!==")
    edits = [Edit("program.js", place, place, text) for text in EVIL] + [Edit("program.js", sign, sign + 3, "===")]
    verdicts = await tried(target, [Candidate(1.0, ((0, (edit,)),), "guard", ("program.js", 3)) for edit in edits])
    assert [number for number in verdicts if verdicts[number] == "plausible"] == [len(EVIL)]
    assert len(verdicts) == len(EVIL) + 1


async def tried(target: SearchTarget, candidates: list[Candidate]) -> dict[int, str]:
    language = LANGUAGES[target.language]
    budget = Budget(seconds=60.0, longest=90.0, memory_mb=400)
    worker, spots = language.workman(target, LocalRunner(), budget=budget), language.spots(target)
    verdicts: dict[int, str] = {}

    def take(answer: object) -> None:
        if isinstance(answer, dict) and answer["kind"] == "trial":
            verdicts[answer["id"]] = answer["verdict"]

    seen = await worker.observe(spots)
    why = await worker.attempt(spots, candidates, seen=seen, compared=None, take=take)
    assert why == ""
    return verdicts


STACK = """\
class Stack {
  constructor() { this.items = []; }
  push(x) { this.items.push(x); return this; }
  pop() { return this.items.shift(); }
}
module.exports = { Stack, sum: async (a, b) => a - b, upTo: function* (n) { for (let i = 0; i < n; i++) yield i; } };
"""
STACK_TESTS = """\
const assert = require("assert");
const { Stack, sum, upTo } = require("./program");
describe("stack", function () {
  let stack, begun = 0;
  before(() => { begun += 1; });
  beforeEach((done) => { stack = new Stack(); setImmediate(done); });
  context("inner", () => { it("pops", () => { assert.equal(stack.push(1).push(2).pop(), 2); }); });
  it("begins once", () => assert.equal(begun, 1));
  it.skip("later", () => { throw new Error(); });
  it("sums", async () => assert.equal(await sum(1, 2), 3));
  it("yields", () => assert.deepStrictEqual([...upTo(3)], [0, 1, 2]));
  it("rejects", () => assert.rejects(async () => { throw new TypeError("x"); }, TypeError));
  it("waits for ever", () => new Promise(() => {}));
});
"""
HOWS = {
    "stack > inner > pops": "fail",
    "stack > begins once": "ok",
    "stack > later": "skip",
    "stack > sums": "fail",
    "stack > yields": "ok",
    "stack > rejects": "ok",
    "stack > waits for ever": "time",
}


async def test_suites_hooks_and_callbacks_do_what_frameworks_make_of_them(targeted: Targeted) -> None:
    target = targeted(STACK, STACK_TESTS)
    language = LANGUAGES[target.language]
    spots = language.spots(target)
    seen = await language.workman(target, LocalRunner(), budget=Budget()).observe(spots)
    assert {test.name.partition("::")[2]: test.how for test in seen.tests} == HOWS
    assert [spot.name for spot in spots] == ["constructor", "push", "pop", "sum", "upTo"]
    (pair,) = {test.pair for test in seen.failing if test.name.endswith("sums")}
    assert pair == (-1, 3)
    receivers = {tuple(call[:2]): call[2] for call in seen.calls}
    assert receivers["program.js", STACK.index("pop()")] == {"$": "class", "c": "Stack", "v": {"items": [1, 2]}}
