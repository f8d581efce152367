"""Source that does not parse: what the interpreter's message names, changed on the line that it names."""

import re
from collections.abc import Iterator
from itertools import pairwise

from orchestrator.domain.suggestion import Applicability, Edit, Suggestion
from orchestrator.fixers.places import indent_of, line_at, offset, replace_line
from orchestrator.fixers.templates import Scene, rows

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_TOKEN = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|#.*|[A-Za-z_]\w*|\d[\w.]*|\S")
_TAB = 8


def _line(
    scene: Scene, new: str, *, message: str, rank: int = 20, line: int = 0, source: str = "missing token"
) -> Suggestion:
    edit = replace_line(scene.text, scene.file, line=line or scene.finding.line, new=new)
    return scene.suggestion(edit, message=message, rank=rank, source=source)


def _code(line: str) -> tuple[str, str]:
    """A line without its comment and the white space before it; and those."""
    for match in _TOKEN.finditer(line):
        if match[0].startswith("#"):
            code = line[: match.start()].rstrip()
            return code, line[len(code) :]
    return line.rstrip(), line[len(line.rstrip()) :]


def colon(scene: Scene) -> Iterator[Suggestion]:
    """``expected ':'``."""
    code, rest = _code(scene.line)
    last = code[-1:]
    yield _line(scene, f"{code[:-1] if last in {';', ',', '='} else code}:{rest}", message="add `:`", rank=10)


def unclosed(scene: Scene) -> Iterator[Suggestion]:
    """``'(' was never closed``: at the end of that line, or of one of the following ones of the same statement."""
    closing = _CLOSING[scene.match["bracket"]]
    for line in range(scene.finding.line, scene.finding.line + 12):
        code, rest = _code(line_at(scene.text, line))
        if line > scene.finding.line and not code:
            break
        if code.endswith((":", "{")) and line == scene.finding.line:
            new = f"{code[:-1]}{closing}{code[-1]}{rest}"
            yield _line(scene, new, message=f"close `{scene.match['bracket']}`", rank=15, line=line)
        bare = code.removesuffix(",")
        yield _line(scene, f"{code}{closing}{rest}", message=f"close `{scene.match['bracket']}`", rank=20, line=line)
        if bare != code:
            yield _line(
                scene, f"{bare}{closing}{code[-1]}{rest}", message="close it before the comma", rank=25, line=line
            )


def unclosed_inside(scene: Scene) -> Iterator[Suggestion]:
    """The same, where another bracket on the line was closed in place of it."""
    closing = _CLOSING[scene.match["bracket"]]
    for rank, match in enumerate(re.finditer(re.escape(closing), scene.line)):
        new = f"{scene.line[: match.end()]}{closing}{scene.line[match.end() :]}"
        yield _line(scene, new, message=f"close `{scene.match['bracket']}`", rank=30 + rank)


def unmatched(scene: Scene) -> Iterator[Suggestion]:
    """``unmatched ')'``: one too many, or one that is of the wrong kind."""
    wrong = scene.match["bracket"]
    for match in reversed(list(re.finditer(re.escape(wrong), scene.line))):
        new = scene.line[: match.start()] + scene.line[match.end() :]
        yield _line(scene, new, message=f"one `{wrong}` too many", rank=30, source="surplus token")


def mismatched(scene: Scene) -> Iterator[Suggestion]:
    """``closing parenthesis ']' does not match opening parenthesis '('``."""
    wrong, right = scene.match["bracket"], _CLOSING[scene.match["opening"]]
    for match in re.finditer(re.escape(wrong), scene.line):
        before, after = scene.line[: match.start()], scene.line[match.end() :]
        yield _line(scene, f"{before}{right}{wrong}{after}", message=f"close with `{right}` first", rank=20)
        yield _line(scene, f"{before}{right}{after}", message=f"close with `{right}`", rank=25)


def equals(scene: Scene) -> Iterator[Suggestion]:
    """An assignment where a comparison is meant."""
    for match in re.finditer(r"(?<![=!<>:+*/%&|^-])=(?!=)", scene.line):
        before, after = scene.line[: match.start()], scene.line[match.end() :]
        if re.match(r"\s*(?:if|elif|while|return|assert|and|or)\b", before) or re.search(r"\bif\b", before):
            yield _line(scene, f"{before}=={after}", message="compare with `==`", rank=10, source="comparison")


def comma(scene: Scene) -> Iterator[Suggestion]:
    """Two expressions stand beside each other, on this line or at the end of the ones before."""
    tokens = list(_TOKEN.finditer(scene.line))
    for left, right in pairwise(tokens):
        if _ends_value(left[0]) and _begins_value(right[0]):
            new = f"{scene.line[: left.end()]},{scene.line[left.end() :]}"
            yield _line(scene, new, message="add a comma", rank=15)
    for line in range(scene.finding.line, scene.finding.line + 2):
        code, rest = _code(line_at(scene.text, line))
        if code and _ends_value(code[-1]):
            yield _line(scene, f"{code},{rest}", message="add a comma", rank=20 + line - scene.finding.line, line=line)


