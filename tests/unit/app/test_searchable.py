"""What a search is told of a project in each language."""

from collections.abc import Mapping

import pytest

from orchestrator.app.searchable import SEARCHABLE, Premises
from orchestrator.fixers.search.languages import LANGUAGES


def premises(texts: Mapping[str, str], *, tests: tuple[str, ...] = (), barred: tuple[str, ...] = ()) -> Premises:
    return Premises(
        root="/project",
        own=tuple(texts),
        texts=texts,
        tests=tests,
        env={"A": "b"},
        is_barred=lambda name: name in barred,
        program=lambda tool: f"/tools/{tool}",
    )


def test_of_python_all_files_may_change_that_a_repair_may_touch() -> None:
    files = dict.fromkeys(("a.py", "test_a.py", "a.js"), "")
    target = SEARCHABLE["python"](premises(files, tests=("test_*.py",), barred=("test_a.py",)))
    assert (target.language, target.python, target.tests) == ("python", ("/tools/python",), ("test_a.py",))
    assert target.texts.keys() == {"a.py"}


def test_of_python_the_folders_count_from_which_tests_import() -> None:
    files = dict.fromkeys(("part/a.py", "part/test_a.py"), "")
    assert SEARCHABLE["python"](premises(files, tests=("**/test_*.py",))).paths == ("part",)


def test_of_javascript_tests_and_what_is_barred_lie_beside_what_may_change() -> None:
    files = dict.fromkeys(("lib/a.js", "lib/b.mts", "test/a.js", "eslint.config.js", "a.py", "package.json"), "")
    target = SEARCHABLE["javascript"](premises(files, tests=("test/**/*.js",), barred=("eslint.config.js",)))
    assert (target.language, target.node, target.tests) == ("javascript", ("/tools/node",), ("test/a.js",))
    assert target.texts.keys() == {"lib/a.js", "lib/b.mts"}
    assert target.beside.keys() == {"test/a.js", "eslint.config.js"}


@pytest.mark.parametrize(
    ("script", "tests"),
    [
        ("node check.js", ("check.js",)),
        ("node --no-warnings ./check.js && node lib/more.cjs", ("check.js", "lib/more.cjs")),
        ("node --test", ("x.test.js",)),
        ("jest", ("x.test.js",)),
    ],
)
def test_scripts_that_the_manifest_runs_are_the_tests(script: str, tests: tuple[str, ...]) -> None:
    manifest = f'{{"scripts": {{"test": "{script}"}}}}'
    files = {**dict.fromkeys(("check.js", "lib/more.cjs", "x.test.js"), ""), "package.json": manifest}
    assert SEARCHABLE["javascript"](premises(files)).tests == tests


@pytest.mark.parametrize("manifest", ["", "{", "[]", '{"scripts": {}}', '{"scripts": {"test": 3}}'])
def test_a_manifest_that_says_nothing_is_passed_over(manifest: str) -> None:
    target = SEARCHABLE["javascript"](premises({"package.json": manifest, "a.test.js": ""}))
    assert target.tests == ("a.test.js",)


def test_every_row_is_a_language_that_can_be_searched() -> None:
    assert {make(premises({})).language for make in SEARCHABLE.values()} == LANGUAGES.keys()
