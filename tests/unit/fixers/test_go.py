"""What messages of Go lead to, and what they must not lead to."""

import pytest

from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.finding import Finding
from orchestrator.domain.suggestion import applied
from orchestrator.fixers.choice import ordered
from orchestrator.fixers.golang.rule import RULE

PARSE = """package a

import "strconv"

func parse(text string) (int, error) {
	number := strconv.Atoi(text)
	return number, nil
}
"""


def firsts(text: str, message: str, *, line: int, column: int = 1, detail: str = "") -> list[tuple[str, str]]:
    """Line ``line`` and the source of each suggestion, the first one first."""
    finding = Finding(
        tool="vet", file="a.go", line=line, column=column, message=message, detail=detail, fingerprint="f"
    )
    found = ordered(RULE.propose(Diagnosis(texts={"a.go": text}, findings=[finding])))
    return [(applied({"a.go": text}, one.edits)["a.go"].split("\n")[line - 1].strip(), one.source) for one in found]


@pytest.mark.parametrize(
    ("text", "message", "column", "expected"),
    [
        (
            "use(width)",
            "cannot use width (variable of type int) as float64 value in argument to use",
            5,
            "use(float64(width))",
        ),
        (
            "use(width)",
            "cannot use width (variable of type int32) as int64 value in argument to use",
            5,
            "use(int64(width))",
        ),
        ("use(box)", "cannot use box (variable of struct type Box) as *Box value in argument to use", 5, "use(&box)"),
        ("use(box)", "cannot use box (variable of type *Box) as Box value in argument to use", 5, "use(*box)"),
        (
            "use(text)",
            "cannot use text (variable of type string) as []byte value in argument to use",
            5,
            "use([]byte(text))",
        ),
        ("n := s.Len", "cannot use s.Len (value of type func() int) as int value in assignment", 6, "n := s.Len()"),
        ("while x > 1 {", "syntax error: unexpected name x at end of statement", 7, "for x > 1 {"),
        ('fmt.Printf("%d", s)', "fmt.Printf format %d has arg s of wrong type string", 2, 'fmt.Printf("%s", s)'),
        ("total := 2", "no new variables on left side of :=", 7, "total = 2"),
        ("rate := 2", "syntax error: non-declaration statement outside function body", 1, "var rate = 2"),
    ],
)
def test_a_message_leads_to_its_repair(text: str, message: str, column: int, expected: str) -> None:
    assert firsts(f"{text}\n", message, line=1, column=column)[0][0] == expected


def test_an_error_is_handed_on_where_the_function_returns_one() -> None:
    message = "assignment mismatch: 1 variable but strconv.Atoi returns 2 values"
    finding = Finding(tool="vet", file="a.go", line=6, column=9, message=message)
    (found,) = RULE.propose(Diagnosis(texts={"a.go": PARSE}, findings=[finding]))
    new = applied({"a.go": PARSE}, found.edits)["a.go"]
    told = "\tnumber, err := strconv.Atoi(text)\n\tif err != nil {\n\t\treturn 0, err\n\t}\n"
    assert new == PARSE.replace("\tnumber := strconv.Atoi(text)\n", told)


@pytest.mark.parametrize("head", ["func parse(text string) int {", "func parse(text string) (Unknown, error) {"])
def test_an_error_is_never_dropped(head: str) -> None:
    text = PARSE.replace("func parse(text string) (int, error) {", head)
    assert firsts(text, "assignment mismatch: 1 variable but strconv.Atoi returns 2 values", line=6) == []


@pytest.mark.parametrize(
    ("have", "want"), [("float64", "int"), ("int64", "int32"), ("int", "uint8"), ("int64", "int"), ("uint8", "int8")]
)
def test_a_number_is_never_cut(have: str, want: str) -> None:
    message = f"cannot use width (variable of type {have}) as {want} value in argument to use"
    assert firsts("use(width)\n", message, line=1, column=5) == []


@pytest.mark.parametrize(
    "message", ["missing return", "Box does not implement Shape (missing method Area)", "declared and not used: box"]
)
def test_what_only_its_author_knows_is_left(message: str) -> None:
    assert firsts("box := area(3)\n", message, line=1) == []


def test_a_variable_of_the_outer_block_is_meant_and_one_of_another_function_is_not() -> None:
    text = 'func a() {\n\tbest := ""\n\tfor {\n\t\tbest := next()\n\t}\n}\n'
    assert firsts(text, "declared and not used: best", line=4) == [("best = next()", "repeated declaration")]
    assert firsts(text.replace("\tfor", "}\nfunc b() {\n\tfor"), "declared and not used: best", line=6) == []


def test_only_the_missing_error_is_filled_in() -> None:
    message = "not enough return values"
    full = "\thave (int)\n\twant (int, error)"
    assert firsts("return 3\n", message, line=1, detail=full) == [("return 3, nil", "missing result")]
    assert firsts("return 3\n", message, line=1, detail="\thave (int)\n\twant (int, string)") == []
    assert firsts("return\n", message, line=1, detail="\thave ()\n\twant (int, error)") == []
