"""The size budget, the tree and the promises about names, checked on the files themselves."""

import ast
import importlib
import inspect
import re
import tomllib
from pathlib import Path

import pytest

import orchestrator
from orchestrator import errors
from scripts import shape
from scripts.project import ROOT, project_files

PACKAGE = shape.sources(ROOT / "orchestrator")
TESTS = shape.sources(ROOT / "tests")
SCRIPTS = shape.sources(ROOT / "scripts")
LINES = sum(source.lines for source in PACKAGE)
FUNCTIONS = [place for source in PACKAGE for place in shape.functions(source)]
FILES = shape.files(PACKAGE)
CLASSES = [place for source in PACKAGE for place in shape.classes(source)]

POSITIONAL = {
    "__exit__": "the context manager protocol passes three by position",
    "__aexit__": "as __exit__",
    "orchestrator/executor/engine.py:Engine.expand": "also a callback of the restoring module, as above",
    "orchestrator/app/running.py:_setup.on_line": "a callback, whose type knows positions only",
    "orchestrator/fixers/search/worker/observe.py:Recorder.trace": "a callback of sys.settrace",
    "orchestrator/fixers/search/worker/observe.py:Recorder._line": "as Recorder.trace",
    "orchestrator/fixers/search/worker/loading.py:Early._trace": "as Recorder.trace",
    "orchestrator/fixers/search/worker/loading.py:Early._line": "as Recorder.trace",
    "orchestrator/frontends/cli/options.py:_louder": "a callback of click, which passes three by position",
    "orchestrator/frontends/cli/options.py:_softer": "as _louder",
}
"""A function's name, or its file and qualified name -> why its caller passes more than two by position."""


def over(places: list[shape.Place], limit: int) -> list[str]:
    return [str(place) for place in places if place.size > limit]


def test_functions_are_small() -> None:
    sizes = [place.size for place in FUNCTIONS]
    assert shape.median(sizes) <= 10
    assert shape.percentile(sizes, 0.95) <= 40
    assert over(FUNCTIONS, 80) == []
    assert len(over(FUNCTIONS, 50)) <= 0.03 * len(FUNCTIONS), over(FUNCTIONS, 50)


def test_files_are_small() -> None:
    sizes = [place.size for place in FILES]
    assert shape.median(sizes) <= 120
    assert shape.percentile(sizes, 0.95) <= 350
    assert over(FILES, 500) == []


def test_classes_are_small() -> None:
    assert shape.percentile([place.size for place in CLASSES], 0.95) <= 200, over(CLASSES, 200)


def test_functions_take_at_most_six_parameters() -> None:
    assert over([place for source in PACKAGE for place in shape.parameters(source)], 6) == []


def test_parameters_after_the_second_are_keyword_only() -> None:
    places = [place for source in PACKAGE for place in shape.positional_parameters(source) if place.size > 2]
    keys = [{place.name.rpartition(".")[2], f"{place.file}:{place.name}"} for place in places]
    assert [str(place) for place, names in zip(places, keys, strict=True) if not names & POSITIONAL.keys()] == []
    assert {name for name in POSITIONAL if ":" in name} - set().union(*keys) == set(), "no longer needed"


def test_broad_excepts_are_few_and_give_their_reason() -> None:
    places = [place for source in PACKAGE for place in shape.broad_excepts(source)]
    assert [str(place) for place in places if not place.size] == []
    assert len(places) <= max(1, LINES / 1000), [str(place) for place in places]


def test_imports_are_absolute() -> None:
    assert [str(place) for source in PACKAGE + TESTS + SCRIPTS for place in shape.relative_imports(source)] == []


def test_every_type_ignore_has_a_code_and_a_reason() -> None:
    assert [str(place) for source in PACKAGE + TESTS + SCRIPTS for place in shape.bare_ignores(source)] == []


