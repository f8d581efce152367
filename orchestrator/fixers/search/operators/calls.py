"""Calls: around an expression, of another function, with other arguments."""

import ast
from collections.abc import Callable, Mapping

from orchestrator.fixers.search.operators.variant import Variants, at, crowd, exchanged
from orchestrator.fixers.search.scope import Scope

__all__ = ["add_argument", "aggregate", "callee", "drop_argument", "library", "swap_arguments", "wrap"]

_GROUPS: tuple[tuple[str, ...], ...] = (
    ("any", "all"),
    ("min", "max", "sum", "len"),
    ("list", "set", "tuple", "sorted", "reversed"),
    ("int", "float", "str", "round", "bool"),
    ("append", "extend", "add", "update"),
    ("pop", "popleft", "remove"),
    ("lower", "upper", "swapcase", "title", "capitalize"),
    ("islower", "isupper", "isalpha", "isdigit", "isalnum", "isspace"),
    ("startswith", "endswith"),
    ("strip", "lstrip", "rstrip"),
    ("find", "rfind", "index", "count"),
    ("keys", "values", "items"),
    ("floor", "ceil", "sqrt"),
    ("sort", "reverse"),
    ("ord", "chr"),
    ("bin", "hex", "oct"),
    ("append", "appendleft"),
    ("intersection", "union", "difference"),
    ("zip", "enumerate"),
    ("split", "splitlines"),
)
_WRAPPERS = (
    "len",
    "abs",
    "int",
    "sorted",
    "list",
    "set",
    "sum",
    "str",
    "max",
    "min",
    "reversed",
    "round",
    "float",
    "bool",
)
_BY_KIND: Mapping[str, tuple[str, ...]] = {
    "int": ("abs({})", "str({})", "range({})", "float({})", "bin({})", "bin({})[2:]", "str({})[::-1]", "[{}]"),
    "float": ("abs({})", "int({})", "round({})", "round({}, 2)"),
    "str": (
        "len({})",
        "int({})",
        "{}.lower()",
        "{}.upper()",
        "{}.swapcase()",
        "{}.strip()",
        "{}.split()",
        "{}.capitalize()",
        "list({})",
        "set({})",
        "sorted({})",
        "''.join(sorted({}))",
        "{}[::-1]",
        "{}.replace(' ', '')",
        "{}.encode()",
        "[{}]",
    ),
    "list": ("len({})", "sorted({})", "set({})", "sum({})", "max({})", "min({})", "{}[::-1]", "list(set({}))", "[{}]"),
    "tuple": ("len({})", "list({})", "sorted({})", "sum({})"),
    "set": ("len({})", "sorted({})", "list({})"),
    "dict": ("len({})", "{}.values()", "{}.items()", "sorted({})", "list({})"),
}
_KEYS = (
    "reverse=True",
    "key=len",
    "key=len, reverse=True",
    "key=str",
    "key=abs",
    "key=lambda item: item[1]",
    "default=0",
)


def wrap(scope: Scope) -> Variants:
    """``e`` -> ``f(e)``, ``max(e, v)``, ``min(e, v)``, ``[e]``."""
    for node in scope.expressions:
        if _is_part(scope, node):
            continue
        own = scope.source.of(node)
        if not isinstance(node, ast.Constant | ast.Name):
            for name in _WRAPPERS:
                yield at(scope, node, text=f"{name}({own})")
            yield at(scope, node, text=f"[{own}]")
        if scope.is_number(node):
            for text in (*scope.having("int", "float")[:6], "0", "1"):
                if text != own:
                    yield at(scope, node, text=f"max({text}, {own})")
                    yield at(scope, node, text=f"min({text}, {own})")


def library(scope: Scope) -> Variants:
    """A variable, or what is returned or looped over -> a call that its type suggests."""
    for node in scope.expressions:
        if _is_part(scope, node):
            continue
        kinds = _likely_kinds(scope, node)
        operand = scope.operand(node)
        for kind in kinds:
            for text in _BY_KIND.get(kind, ()):
                yield at(scope, node, text=text.format(operand))


def aggregate(scope: Scope) -> Variants:
    """``x[i]`` -> ``sum(x)`` and the like; a list -> the same list sorted by a dictionary of the function."""
    for node in scope.expressions:
        if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
            for name in ("sum", "max", "min", "len"):
                yield at(scope, node, text=f"{name}({scope.source.of(node.value)})")
        if isinstance(node, ast.ListComp | ast.Name | ast.GeneratorExp | ast.Call):
            if _is_part(scope, node) or (isinstance(node, ast.Name) and "list" not in scope.kinds(node.id)):
                continue
            for name in scope.having("dict"):
                yield at(scope, node, text=f"sorted({scope.source.of(node)}, key=lambda item: {name}[item])")


