"""Byte code that is made ahead is what the interpreter itself would make, and never that of another source."""

import importlib.util
import os
import py_compile
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from orchestrator.sandbox.bytecode import byte_code, script

PRINTS = "print(6 * 7)\n"


def run(path: str) -> str:
    return subprocess.run([sys.executable, "-I", "-S", path], check=True, capture_output=True, text=True).stdout


def module(source: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("tried_module", source)
    assert spec
    return importlib.util.module_from_spec(spec)


def test_byte_code_runs_as_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(PRINTS)
    (tmp_path / "two.pyc").write_bytes(byte_code(tmp_path / "one.py"))
    assert run(str(tmp_path / "two.pyc")) == "42\n"


def test_the_byte_code_that_import_left_is_taken_only_while_it_is_current(tmp_path: Path) -> None:
    source = tmp_path / "one.py"
    source.write_text(PRINTS)
    made = module(source)
    assert script(made) == str(source)
    py_compile.compile(str(source), doraise=True)
    assert script(made) == made.__cached__
    assert run(script(made)) == "42\n"
    source.write_text("print(6 * 8)\n")
    os.utime(source, (1, 1))
    assert script(made) == str(source)
    assert run(script(made)) == "48\n"


def test_byte_code_that_is_no_byte_code_is_not_taken(tmp_path: Path) -> None:
    source = tmp_path / "one.py"
    source.write_text(PRINTS)
    made = module(source)
    cached = Path(made.__cached__)
    cached.parent.mkdir()
    cached.write_bytes(b"short")
    assert script(made) == str(source)
