"""What C demands of a text and of its types, where the message says what is missing."""

import re
from collections.abc import Iterator

from orchestrator.domain.suggestion import Edit, Suggestion
from orchestrator.fixers.braces import unclosed
from orchestrator.fixers.places import delete_line, indent_of, insert_line, line_at, offset, replace_line, utf8
from orchestrator.fixers.templates import Scene, rows

_DECLARATION = re.compile(
    r"\s*(?:static |const |unsigned |signed |struct )*\w+[\s*]+\w+(?:\[\w*\])?\s*(?:=\s*[-\w.\"']+)?;\s*$"
)


def missing(scene: Scene) -> Iterator[Suggestion]:
    """``expected ';' before``, and the like for brackets: behind the finding, before it, or at the end of its line."""
    yield from _inserted(scene, scene.match["token"])


def missing_semicolon(scene: Scene) -> Iterator[Suggestion]:
    """``expected '=', ',', ';', 'asm' or ...``: of these only the end of the declaration can be guessed."""
    above = len(scene.text[: offset(scene.text, scene.finding.line)].rstrip())
    if scene.text[above - 1 : above] == "}":
        edit = Edit(scene.file, above, above, ";")
        yield scene.suggestion(edit, message="end the declaration above", rank=19, source="missing token")
    yield from _inserted(scene, ";")


def _inserted(scene: Scene, token: str) -> Iterator[Suggestion]:
    here = offset(scene.text, scene.finding.line, column=scene.finding.column, width=utf8)
    line_end = offset(scene.text, scene.finding.line) + len(scene.line.split("//")[0].rstrip())
    before = len(scene.text[:here].rstrip())
    word = re.compile(r"\w*").match(scene.text, here)
    places = [word.end() if word else here, before, here + 1, line_end]
    for rank, place in enumerate(dict.fromkeys(places)):
        edit = Edit(scene.file, place, place, token)
        yield scene.suggestion(edit, message=f"add `{token}`", rank=20 + rank, source="missing token")


def closing_brace(scene: Scene) -> Iterator[Suggestion]:
    """A block is not closed: after each line that is followed by one which is indented less than the block demands."""
    found = list(unclosed(scene.text))
    for rank, (line, indent) in enumerate(found):
        edit = insert_line(scene.text, scene.file, line=line, new=f"{indent}}}")
        yield scene.suggestion(edit, message="close the block", rank=20 + rank, source="unclosed block")
    end = scene.text.count("\n") + 1
    yield scene.suggestion(
        insert_line(scene.text, scene.file, line=end, new="}"),
        message="close the block",
        rank=40,
        source="unclosed block",
    )


def address_of(scene: Scene) -> Iterator[Suggestion]:
    """``scanf`` is given a value where it wants a place."""
    for number in range(scene.finding.line, scene.finding.line + 3):
        line = line_at(scene.text, number)
        match = re.search(r"\b\w*scanf\s*\((?P<arguments>.*)\)", line)
        if not match:
            continue
        parts = re.split(r",\s*(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", match["arguments"])
        wanted = int(scene.match["number"]) - 1
        if wanted < len(parts) and re.fullmatch(r"\s*[\w.\[\]>-]+(?:\).*)?\s*", parts[wanted]):
            parts[wanted] = parts[wanted].replace(parts[wanted].lstrip(), "&" + parts[wanted].lstrip())
            joined = ", ".join(part.strip() for part in parts)
            new = f"{line[: match.start('arguments')]}{joined}{line[match.end('arguments') :]}"
            edit = replace_line(scene.text, scene.file, line=number, new=new)
            yield scene.suggestion(edit, message="pass its address", rank=20, source="missing address")


def comparison(scene: Scene) -> Iterator[Suggestion]:
    """An assignment in a condition. Parentheses would only silence the warning."""
    for match in re.finditer(r"(?<![=!<>+*/%&|^-])=(?!=)", scene.line):
        if re.search(r"\b(?:if|while)\s*\(", scene.line[: match.start()]):
            start = offset(scene.text, scene.finding.line) + match.start()
            edit = Edit(scene.file, start, start + 1, "==")
            yield scene.suggestion(edit, message="compare with `==`", rank=20, source="comparison")


