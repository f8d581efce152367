"""Which tests a change concerns."""

from collections.abc import Mapping

import pytest

from orchestrator.validation.affected import affected_tests
from orchestrator.validation.affected.imports import importers
from orchestrator.validation.packs import detect
from tests.unit.validation.packs.projects import SHIPPED

PYTHON = {
    "pyproject.toml": "[project]\nname = 'x'\n",
    "src/words/__init__.py": "",
    "src/words/core.py": "SIZE = 1\n",
    "src/words/api.py": "from words.core import SIZE\n",
    "src/words/other.py": "import json\n",
    "src/words/data.py": "X = 1\n",
    "tests/conftest.py": "import pytest\n",
    "tests/test_api.py": "from words import api\n\ndef test(): ...\n",
    "tests/test_core.py": "import words.core\n\ndef test(): ...\n",
    "tests/test_data.py": "import importlib\n\ndef test(): ...\n",
}
NODE = {
    "package.json": '{"scripts": {"test": "node --test"}}',
    "lib/core.js": "export const size = 1;\n",
    "lib/api.js": "import { size } from './core.js';\n",
    "test/api.test.js": "import '../lib/api.js';\n",
    "test/other.test.js": "const other = require('../lib/other');\n",
    "lib/other.js": "module.exports = 1;\n",
}


def chosen(files: Mapping[str, str], *changed: str) -> tuple[str, ...] | None:
    (project,) = detect(files, dict(files).get, packs=SHIPPED)
    return affected_tests(project, SHIPPED.packs[project.pack], changed=changed, read=dict(files).get)


@pytest.mark.parametrize(
    ("changed", "tests"),
    [
        ("src/words/api.py", ("tests/test_api.py",)),
        ("src/words/core.py", ("tests/test_api.py", "tests/test_core.py")),
        ("tests/test_core.py", ("tests/test_core.py",)),
        ("src/words/data.py", ("tests/test_data.py",)),
        ("src/words/other.py", None),
        ("tests/conftest.py", None),
        ("pyproject.toml", None),
        ("README.md", None),
    ],
)
def test_tests_are_chosen_by_imports_and_by_name_and_else_all_are(changed: str, tests: tuple[str, ...] | None) -> None:
    assert chosen(PYTHON, changed) == tests


INSIDE = {
    "pyproject.toml": "[project]\nname = 'x'\n",
    "words/__init__.py": "from .core import SIZE\n",
    "words/core.py": "SIZE = 1\n",
    "words/tests/test_core.py": "from words.core import SIZE\n\ndef test(): ...\n",
    "words/tests/test_whole.py": "from words.other import *\n\ndef test(): ...\n",
    "words/other.py": "",
    "apart/conftest.py": "import words.other\n",
    "apart/test_apart.py": "def test(): ...\n",
}


def test_what_a_package_or_a_conftest_imports_concerns_every_test_below_it() -> None:
    """Whatever its name: a test of the same name is not the only one."""
    assert chosen(INSIDE, "words/core.py") is None, "apart/conftest.py loads the package, too"
    alone = {name: text for name, text in INSIDE.items() if not name.startswith("apart/")}
    assert chosen({**alone, "test_else.py": "def test(): ...\n"}, "words/core.py") == (
        "words/tests/test_core.py",
        "words/tests/test_whole.py",
    )
    assert chosen({**INSIDE, "words/__init__.py": ""}, "words/other.py") == (
        "apart/test_apart.py",
        "words/tests/test_whole.py",
    )


def test_the_tests_of_several_files_are_put_together() -> None:
    assert chosen(PYTHON, "src/words/api.py", "src/words/data.py") == ("tests/test_api.py", "tests/test_data.py")
    assert chosen(PYTHON, "src/words/api.py", "src/words/other.py") is None


@pytest.mark.parametrize(
    ("changed", "tests"),
    [
        ("lib/core.js", ("test/api.test.js",)),
        ("lib/other.js", ("test/other.test.js",)),
        ("package.json", None),
    ],
)
def test_scripts_are_followed_by_their_relative_imports(changed: str, tests: tuple[str, ...] | None) -> None:
    assert chosen(NODE, changed) == tests


def test_imports_in_a_circle_come_to_an_end() -> None:
    files = {"a.py": "import b\n", "b.py": "import c\n", "c.py": "from . import a\n", "d.py": "import (\n"}
    assert importers(files, files.get)["a.py"] == {"a.py", "b.py", "c.py"}


def test_relative_imports_are_found_from_where_they_stand() -> None:
    files = {
        "p/__init__.py": "",
        "p/a.py": "from .b import x\n",
        "p/b.py": "",
        "p/q/c.py": "from ..b import (\n    x,\n)\n",
    }
    assert importers(files, files.get)["p/b.py"] == {"p/a.py", "p/q/c.py"}
