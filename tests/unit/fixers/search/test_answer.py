"""What surrounds a model's program, and what it forgot."""

import pytest

from orchestrator.fixers.search.answer import cleaned, with_imports, without_junk

CODE = "def f(x):\n    return x\n"


@pytest.mark.parametrize(
    "text",
    [
        CODE + "\nThis function returns x.\n",
        f"```python\n{CODE}```\n",
        f"Here you are:\n\n```python\n{CODE}```\nIt is easy.\n",
        CODE + "```\n",
        CODE + "\ndef g(:\n",
    ],
)
def test_only_the_program_is_left(text: str) -> None:
    assert without_junk(text).strip() == CODE.strip()


@pytest.mark.parametrize("text", [CODE, "", "no program at all, sorry\n"])
def test_a_program_and_what_holds_none_stay_as_they_are(text: str) -> None:
    assert without_junk(text) == text


def test_missing_imports_of_the_standard_library_come_first() -> None:
    text = '"""Words."""\ndef f(x: List[int]):\n    return math.sqrt(reduce(g, x))\n'
    begin = '"""Words."""\nimport math\nfrom typing import List\nfrom functools import reduce\n'
    assert with_imports(text) == begin + "def f(x: List[int]):\n    return math.sqrt(reduce(g, x))\n"


@pytest.mark.parametrize("text", ["import math\nmath.pi\n", "def math(): ...\nmath()\n", "unknown()\n", "def f(:\n"])
def test_nothing_is_imported_that_is_there_or_unknown(text: str) -> None:
    assert with_imports(text) == text


def test_both_are_done() -> None:
    assert cleaned("def f(x):\n    return math.sqrt(x)\nThat is it.\n").startswith("import math\ndef f")
