"""Calls that do not fit: a missing ``self``, ``await`` or ``str()``, a misspelled keyword, a value that is none."""

import ast
from collections.abc import Iterator

from orchestrator.domain.suggestion import Applicability, Edit, Suggestion
from orchestrator.fixers.near import near_misses
from orchestrator.fixers.python.source import classes, enclosing, functions, nodes, source_of, span
from orchestrator.fixers.templates import Scene, rows

_IN_PLACE = {"sort": "sorted", "reverse": "reversed"}


def missing_self(scene: Scene) -> Iterator[Suggestion]:
    """A method is given one argument more than it takes: it does not name the object that it is called on."""
    name = scene.match["name"]
    for file, text in scene.diagnosis.texts.items():
        for owner in classes(text) if file.endswith(".py") and name in text else ():
            for node in owner.body:
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name and _lacks_self(node):
                    place = text.index("(", text.index(name, text.index("def", span(text, node)[0]))) + 1
                    new = "self, " if node.args.args or node.args.vararg or node.args.kwonlyargs else "self"
                    yield scene.suggestion(
                        Edit(file, place, place, new), message=f"`{name}` takes `self`", rank=10, source="missing self"
                    )


def _lacks_self(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    names = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
    marks = {one.id for one in node.decorator_list if isinstance(one, ast.Name)}
    return not (names[:1] in (["self"], ["cls"]) or marks & {"staticmethod", "classmethod"})


def missing_await(scene: Scene) -> Iterator[Suggestion]:
    """A coroutine is used where its result is wanted: what is called and not awaited in this function, or anywhere."""
    known = {
        one.name
        for text in scene.diagnosis.texts.values()
        if "async def" in text
        for one in functions(text)
        if isinstance(one, ast.AsyncFunctionDef)
    }
    named = scene.match.groupdict().get("name")
    for file, text in scene.diagnosis.texts.items():
        for function in functions(text) if file.endswith(".py") else ():
            if isinstance(function, ast.AsyncFunctionDef):
                here = enclosing(scene.text, scene.finding.line)
                is_here = file == scene.file and here is not None and here.lineno == function.lineno
                for call in _unawaited(function, {named.rpartition(".")[2]} if named else known):
                    yield _awaited(scene, file, call=call, rank=20 if is_here else 30)


def _unawaited(function: ast.AsyncFunctionDef, names: set[str]) -> Iterator[ast.Call]:
    awaited = {one.value for one in ast.walk(function) if isinstance(one, ast.Await)}
    inner = {one for call in ast.walk(function) if isinstance(call, ast.Call) for one in call.args}
    for one in ast.walk(function):
        if isinstance(one, ast.Call) and one not in awaited and one not in inner | awaited:
            name = one.func.attr if isinstance(one.func, ast.Attribute) else getattr(one.func, "id", "")
            if name in names:
                yield one


def _awaited(scene: Scene, file: str, *, call: ast.Call, rank: int) -> Suggestion:
    text = scene.diagnosis.texts[file]
    start, end = span(text, call)
    is_inside = text[end : end + 1] in {".", "["}
    new = f"(await {text[start:end]})" if is_inside else f"await {text[start:end]}"
    return scene.suggestion(Edit(file, start, end, new), message="await it", rank=rank, source="missing await")


def text_and_number(scene: Scene) -> Iterator[Suggestion]:
    """A text and a number are joined with ``+``: the number is wrapped in ``str()``."""
    for operand in _operands(scene):
        start, end = span(scene.text, operand)
        new = f"str({scene.text[start:end]})"
        yield scene.suggestion(
            Edit(scene.file, start, end, new), message=f"write `{new}`", rank=30, source="type mismatch"
        )


def number_and_text(scene: Scene) -> Iterator[Suggestion]:
    """A text is added to a number: it may be one that was read and not converted."""
    for operand in _operands(scene):
        start, end = span(scene.text, operand)
        yield scene.suggestion(
            Edit(scene.file, start, end, f"int({scene.text[start:end]})"),
            message=f"read `{scene.text[start:end]}` as a number",
            rank=40,
            source="type mismatch",
            applicability=Applicability.RISKY,
        )


def _operands(scene: Scene) -> list[ast.expr]:
    """What stands right of a ``+`` on the line and is no literal text and no conversion, the outermost first."""
    found: list[ast.expr] = []
    for node in nodes(scene.text):
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Add):
            if not node.lineno <= scene.finding.line <= (node.end_lineno or node.lineno):
                continue
            side = node.right if isinstance(node, ast.BinOp) else node.value
            found += [side] if _may_be_number(side) else []
    return found


def _may_be_number(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return False
    is_sum = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)
    is_text = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "str"
    return not is_sum and not is_text


def keyword(scene: Scene) -> Iterator[Suggestion]:
    """An argument is given by a name that nearly is that of a parameter."""
    name, wrong = scene.match["name"].rpartition(".")[2], scene.match["keyword"]
    known: set[str] = set()
    for text in scene.diagnosis.texts.values():
        known |= {
            one.arg
            for node in (functions(text) if name in text else ())
            if node.name == name or name == "__init__" == node.name
            for one in (*node.args.args, *node.args.kwonlyargs)
        } | _fields(text, name)
    for node in nodes(scene.text):
        if isinstance(node, ast.keyword) and node.arg == wrong and node.lineno <= scene.finding.line + 20:
            start, end = span(scene.text, node.value)
            begin = scene.text.rfind(wrong, 0, start)
            for place, other in enumerate(near_misses(wrong, known)):
                yield scene.suggestion(
                    Edit(scene.file, begin, begin + len(wrong), other),
                    message=f"the parameter is called `{other}`",
                    rank=20 + place,
                    source="misspelled name",
                )
            del end