SEEDED = [
    (shape.relative_imports, "from . import x\n", 1),
    (shape.relative_imports, "from os import path\n", 0),
    (shape.bare_ignores, "x = 1  # type: " + "ignore\n", 1),
    (shape.bare_ignores, "x = 1  # type: " + "ignore[int]\n", 1),
    (shape.bare_ignores, "x = 1  # type: " + "ignore[int]  # the stub is wrong\n", 0),
    (shape.broad_excepts, "try: ...\nexcept: ...\n", 1),
    (shape.broad_excepts, "try: ...\nexcept (ValueError, Exception): ...\n", 1),
    (shape.broad_excepts, "try: ...\nexcept ValueError: ...\n", 0),
    (shape.broad_excepts, "try: ...\nexcept BaseException:\n    clean_up()\n    raise\n", 0),
    (shape.broad_excepts, "try: ...\nexcept Exception as error:\n    raise ValueError from error\n", 1),
    (shape.functions, "class A:\n    async def f(self):\n        def g(): ...\n", 2),
]


@pytest.mark.parametrize(("measure", "text", "expected"), SEEDED)
def test_the_measures_see_what_they_are_for(measure: object, text: str, expected: int) -> None:
    assert callable(measure)
    assert len(measure(shape.Source("seeded.py", text, ast.parse(text)))) == expected


@pytest.mark.parametrize(
    ("comment", "has_reason"),
    [("", 0), ("  # noqa: BLE001", 0), ("  # noqa: BLE001  # a plug-in may raise anything", 1)],
)
def test_a_mark_for_a_tool_is_no_reason(comment: str, has_reason: int) -> None:
    text = f"try: ...\nexcept Exception:{comment}\n    ...\n"
    assert [place.size for place in shape.broad_excepts(shape.Source("x.py", text, ast.parse(text)))] == [has_reason]


def test_self_does_not_count_as_a_parameter() -> None:
    text = "class A:\n    def f(self, a, b=1, *, c): ...\n"
    source = shape.Source("x.py", text, ast.parse(text))
    assert [place.size for place in shape.positional_parameters(source)] == [2]
    assert [place.size for place in shape.parameters(source)] == [3]


def test_the_public_names_are_few_sorted_and_there() -> None:
    names = list(orchestrator.__all__)
    assert names == sorted(set(names))
    assert 1 <= len(names) <= 20
    assert [name for name in names if not hasattr(orchestrator, name)] == []


DRAWN = re.compile(r"^(?P<lead>[ │├└─]+)(?P<name>[A-Z]\w+) +(?:exit (?P<code>\d+))?", re.MULTILINE)


def drawn_tree() -> dict[str, tuple[str, int | None]]:
    """Error -> (its parent, its exit code where one is drawn), as the docstring shows them."""
    path: list[str] = []
    tree = {}
    for match in DRAWN.finditer(errors.__doc__ or ""):
        depth = len(match["lead"]) // 4 - 1
        path[depth:] = [match["name"]]
        tree[match["name"]] = (path[depth - 1] if depth else "Exception", int(match["code"]) if match["code"] else None)
    return tree


def test_the_error_tree_is_the_one_drawn() -> None:
    classes = {
        name: kind
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.RungError) and kind.__module__.startswith(errors.__name__)
    }
    drawn = drawn_tree()
    assert {name: parent for name, (parent, _) in drawn.items()} == {
        name: kind.__base__.__name__ for name, kind in classes.items() if kind.__base__
    }
    wrong = {name: code for name, (_, code) in drawn.items() if code not in (None, classes[name].exit_code)}
    assert wrong == {}


def test_public_errors_are_defined_in_one_package() -> None:
    known = {"Exception", "BaseException", *drawn_tree()}
    strays = [
        f"{source.file}:{node.lineno}: {node.name}"
        for source in PACKAGE
        if not source.file.startswith("orchestrator/errors/")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
        if known & {base.id for base in node.bases if isinstance(base, ast.Name)}
    ]
    assert strays == []


def test_every_module_is_importable_by_its_own_name() -> None:
    for source in PACKAGE:
        if not source.file.endswith("__main__.py"):
            name = source.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            assert importlib.import_module(name).__name__ == name


@pytest.mark.parametrize("folder", ["validators", "workflows"])
def test_data_folders_hold_no_code(folder: str) -> None:
    assert [path for path in project_files() if path.parts[0] == folder and path.suffix in {".py", ".pyi", ".so"}] == []