def _ends_value(token: str) -> bool:
    return token[-1].isalnum() or token[-1] in "\"')]}_"


def _begins_value(token: str) -> bool:
    return token[0].isalnum() or token[0] in "\"'([{_"


def print_call(scene: Scene) -> Iterator[Suggestion]:
    """``print x``, everywhere in the file, for one message is all that the interpreter gives."""
    edits = []
    for number, line in enumerate(scene.text.split("\n"), 1):
        code, rest = _code(line.removesuffix("\r"))
        if match := re.match(r"(?P<indent>\s*)(?P<name>print|exec)\s+(?P<what>[^(=\s].*|\([^()]*\)\s*[%.+].*)$", code):
            new = f"{match['indent']}{match['name']}({match['what']}){rest}"
            edits.append(replace_line(scene.text, scene.file, line=number, new=new))
    if edits:
        yield scene.suggestion(*edits, message="call it with parentheses", rank=10, source="old syntax")


def except_as(scene: Scene) -> Iterator[Suggestion]:
    """``except E, e`` of old, or several exceptions without parentheses."""
    edits = []
    for number, line in enumerate(scene.text.split("\n"), 1):
        if match := re.match(r"(\s*except\s+)([\w.]+)\s*,\s*([a-z]\w*)\s*:(.*)$", line):
            new = f"{match[1]}{match[2]} as {match[3]}:{match[4]}"
            edits.append(replace_line(scene.text, scene.file, line=number, new=new.removesuffix("\r")))
    if edits:
        yield scene.suggestion(*edits, message="name the exception with `as`", rank=10, source="old syntax")
    if match := re.match(r"(\s*except\s+)([\w., ]+?)(\s+as\s+\w+)?\s*:(.*)$", scene.line):
        yield _line(
            scene,
            f"{match[1]}({match[2]}){match[3] or ''}:{match[4]}",
            message="parenthesise them",
            rank=20,
            source="old syntax",
        )


def tabs(scene: Scene) -> Iterator[Suggestion]:
    """Tabs and blanks are mixed: every tab at the start of a line becomes blanks, as wide as the others indent."""
    widths = [len(indent) for line in scene.text.split("\n") if (indent := indent_of(line)) and "\t" not in indent]
    for rank, width in enumerate(dict.fromkeys((min(widths, default=4), 4, _TAB))):
        edits = []
        for number, line in enumerate(scene.text.split("\n"), 1):
            indent = indent_of(line)
            if "\t" in indent:
                start = offset(scene.text, number)
                edits.append(Edit(scene.file, start, start + len(indent), indent.replace("\t", " " * width)))
        if edits:
            yield scene.suggestion(*edits, message="indent with blanks", rank=10 + rank, source="indentation")


def indentation(scene: Scene) -> Iterator[Suggestion]:
    """A line is indented as no other around it is: as the one above, as the next, or one step in or out."""
    above = next(
        (line_at(scene.text, n) for n in range(scene.finding.line - 1, 0, -1) if line_at(scene.text, n).strip()), ""
    )
    below = line_at(scene.text, scene.finding.line + 1)
    own = indent_of(scene.line)
    known = sorted(
        {indent_of(line_at(scene.text, n)) for n in range(1, scene.finding.line)},
        key=lambda one: abs(len(one) - len(own)),
    )
    inner = [indent_of(above) + "    "] if above.rstrip().endswith(":") else []
    for rank, indent in enumerate(dict.fromkeys([*inner, indent_of(above), indent_of(below), *known[:3]])):
        if indent != own:
            yield _line(
                scene,
                indent + scene.line.lstrip(),
                message="indent it like its neighbours",
                rank=20 + rank,
                source="indentation",
            )


def empty_block(scene: Scene) -> Iterator[Suggestion]:
    """``expected an indented block``: what follows belongs inside. An empty block is never filled with ``pass``."""
    number = scene.finding.line
    owner = next((line_at(scene.text, n) for n in range(number - 1, 0, -1) if line_at(scene.text, n).strip()), "")
    outer = indent_of(owner)
    step = "\t" if outer.startswith("\t") else "    "
    edits = []
    while (line := line_at(scene.text, number)).strip() and indent_of(line) == outer:
        edits.append(replace_line(scene.text, scene.file, line=number, new=step + line))
        yield scene.suggestion(*edits, message="indent it", rank=20 + len(edits), source="indentation")
        number += 1
        if re.match(r"\s*(?:def|class|return|elif|else|except|finally)\b", line_at(scene.text, number)):
            break