def fall_through(scene: Scene) -> Iterator[Suggestion]:
    """A case runs into the next one. Whether that is meant, only its author knows: a comment would have said so."""
    for number in range(scene.finding.line + 1, scene.finding.line + 8):
        line = line_at(scene.text, number)
        if re.match(r"\s*(?:case\b.*|default\s*):", line):
            last = line_at(scene.text, number - 1)
            indent = indent_of(last) if "}" not in last else indent_of(line) + "    "
            edit = insert_line(scene.text, scene.file, line=number, new=f"{indent}break;")
            yield scene.suggestion(edit, message="end the case with `break`", rank=60, source="fall-through")
            return


def unused(scene: Scene) -> Iterator[Suggestion]:
    """A variable that is never read: its declaration goes, where nothing is computed in it."""
    if _DECLARATION.match(scene.line) and "(" not in scene.line:
        edit = delete_line(scene.text, scene.file, line=scene.finding.line)
        yield scene.suggestion(edit, message=f"remove `{scene.match['name']}`", rank=80, source="unused variable")


def signedness(scene: Scene) -> Iterator[Suggestion]:
    """A counter that begins at a literal and only grows is compared with a size: it becomes one."""
    pattern = re.compile(
        r"for\s*\(\s*(?P<type>int|long|short)\s+(?P<name>\w+)\s*=\s*\d+\s*;[^;]*;\s*(?:(?P=name)\+\+|\+\+(?P=name)|(?P=name)\s*\+=)"
    )
    if match := pattern.search(scene.line):
        start = offset(scene.text, scene.finding.line) + match.start("type")
        edit = Edit(scene.file, start, start + len(match["type"]), "size_t")
        yield scene.suggestion(edit, message=f"count with `size_t {match['name']}`", rank=40, source="type mismatch")


def implicit_int(scene: Scene) -> Iterator[Suggestion]:
    """A declaration without a type, which was ``int`` before C99."""
    match = re.match(r"(?P<lead>\s*(?:(?:static|extern|const|inline)\s+)*)(?=[A-Za-z_]\w*\s*[(=;\[])", scene.line)
    if match:
        place = offset(scene.text, scene.finding.line) + match.end("lead")
        edit = Edit(scene.file, place, place, "int ")
        yield scene.suggestion(edit, message="its type is `int`", rank=30, source="missing type")


def quote(scene: Scene) -> Iterator[Suggestion]:
    """``missing terminating " character``: before the brackets that close the line."""
    code = scene.line.rstrip()
    stem = code.rstrip(");,")
    place = offset(scene.text, scene.finding.line) + len(stem)
    yield scene.suggestion(
        Edit(scene.file, place, place, scene.match["mark"]), message="end the text", rank=20, source="unclosed text"
    )


def struct_tag(scene: Scene) -> Iterator[Suggestion]:
    """A struct, union or enum is named without its keyword."""
    name = scene.match["name"]
    if match := re.search(rf"\b(struct|union|enum)\s+{re.escape(name)}\b", scene.text):
        start = offset(scene.text, scene.finding.line)
        edits = [
            Edit(scene.file, start + use.start(), start + use.start(), f"{match[1]} ")
            for use in re.finditer(rf"(?<!struct )(?<!union )(?<!enum )\b{re.escape(name)}\b", scene.line)
        ]
        yield scene.suggestion(*edits[:1], message=f"it is `{match[1]} {name}`", rank=15, source="missing struct")


_Q = r"[\u2018'`\"]"
TABLE = rows(
    (rf"expected {_Q}(?P<token>[)\],])[\u2019'\"] (?:before|at|after)", missing),
    (rf"expected {_Q}[=,;][^.]* before", missing_semicolon),
    (r"expected (?:declaration or statement|'\}') at end of input|expected [\u2018'`\"]\}[\u2019'\"]", closing_brace),
    (r"(?:static declaration|invalid storage class|nested function|ISO C forbids nested)", closing_brace),
    (r"format .* expects argument of type .*\*[\u2019'\"], but argument (?P<number>\d+) has type", address_of),
    (r"(?:suggest parentheses around assignment|using the result of an assignment)", comparison),
    (r"(?:may fall through|unannotated fall-through)", fall_through),
    (rf"unused variable {_Q}(?P<name>\w+)", unused),
    (r"comparison of integer.* of different sign", signedness),
    (r"(?:return type|type) (?:of .*)?defaults to|type specifier missing", implicit_int),
    (r"missing terminating (?P<mark>[\"']) character", quote),
    (rf"unknown type name {_Q}(?P<name>\w+)", struct_tag),
)