def test_tests_are_files_not_packages() -> None:
    assert [path for path in project_files() if path.parts[0] == "tests" and path.name == "__init__.py"] == []


def test_decision_records_are_numbered_without_a_gap_and_listed() -> None:
    records = sorted(path.name for path in (ROOT / "docs" / "adr").glob("[0-9]*.md"))
    assert [name[:5] for name in records] == [f"{number:04}-" for number in range(1, len(records) + 1)]
    index = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    assert [name for name in records if f"({name})" not in index] == []
    for name in records:
        text = (ROOT / "docs" / "adr" / name).read_text(encoding="utf-8")
        assert [part for part in ("Date: ", "Status: ", "## Why", "## Rejected") if part not in text] == [], name


# A bracket in each pattern, so that this file does not hold what it looks for.
TRACES = {
    "a path of one machine": r"(?<![\w.])/(?:w[o]rk|f[a]rm|r[o]ot|h[o]me/[a-z]+|U[s]ers/\w+)/[\w.]",
    "a registry address": r"https?://[^\s\"']*/si[m]ple\b|--(?:extra-)?ind[e]x-url\b|python[h]osted\.org",
    "a resolved address in a lock file": r'"res[o]lved": *"https?:',
    "a key": r"\b(?:sk|ghp|gho)[-_][A-Za-z0-9]{20,}|\bA[K]IA[A-Z0-9]{16}\b",
}


def traces(text: str) -> list[str]:
    found = ((what, re.search(pattern, text)) for what, pattern in TRACES.items())
    return [f"{what}: {match.group()}" for what, match in found if match]


def test_no_file_holds_traces_of_the_machine_it_was_written_on() -> None:
    found = {}
    for path in project_files():
        try:
            text = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # not a text: a test case that holds binary data
        if hits := traces(text):
            found[path.as_posix()] = hits
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "cd /{}/x".format("work"),
        "HOME=/{}/.cache".format("root"),
        "https://mirror.example/pypi/{}/".format("simple"),
        "pip install --{}-url x".format("index"),
    ],
)
def test_traces_are_recognised(text: str) -> None:
    assert traces(text)


def test_locks_are_hashed_requirements_and_nothing_else() -> None:
    assert [path for path in project_files() if path.name in {"uv.lock", "poetry.lock", "Pipfile.lock"}] == []
    line = re.compile(r"[a-z0-9._-]+==\S+(?: ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}(?: \\)?")
    for name in ("runtime.txt", "dev.txt"):
        lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
        assert [text for text in lines if not line.fullmatch(text)] == []


def test_the_tree_in_the_agents_file_is_the_tree() -> None:
    shown = set(re.findall(r"^(\S+?)/? {2,}", (ROOT / "AGENTS.md").read_text(encoding="utf-8"), re.MULTILINE))
    there = {path.parts[0] for path in project_files() if not path.parts[0].startswith(".")}
    assert there - shown == set()
    packages = {path.parts[1].removesuffix(".py") for path in project_files() if path.parts[0] == "orchestrator"}
    layers = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"][
        0
    ]
    known = {name for layer in layers["layers"] for name in layer.split(" | ")} | set(layers["exhaustive_ignores"])
    assert {name for name in packages if not name.startswith("_") and name != "py.typed"} <= known


def test_scripts_can_be_run() -> None:
    runnable = [ROOT / ".ci" / "run", *(ROOT / "scripts").glob("*.sh")]
    assert [path.name for path in runnable if not path.stat().st_mode & 0o100] == []
    assert Path(ROOT, ".ci", "run").read_text(encoding="utf-8").splitlines()[1:2] != []


def test_no_pattern_repeats_a_group_possessively() -> None:
    """Python 3.11.0 to 3.11.3 lose matches of ``(...)*+``; an atomic group, ``(?>(...)*)``, says the same."""
    possessive = re.compile(r"\)[*+?]\+")
    assert [source.file for source in PACKAGE if possessive.search(source.text)] == []
