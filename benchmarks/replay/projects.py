"""The project that a user would have made of an answer and its tests: nothing in it is there for the judge."""

import json
from collections.abc import Callable, Mapping

from benchmarks.replay.javatuples import SOURCES

__all__ = ["PROJECTS", "class_test", "python_test"]

_TSCONFIG = {"compilerOptions": {"target": "ES2021", "module": "commonjs", "types": [], "outDir": "dist"}}


def _package(**scripts: str) -> str:
    return json.dumps({"name": "answer", "version": "0.0.0", "private": True, "scripts": scripts}, indent=2)


def _javascript(program: str) -> Mapping[str, str]:
    return {"package.json": _package(test="node problem.js"), "problem.js": program}


def _typescript(program: str) -> Mapping[str, str]:
    return {
        "package.json": _package(build="tsc -p .", test="node dist/problem.js"),
        "tsconfig.json": json.dumps({**_TSCONFIG, "files": ["problem.ts"]}, indent=2),
        "problem.ts": program,
    }


PROJECTS: Mapping[str, Callable[[str], Mapping[str, str]]] = {
    "cpp": lambda program: {"problem.cpp": program},
    "java": lambda program: {"Problem.java": program, **SOURCES},
    "js": _javascript,
    "sh": lambda program: {"test_problem.sh": program},
    "ts": _typescript,
}
"""Language -> the files of a project around a program that checks itself."""


def python_test(text: str, *, entry: str) -> str:
    """A test file around ``check``, which ``text`` defines and, in its last line, calls."""
    *body, call = text.rstrip().split("\n")
    assert call.strip() == f"check({entry})", call
    head = f"import unittest\n\nfrom problem import *\nfrom problem import {entry}\n"
    case = f"class TestProblem(unittest.TestCase):\n    def test_problem(self):\n        check({entry})\n"
    return "\n".join((head, *body, "", "", case))


def class_test(text: str) -> str:
    """A test file of test cases that know the class by its name."""
    return f"from problem import *\n{text}\n"