def quote(scene: Scene) -> Iterator[Suggestion]:
    """A text literal does not end: before the brackets that close the line, or at its end."""
    code = scene.line.rstrip()
    opened = re.search(r"(['\"])(?!.*\1.*\1)", code)
    mark = next((char for char in "\"'" if code.count(char) % 2), opened[1] if opened else '"')
    stem = code.rstrip(")]}:,")
    for rank, cut in enumerate(dict.fromkeys((len(stem), *range(len(stem), len(code) + 1)))):
        yield _line(
            scene, f"{code[:cut]}{mark}{code[cut:]}", message="end the text", rank=20 + rank, source="unclosed text"
        )


def keyword_value(scene: Scene) -> Iterator[Suggestion]:
    """Words of other languages: ``else if``, ``&&``, ``||``, ``!``, ``true``, ``null``, ``++``."""
    line = scene.line
    for pattern, new in _FOREIGN:
        line = pattern.sub(new, line)
    if line != scene.line:
        yield _line(scene, line, message="write it as in Python", rank=15, source="foreign syntax")


_FOREIGN = tuple(
    (re.compile(pattern), new)
    for pattern, new in (
        (r"\belse if\b", "elif"),
        (r"\s*&&\s*", " and "),
        (r"\s*\|\|\s*", " or "),
        (r"!(?=[\w(])", "not "),
        (r"(\w+)\+\+\s*;?\s*$", r"\1 += 1"),
        (r"(\w+)--\s*;?\s*$", r"\1 -= 1"),
        (r"\bnew (?=[A-Z])", ""),
    )
)


def misplaced_word(scene: Scene) -> Iterator[Suggestion]:
    """A keyword at the start of the line is misspelled."""
    words = {"esle": "else", "eles": "else", "elseif": "elif", "elsif": "elif", "retrun": "return", "reutrn": "return"}
    words |= {
        "fro": "for",
        "ofr": "for",
        "whiel": "while",
        "wihle": "while",
        "dfe": "def",
        "edf": "def",
        "function": "def",
    }
    words |= {"func": "def", "calss": "class", "clas": "class", "improt": "import", "imoprt": "import", "form": "from"}
    words |= {
        "yeild": "yield",
        "yeld": "yield",
        "rasie": "raise",
        "riase": "raise",
        "exept": "except",
        "catch": "except",
    }
    if match := re.match(r"(\s*)(\w+)\b(.*)$", scene.line):
        new = words.get(match[2])
        if new:
            yield _line(
                scene,
                f"{match[1]}{new}{match[3]}",
                message=f"`{match[2]}` is spelled `{new}`",
                rank=12,
                source="misspelled word",
            )


def keyword_order(scene: Scene) -> Iterator[Suggestion]:
    """``positional argument follows keyword argument``: the one that comes last goes first."""
    if match := re.search(r"\(([^()]*)\)", scene.line):
        parts = [part.strip() for part in match[1].split(",")]
        plain = [part for part in parts if "=" not in part]
        new = ", ".join([*plain, *(part for part in parts if "=" in part)])
        line = scene.line[: match.start(1)] + new + scene.line[match.end(1) :]
        edit = replace_line(scene.text, scene.file, line=scene.finding.line, new=line)
        yield scene.suggestion(
            edit, message="put it first", rank=40, source="misplaced statement", applicability=Applicability.RISKY
        )


TABLE = rows(
    (r"SyntaxError: expected ':'", colon),
    (r"SyntaxError: '(?P<bracket>[(\[{])' was never closed", unclosed),
    (r"SyntaxError: '(?P<bracket>[(\[{])' was never closed", unclosed_inside),
    (r"SyntaxError: unmatched '(?P<bracket>[)\]}])'", unmatched),
    (
        r"SyntaxError: closing parenthesis '(?P<bracket>.)' does not match opening parenthesis '(?P<opening>.)'",
        mismatched,
    ),
    (r"SyntaxError: .*(?:Maybe you meant '=='|cannot assign to|You might want '==')", equals),
    (r"SyntaxError: .*(?:forgot a comma|invalid syntax)", comma),
    (r"SyntaxError: Missing parentheses in call to", print_call),
    (r"SyntaxError: multiple exception types must be parenthesized", except_as),
    (r"TabError: |IndentationError: unindent does not match|IndentationError: unexpected indent", tabs),
    (r"IndentationError: unindent does not match|IndentationError: unexpected indent", indentation),
    (r"IndentationError: expected an indented block", empty_block),
    (r"SyntaxError: unterminated (?:f-)?string literal", quote),
    (r"SyntaxError: (?:invalid syntax|expected ':'|expected 'else')", keyword_value),
    (r"SyntaxError: (?:invalid syntax|.*forgot a comma)", misplaced_word),
    (r"SyntaxError: positional argument follows keyword argument", keyword_order),
)