def _fields(text: str, name: str) -> set[str]:
    """Of classes: a data class takes its fields."""
    return {
        one.target.id
        for owner in (classes(text) if name == "__init__" else ())
        for one in owner.body
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
    }


def in_place(scene: Scene) -> Iterator[Suggestion]:
    """``rows = names.sort()``: what changes a list in place returns nothing."""
    for node in nodes(scene.text):
        match node:
            case (
                ast.Assign(value=ast.Call(func=ast.Attribute(value=owner, attr=attr)) as call)
                | ast.Return(value=ast.Call(func=ast.Attribute(value=owner, attr=attr)) as call)
            ) if attr in _IN_PLACE:
                arguments = [source_of(scene.text, one) for one in call.args]
                arguments += [f"{one.arg}={source_of(scene.text, one.value)}" for one in call.keywords]
                new = f"{_IN_PLACE[attr]}({', '.join([source_of(scene.text, owner), *arguments])})"
                new = f"list({new})" if attr == "reverse" else new
                yield scene.suggestion(
                    Edit(scene.file, *span(scene.text, call), new),
                    message=f"use `{new}`",
                    rank=40,
                    source="missing result",
                )
            case _:
                pass


def not_callable(scene: Scene) -> Iterator[Suggestion]:
    """A property is called."""
    known = {
        node.name
        for text in scene.diagnosis.texts.values()
        for node in functions(text)
        if any(
            getattr(one, "id", getattr(one, "attr", "")) in {"property", "cached_property"}
            for one in node.decorator_list
        )
    }
    for node in nodes(scene.text):
        if not isinstance(node, ast.Call) or node.lineno != scene.finding.line or node.args or node.keywords:
            continue
        if isinstance(node.func, ast.Attribute) and node.func.attr in known:
            end = span(scene.text, node.func)[1]
            yield scene.suggestion(
                Edit(scene.file, end, span(scene.text, node)[1], ""),
                message=f"`{node.func.attr}` is a property",
                rank=20,
                source="call of a property",
            )


def on_the_class(scene: Scene) -> Iterator[Suggestion]:
    """A method is called on its class: an object is missing."""
    known = {one.name for text in scene.diagnosis.texts.values() for one in classes(text)}
    for node in nodes(scene.text):
        if not isinstance(node, ast.Attribute) or node.lineno != scene.finding.line:
            continue
        if isinstance(node.value, ast.Name) and node.value.id in known and node.attr == scene.match["name"]:
            end = span(scene.text, node.value)[1]
            yield scene.suggestion(
                Edit(scene.file, end, end, "()"), message=f"make a `{node.value.id}`", rank=40, source="missing object"
            )


def not_implemented(scene: Scene) -> Iterator[Suggestion]:
    """``raise NotImplemented``, which is no exception."""
    for node in nodes(scene.text):
        if isinstance(node, ast.Raise) and node.exc is not None and node.lineno == scene.finding.line:
            start, end = span(scene.text, node.exc)
            if scene.text[start:end].startswith("NotImplemented") and "Error" not in scene.text[start:end]:
                edit = Edit(scene.file, start, start + len("NotImplemented"), "NotImplementedError")
                yield scene.suggestion(edit, message="raise `NotImplementedError`", rank=10, source="wrong exception")


TABLE = rows(
    (
        (
            r"TypeError: (?:\w+\.)*(?P<name>\w+)\(\) takes (?:\d+|from \d+ to \d+) positional arguments? "
            r"but \d+ (?:was|were) given"
        ),
        missing_self,
    ),
    (r"RuntimeWarning: coroutine '(?P<name>[\w.]+)' was never awaited", missing_await),
    (r"(?:TypeError|AttributeError|ValueError): .*'?coroutine'?", missing_await),
    (r"TypeError: can only concatenate str \(not \"(?:int|float|bool|NoneType|Decimal)\"\) to str", text_and_number),
    (r"TypeError: unsupported operand type\(s\) for \+=?: '(?:int|float)' and 'str'", number_and_text),
    (r"TypeError: (?P<name>[\w.]+)\(\) got an unexpected keyword argument '(?P<keyword>\w+)'", keyword),
    (
        r"TypeError: (?:'NoneType' object is not|object of type 'NoneType' has no len|argument of type 'NoneType')",
        in_place,
    ),
    (r"AttributeError: 'NoneType' object has no attribute", in_place),
    (r"TypeError: 'NoneType' object is not", in_place),
    (r"TypeError: '\w+' object is not callable", not_callable),
    (r"TypeError: (?:\w+\.)*(?P<name>\w+)\(\) missing \d+ required positional arguments?: 'self'", on_the_class),
    (r"TypeError: (?:\w+\.)*(?P<name>\w+)\(\) missing \d+ required positional argument", on_the_class),
    (r"TypeError: exceptions must derive from BaseException", not_implemented),
)
