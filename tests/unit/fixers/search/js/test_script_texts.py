"""What is done to a text before it runs: types blanked out, modules and scripts taken apart, steps counted."""

import json
from importlib import resources

import pytest

from orchestrator.fixers.search.js.bundle import MODULES, bootstrap, payload
from orchestrator.fixers.search.js.inputs import compared, further
from orchestrator.fixers.search.js.instrument import counted
from orchestrator.fixers.search.js.program import Units, entry, source_of, suite
from orchestrator.fixers.search.js.reach import outside, reached
from orchestrator.fixers.search.js.scripts import parts
from orchestrator.fixers.search.js.source import Source
from orchestrator.fixers.search.js.spot import ScriptSpot
from orchestrator.fixers.search.js.tree import parsed
from orchestrator.fixers.search.js.types import readable

TYPED = (
    "function f<T extends A>(x: number, y?: string, ...z: T[]): Map<string, T> { return x as any; }",
    "import type { A } from './a';\nimport { b, type C, d } from './b';\nexport type { E } from './e';",
    "export interface X { a: number }\ntype Y = X | null;\ndeclare const z: string;\nexport type Z = Y;",
    "abstract class K<T> extends L<T> implements M { private readonly q: number = 1; n?: string; abstract m(): void; }",
    "class K { public static get size(): number { return this.q!; } run<U>(this: K, u: U): U { return u; } }",
    "function g(a: string): string;\nfunction g(a: any): any { return <string>a satisfies object; }",
    "for (let i: number = 0; i < 1; i++) { try { h<number>(i); } catch (e: unknown) { throw e as Error; } }",
)


@pytest.mark.parametrize("text", TYPED)
def test_types_are_blanked_out_in_place(text: str) -> None:
    left = readable("a.ts", text)
    assert parsed(text) is None or left != text
    assert parsed(left) is not None, left
    assert [len(line) for line in left.split("\n")] == [len(line) for line in text.split("\n")]
    assert all(new in (old, " ") for old, new in zip(text, left, strict=True))


@pytest.mark.parametrize(
    "text", ["enum A { B }", "class K { constructor(private a: string) {} }", "namespace N { f(); }"]
)
def test_what_is_code_and_no_javascript_is_left_alone(text: str) -> None:
    assert readable("a.ts", text) == text
    assert list(source_of("a.ts", text).functions()) == []


def test_a_script_is_a_test_for_each_check_also_in_functions_that_it_calls() -> None:
    text = (
        "const assert = require('assert');\nconst run = () => {\n  const a = 1;\n  assert(a === 1);\n"
        "  assert.equal(a, 1);\n};\nrun();\nassert.ok(true);\nconsole.log('done');\n"
    )
    found = parts(Source("t.js", text))
    assert found is not None
    assert [part.name for part in found] == ["t.js:4", "t.js:5", "t.js:8"]


@pytest.mark.parametrize("text", ["const { test } = require('node:test');\ntest('a', () => {});", "it('a', () => {});"])
def test_a_file_that_registers_tests_is_no_script(text: str) -> None:
    assert parts(Source("t.js", text)) is None
    assert suite("t.js", text)["parts"] is None


def test_steps_are_counted_in_loops_and_functions_that_an_edit_brings_in() -> None:
    assert counted("for (;;) f();") == "for (;;) {__rung__.tick(); f(); }"
    assert counted("x => x + 1") == "x => (__rung__.tick(), x + 1)"
    assert counted("while (a) { b(); }") == "while (a) {__rung__.tick(); b(); }"
    assert counted("a + 1") == "a + 1"
    assert counted("} while (a) {") == "} while (a) {"  # it parses only where it goes: a clock watches over it


def test_no_line_is_added_to_a_file() -> None:
    text = (
        "import a, {\n  b as c,\n} from './x.js';\nexport default class {\n  m() { return a(c); }\n}\nexport { c };\n"
    )
    source = source_of("m.mjs", text)
    row = entry("m.mjs", text, targets=[ScriptSpot(source, function) for function in source.functions()])
    assert row is not None
    for mode in ("tick", "watch"):
        splices = row[mode]
        assert isinstance(splices, list)
        for start, end, new, *_ in splices:
            assert new.count("\n") == text[start:end].count("\n")


