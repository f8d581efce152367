"""What templates make of a message, in files with any line ends; more of them are tried on whole programs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.finding import Finding
from orchestrator.domain.suggestion import applied
from orchestrator.fixers.braces import unclosed
from orchestrator.fixers.near import near_misses
from orchestrator.fixers.places import line_at, line_of, offset, prefix, utf8, utf16
from orchestrator.fixers.python.rule import propose

PYTHON = [
    (
        "raise NotImplemented('x')",
        1,
        "TypeError: exceptions must derive from BaseException",
        "raise NotImplementedError('x')",
    ),
    (
        "class A:\n    @property\n    def size(self):\n        return 1\nprint(A().size())",
        5,
        "TypeError: 'int' object is not callable",
        "class A:\n    @property\n    def size(self):\n        return 1\nprint(A().size)",
    ),
    (
        "class A:\n    def go(self):\n        pass\nA.go()",
        4,
        "TypeError: A.go() missing 1 required positional argument: 'self'",
        "class A:\n    def go(self):\n        pass\nA().go()",
    ),
    (
        "try:\n    pass\nexcept ValueError, error:\n    pass",
        3,
        "SyntaxError: multiple exception types must be parenthesized",
        "try:\n    pass\nexcept ValueError as error:\n    pass",
    ),
    ("x = [1, 2", 1, "SyntaxError: '[' was never closed", "x = [1, 2]"),
    ("if a && b:\n    pass", 1, "SyntaxError: invalid syntax", "if a and b:\n    pass"),
    ("esle:\n    pass", 1, "SyntaxError: invalid syntax", "else:\n    pass"),
    (
        "import np2\nimport numpy as np\nx = np.float(1)",
        3,
        "AttributeError: module 'numpy' has no attribute 'float'",
        None,
    ),
    (
        "from fractions import gcd\nprint(gcd(4, 6))",
        1,
        "ImportError: cannot import name 'gcd' from 'fractions' (x)",
        None,
    ),
    ("x = 1 + input()", 1, "TypeError: unsupported operand type(s) for +: 'int' and 'str'", "x = 1 + int(input())"),
]
FIXED = {
    7: "import np2\nimport numpy as np\nx = float(1)",
    8: "from math import gcd\nprint(gcd(4, 6))",
}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("number", range(len(PYTHON)))
def test_a_message_of_the_interpreter_leads_to_its_repair(number: int, end: str) -> None:
    broken, line, message, fixed = PYTHON[number]
    texts = {"a.py": broken.replace("\n", end) + end}
    finding = Finding(tool="python", message=message, file="a.py", line=line, fingerprint="f")
    found = [applied(texts, one.edits)["a.py"] for one in propose(Diagnosis(texts=texts, findings=[finding]))]
    assert (fixed or FIXED[number]).replace("\n", end) + end in found


@pytest.mark.parametrize(
    ("text", "message", "source"),
    [
        ("os.getcwd()\n", "NameError: name 'os' is not defined", "missing import"),
        ("valeu = 1\nprint(value)\n", "NameError: name 'value' is not defined", "misspelled name"),
        ("if x\n", "SyntaxError: expected ':'", "missing token"),
        ("print 'x'\n", "SyntaxError: Missing parentheses in call to 'print'. Did you mean print(...)?", "old syntax"),
    ],
)
def test_a_suggestion_names_what_was_wrong(text: str, message: str, source: str) -> None:
    finding = Finding(tool="python", message=message, file="a.py", line=text.count("\n"), fingerprint="f")
    found = [*propose(Diagnosis(texts={"a.py": text}, findings=[finding]))]
    assert found[0].source == source


def test_an_empty_block_is_never_filled_in() -> None:
    texts = {"a.py": "def f():\n\nx = 1\n"}
    message = "IndentationError: expected an indented block after function definition on line 1"
    finding = Finding(tool="python", message=message, file="a.py", line=3, fingerprint="f")
    found = list(propose(Diagnosis(texts=texts, findings=[finding])))
    assert [one for one in found if any("pass" in edit.text or "..." in edit.text for edit in one.edits)] == []


def test_a_message_about_a_file_that_is_not_at_hand_suggests_nothing() -> None:
    finding = Finding(tool="python", message="NameError: name 'os' is not defined", file="b.py", line=1)
    assert list(propose(Diagnosis(texts={"a.py": "os.getcwd()\n"}, findings=[finding]))) == []


@settings(max_examples=80)
@given(st.text("aé\U0001f600\n", max_size=30), st.data())
def test_places_in_bytes_and_units_lead_back_to_characters(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    assert prefix(text, utf8(text[:place]), width=utf8) == place
    assert prefix(text, utf16(text[:place]), width=utf16) == place
    line = line_of(text, place)
    begin = text.rfind("\n", 0, place) + 1
    assert offset(text, line) == begin
    assert offset(text, line, column=utf8(text[begin:place]) + 1, width=utf8) == place
    assert line_at(text, line) == text[begin:].partition("\n")[0]


def test_places_outside_of_a_text_are_its_end() -> None:
    assert [offset("ab\n", 9), offset("ab\n", 1, column=99), offset("", 1)] == [3, 2, 0]


def test_near_misses_differ_in_case_first() -> None:
    assert near_misses("getName", ["get_name", "getname", "getNames", "other"])[:2] == ["get_name", "getname"]
    assert near_misses("x", ["y", "z"]) == []


def test_a_closed_text_has_no_unclosed_block() -> None:
    whole = "int f(void)\n{\n    if (x) {\n        y();\n    } else {\n        z();\n    }\n}\n"
    assert list(unclosed(whole)) == []
    assert list(unclosed(whole.replace("    } else", "    else"))) == [(5, "    ")]