def _likely_kinds(scope: Scope, node: ast.expr) -> list[str]:
    if isinstance(node, ast.Name):
        return sorted(scope.kinds(node.id))
    parent = scope.parents.get(node)
    is_shown = isinstance(parent, ast.Return | ast.For | ast.comprehension | ast.Call)
    return ["str", "list", "int"] if is_shown and isinstance(node, ast.Call | ast.Subscript | ast.Attribute) else []


def _is_part(scope: Scope, node: ast.expr) -> bool:
    parent = scope.parents.get(node)
    is_callee = isinstance(parent, ast.Call) and parent.func is node
    return (
        is_callee
        or isinstance(node, ast.Starred | ast.Slice)
        or (isinstance(node, ast.Tuple) and isinstance(parent, ast.Subscript))
    )


def callee(scope: Scope) -> Variants:
    """``any(x)`` -> ``all(x)``, ``x.lower()`` -> ``x.upper()``, a function of the file -> another one."""
    own = [node.name for node in scope.source.tree.body if isinstance(node, ast.FunctionDef)]
    for node in scope.expressions:
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            names = (*_group(node.func.id), *(own if node.func.id in own else ()))
            yield crowd(scope, node.func, texts=[name for name in names if name != node.func.id])
        elif isinstance(node.func, ast.Attribute):
            receiver = scope.source.of(node.func.value)
            for name in _group(node.func.attr):
                yield at(scope, node.func, text=f"{receiver}.{name}")


def _group(name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(other for group in _GROUPS if name in group for other in group if other != name))


def swap_arguments(scope: Scope) -> Variants:
    """``f(a, b)`` -> ``f(b, a)``; the same for tuples, and for ``x[a][b]``."""
    for node in scope.nodes:
        if isinstance(node, ast.Call):
            items = node.args
        elif isinstance(node, ast.Tuple | ast.List):
            items = node.elts
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Subscript):
            items = [node.value.slice, node.slice]
        else:
            continue
        for number, one in enumerate(items):
            yield exchanged(scope, one, others=items[number + 1 :], site=scope.source.span(node))


def drop_argument(scope: Scope) -> Variants:
    """``f(a, b)`` -> ``f(a)``; a keyword less."""
    for node in scope.expressions:
        if isinstance(node, ast.Call) and len(node.args) + len(node.keywords) > 1:
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            texts = [scope.source.of(arg) for arg in node.args]
            texts += [f"{word.arg}={scope.source.of(word.value)}" for word in node.keywords if word.arg]
            if len(texts) == len(given):
                for number in range(len(texts)):
                    rest = ", ".join(texts[:number] + texts[number + 1 :])
                    yield at(scope, node, text=f"{scope.source.of(node.func)}({rest})")


def add_argument(scope: Scope) -> Variants:
    """``sorted(x)`` -> ``sorted(x, reverse=True)``; ``range(n)`` -> ``range(1, n)``; other brackets."""
    for node in scope.expressions:
        if isinstance(node, ast.Call) and not node.keywords:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            further = _FURTHER.get(name)
            for text in further([scope.source.of(arg) for arg in node.args]) if further else ():
                yield at(scope, node, text=f"{scope.source.of(node.func)}({text})")


def _with_key(texts: list[str]) -> list[str]:
    return [", ".join((*texts, key)) for key in _KEYS]


def _rounds(texts: list[str]) -> list[str]:
    return [f"{texts[0]}, {digits}" for digits in (1, 2, 3)] if len(texts) == 1 else []


def _ranges(texts: list[str]) -> list[str]:
    match texts:
        case [own]:
            return [
                f"1, {own}",
                f"2, {own}",
                f"1, {own} + 1",
                f"2, {own} + 1",
                f"0, {own}, 2",
                f"{own} - 1, -1, -1",
                f"1, {own}, 2",
            ]
        case [start, stop]:
            more = f"{start} + 1, {stop} + 1"
            return [f"{start}, {stop}, 2", stop, f"{start}, {stop}, -1", f"{stop}, {start}", more]
        case _:
            return [", ".join(texts[:2])]


_FURTHER: Mapping[str, Callable[[list[str]], list[str]]] = {
    **dict.fromkeys(("sorted", "sort", "max", "min"), _with_key),
    "round": _rounds,
    "range": _ranges,
}
"""Callee -> all that may stand in its brackets, given what does."""
