"""The worker runs where nothing of this package is, in old interpreters too."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.fixers.search import worker
from orchestrator.fixers.search.bundle import MODULES, bootstrap, payload

FOLDER = Path(worker.__file__).parent
SYSTEM = Path("/usr/bin/python3")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_every_module_is_written_for_python_3_8(path: Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 8))


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_the_standard_library_and_earlier_modules_only(name: str) -> None:
    tree = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    own = {f"{worker.__name__}.{earlier}" for earlier in MODULES[: MODULES.index(name)]}
    for node in ast.walk(tree):
        modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if modules == [worker.__name__] and isinstance(node, ast.ImportFrom):
            modules = [f"{worker.__name__}.{alias.name}" for alias in node.names]
        modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for module in modules:
            is_project = module in {"pytest", "_pytest.runner"}  # the project's own, where it has it
            assert is_project or module in own or module.split(".")[0] in sys.stdlib_module_names


def test_all_modules_are_sent() -> None:
    assert set(MODULES) == {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}


@pytest.mark.skipif(not SYSTEM.exists(), reason="no other interpreter on this machine")
def test_another_interpreter_runs_it(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def f(): return 1\n", encoding="utf-8")
    (tmp_path / "t.py").write_text("import a\nassert a.f() == 2\n", encoding="utf-8")
    request = {
        "op": "observe",
        "root": str(tmp_path),
        "paths": [],
        "tests": ["t.py"],
        "texts": {"a.py": "def f(): return 1\n"},
        "functions": [],
        "memory_mb": 0,
        "seconds": 10,
    }
    argv = [str(SYSTEM), "-B", "-c", bootstrap()]
    done = subprocess.run(argv, input=payload(request), capture_output=True, check=True, cwd="/", timeout=60)
    answers = [json.loads(line.removeprefix("rung:=")) for line in done.stdout.decode().splitlines()]
    assert answers[0]["how"] == "fail"
    assert answers[0]["pair"] == [1, 2]
    assert answers[-1] == {"kind": "end", "why": ""}
