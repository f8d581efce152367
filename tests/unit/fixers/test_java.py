"""What messages of javac lead to, and what they must not lead to."""

import pytest

from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.finding import Finding
from orchestrator.domain.suggestion import Applicability, Suggestion, applied
from orchestrator.fixers.choice import ordered
from orchestrator.fixers.java.expression import expression_at
from orchestrator.fixers.java.rule import RULE


def proposed(
    text: str, message: str, *, line: int = 1, column: int = 1, detail: str = "", more: str = ""
) -> list[tuple[str, Suggestion]]:
    """What becomes of the whole text with each suggestion, the first one first."""
    finding = Finding(tool="javac", file="A.java", line=line, column=column, message=message, detail=detail)
    texts = {"A.java": text, "B.java": more}
    found = ordered(RULE.propose(Diagnosis(texts=texts, findings=[finding])))
    return [(applied(texts, one.edits)["A.java"], one) for one in found]


@pytest.mark.parametrize(
    ("text", "message", "column", "expected"),
    [
        (
            "int n = a * b;",
            "incompatible types: possible lossy conversion from double to int",
            11,
            "int n = (int) (a * b);",
        ),
        ("f(box.get(0));", "incompatible types: Object cannot be converted to String", 10, "f((String) box.get(0));"),
        ("f(text);", "incompatible types: String cannot be converted to int", 3, "f(Integer.parseInt(text));"),
        ("f(n);", "incompatible types: int cannot be converted to String", 3, "f(String.valueOf(n));"),
        ("if (n = 0) {", "incompatible types: int cannot be converted to boolean", 7, "if (n == 0) {"),
        ("String t = 'ab';", "unclosed character literal", 12, 'String t = "ab";'),
        ('f("ab);', "unclosed string literal", 3, 'f("ab");'),
        ("retrun n;", "not a statement", 1, "return n;"),
        ("int n = n + 1;", "variable n is already defined in method main(String[])", 5, "n = n + 1;"),
    ],
)
def test_a_message_leads_to_its_repair(text: str, message: str, column: int, expected: str) -> None:
    assert proposed(f"{text}\n", message, column=column)[0][0] == f"{expected}\n"


def test_a_conversion_that_may_fail_or_lose_something_comes_last() -> None:
    ((_, cut),) = proposed("int n = x;\n", "incompatible types: possible lossy conversion from long to int", column=9)
    ((_, told),) = proposed("f(n);\n", "incompatible types: int cannot be converted to String", column=3)
    assert (cut.applicability, told.applicability) == (Applicability.RISKY, Applicability.LIKELY)


METHOD = "class A {\n    void read() {\n        open();\n    }\n}\n"
UNREPORTED = "unreported exception java.io.IOException; must be caught or declared to be thrown"


def test_an_exception_is_handed_on_and_never_caught() -> None:
    ((new, one),) = proposed(METHOD, UNREPORTED, line=3)
    assert new == METHOD.replace("read() {", "read() throws IOException {")
    assert one.source == "unreported exception"
    thrown = METHOD.replace("read() {", "read() throws Closed {")
    ((new, _),) = proposed(thrown, UNREPORTED, line=3)
    assert new == thrown.replace("Closed {", "Closed, IOException {")


@pytest.mark.parametrize(
    "text",
    [
        METHOD.replace("    void", "    @Override\n    void"),
        "class A {\n    Runnable r = () -> {\n\n        open();\n    };\n}\n",
    ],
)
def test_what_overrides_another_method_hands_nothing_on(text: str) -> None:
    assert proposed(text, UNREPORTED, line=4) == []


def test_only_a_sum_begins_at_nothing() -> None:
    message = "variable sum might not have been initialized"
    ((new, _),) = proposed("    int sum;\n    sum += 2;\n", message, line=2)
    assert new == "    int sum = 0;\n    sum += 2;\n"
    assert proposed("    int sum;\n    f(sum);\n", message, line=2) == []


def test_a_private_field_is_read_by_its_getter_or_not_at_all() -> None:
    message = "size has private access in B"
    ((new, _),) = proposed("f(b.size);\n", message, more="class B { public int getSize() { return size; } }")
    assert new == "f(b.getSize());\n"
    assert proposed("f(b.size);\n", message) == []
    assert proposed("b.size = 2;\n", message, more="class B { public int getSize() { return size; } }") == []


@pytest.mark.parametrize("message", ["missing return statement", "B is not abstract and does not override area()"])
def test_what_only_its_author_knows_is_left(message: str) -> None:
    assert proposed("}\n", message) == []


def test_a_level_that_is_gone_is_raised_in_every_build_file() -> None:
    pom = "<maven.compiler.source>1.5</maven.compiler.source><target>5</target>"
    pom += "<release>11</release><version>1.5</version>"
    finding = Finding(tool="maven", message="Source option 5 is no longer supported. Use 7 or later.")
    texts = {"pom.xml": pom, "core/pom.xml": "<source>1.5</source>", "other.xml": "<source>1.5</source>"}
    (found,) = RULE.propose(Diagnosis(texts=texts, findings=[finding]))
    assert applied(texts, found.edits) == {
        "pom.xml": pom.replace("1.5</maven", "7</maven").replace(">5<", ">7<"),
        "core/pom.xml": "<source>7</source>",
    }


@pytest.mark.parametrize(
    ("line", "place", "expected"),
    [
        ("f(a.b(c[0], d).e);", 2, "a.b(c[0], d).e"),
        ("return a * b;", 9, "a * b"),
        ("x = y;", 4, "y"),
        ("x", 9, ""),
        ("", 0, ""),
        ("f( );", 2, ""),
    ],
)
def test_the_expression_at_a_place(line: str, place: int, expected: str) -> None:
    assert line[slice(*expression_at(line, place))] == expected