def test_offsets_count_as_javascript_counts() -> None:
    units = Units({"a.js": "a😀b😀c"})
    assert [units.at("a.js", place) for place in range(6)] == [0, 1, 3, 4, 6, 7]


def test_only_files_that_tests_name_are_reached() -> None:
    texts = {
        "test/a.test.mjs": "import { a } from '../src/a.js';\nimport test from 'node:test';",
        "src/a.ts": "export * from './b';",
        "src/b/index.ts": "import 'left-pad';",
        "src/c.ts": "",
    }
    found = reached(texts, ["test/a.test.mjs", "test/gone.js"])
    assert sorted(found) == ["src/a.ts", "src/b/index.ts", "test/a.test.mjs"]
    assert outside(found) == [("left-pad", "src/b/index.ts"), ("node:test", "test/a.test.mjs")]


@pytest.mark.parametrize("name", ["..", "../", "../.", "../index", "./../index.js"])
def test_the_folder_of_the_project_itself_is_its_index(name: str) -> None:
    texts = {"__tests__/a.test.js": f"const {{ a }} = require('{name}');", "index.js": ""}
    assert sorted(reached(texts, ["__tests__/a.test.js"])) == ["__tests__/a.test.js", "index.js"]


@pytest.mark.parametrize(("name", "found"), [("..", ["lib/a.js", "lib/b.js"]), ("../lib", ["lib/a.js", "lib/b.js"])])
def test_of_a_folder_whose_manifest_names_its_file_all_are_reached(name: str, found: list[str]) -> None:
    texts = {"test/a.test.js": f"require('{name}');", "lib/a.js": "", "lib/b.js": ""}
    assert sorted(reached(texts, ["test/a.test.js"])) == [*found, "test/a.test.js"]


def test_recorded_calls_are_changed_and_keep_what_json_has_no_word_for() -> None:
    calls = [[0, {"$": "undefined"}, [[1, 2], {"$": "object", "v": {"a": "x"}}, {"$": "set", "v": [1]}]]]
    made = further(calls, seed=1, count=30)
    assert len(made) == 30
    assert made == further(calls, seed=1, count=30)
    assert made[0] == calls[0]
    assert all(call[2][2] == {"$": "set", "v": [1]} and call[2][1]["$"] == "object" for call in made)
    assert len({str(call) for call in made}) > 5


def test_patches_that_behave_alike_are_one_group_and_an_input_shows_the_difference() -> None:
    inputs = [[0, {"$": "undefined"}, [1, {"$": "undefined"}]], [0, {"$": "undefined"}, [[True, None], "a"]]]
    outputs = {
        -1: {"outputs": ["1", "2"], "steps": [1, 1]},
        4: {"outputs": ["1", "3"], "steps": [2, 1]},
        6: {"outputs": ["1", "3"], "steps": [1, 1]},
        9: {"outputs": ["1", "4"], "steps": [1, 1]},
    }
    groups, first, *_ = compared(outputs, inputs=inputs, names={0: "f"})
    assert (groups["groups"], groups["inputs"]) == ([[4, 6], [9]], 2)
    assert groups["differ"] == {"input": 'f([true, null], "a")', "outputs": {"4": "3", "9": "4"}}
    assert (first["id"], first["steps"], first["before"]) == (4, 2, 1)
    assert first["example"]["outputs"] == {"old": "2", "new": "3"}
    assert compared({4: outputs[4]}, inputs=inputs, names={0: "f"}) == []


def test_every_text_of_the_worker_is_sent_and_parses() -> None:
    folder = resources.files("orchestrator.fixers.search.js").joinpath("worker")
    names = {entry.name for entry in folder.iterdir()}
    assert names == {f"{name}.cjs" for name in MODULES}
    sent = json.loads(payload({"op": "observe"}))["modules"]
    assert sent.keys() == names
    assert all(parsed(text) is not None for text in (*sent.values(), bootstrap()))
