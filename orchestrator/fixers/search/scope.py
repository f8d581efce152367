"""What an operator may draw on inside of one function: names and their types, constants, expressions, parents."""

import ast
import builtins
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from orchestrator.fixers.search.source import Function, Source

__all__ = ["Facts", "Scope", "is_compound"]

_ATOMS = (
    ast.Name,
    ast.Constant,
    ast.Call,
    ast.Attribute,
    ast.Subscript,
    ast.List,
    ast.Tuple,
    ast.Dict,
    ast.Set,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.JoinedStr,
)
_LONGEST_DONOR = 60
_OPEN = (
    ast.Return,
    ast.Assign,
    ast.AugAssign,
    ast.AnnAssign,
    ast.Expr,
    ast.If,
    ast.While,
    ast.For,
    ast.Assert,
    ast.Call,
    ast.List,
    ast.Tuple,
    ast.Set,
    ast.keyword,
    ast.arguments,
    ast.Slice,
)
"""Nodes in which an expression can stand without parentheses."""


@lru_cache(maxsize=20_000)
def is_compound(text: str) -> bool:
    """Whether an expression has an operator outside of brackets, so that it needs parentheses beside another one."""
    try:
        return not isinstance(ast.parse(text, mode="eval").body, _ATOMS)
    except (SyntaxError, ValueError):
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was seen when the tests ran.

    Attributes:
        types: name of a local -> names of the types that it had.
        attributes: name of a type -> names of the attributes that its objects had.
        signs: punctuation that stood in the texts that tests passed in.
        strings, numbers: constants mined from failing assertions, likeliest first.
    """

    types: Mapping[str, frozenset[str]] = field(default_factory=dict)
    attributes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    signs: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    numbers: tuple[int | float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Scope:
    """One function of a file, with what is known of it."""

    source: Source
    function: Function
    facts: Facts = field(default_factory=Facts)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All nodes of the body, its own decorators and defaults left out."""
        return tuple(inner for statement in self.function.node.body for inner in ast.walk(statement))

    @cached_property
    def parents(self) -> Mapping[ast.AST, ast.AST]:
        """Node -> the node that it is a child of."""
        return {child: node for node in ast.walk(self.function.node) for child in ast.iter_child_nodes(node)}

    @cached_property
    def locals(self) -> tuple[str, ...]:
        """Parameters and assigned names, in the order in which they appear."""
        node = self.function.node
        given = [arg.arg for inner in ast.walk(node) if isinstance(inner, ast.arguments) for arg in _arguments(inner)]
        names = [inner for inner in self.nodes if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)]
        names.sort(key=lambda name: (name.lineno, name.col_offset))
        own = [inner.name for inner in self.nodes if isinstance(inner, ast.FunctionDef)]
        return tuple(dict.fromkeys([*given, *(name.id for name in names), *own]))

    @cached_property
    def values(self) -> tuple[str, ...]:
        """Locals without functions."""
        functions = {inner.name for inner in self.nodes if isinstance(inner, ast.FunctionDef)}
        return tuple(name for name in self.locals if name not in functions)

    def function_parameters(self) -> tuple[str, ...]:
        """Names of the function's own parameters."""
        return tuple(argument.arg for argument in _arguments(self.function.node.args))

    def kinds(self, name: str) -> frozenset[str]:
        """Types that a local had; empty where nothing is known."""
        return self.facts.types.get(name, frozenset())

    def alike(self, name: str) -> tuple[str, ...]:
        """Locals that may stand for ``name``: no known type speaks against it."""
        if name not in self._alike:
            own = _widened(self.kinds(name))
            self._alike[name] = tuple(
                other
                for other in self.values
                if other != name and (not own or not self.kinds(other) or own & _widened(self.kinds(other)))
            )
        return self._alike[name]

    @cached_property
    def _alike(self) -> dict[str, tuple[str, ...]]:
        return {}

    def having(self, *kinds: str) -> tuple[str, ...]:
        """Locals that were seen with one of the types."""
        return tuple(name for name in self.values if self.kinds(name) & set(kinds))

    @cached_property
    def constants(self) -> tuple[ast.Constant, ...]:
        """Constants of the body, texts that stand for themselves left out."""
        return tuple(
            node
            for node in self.nodes
            if isinstance(node, ast.Constant) and not isinstance(self.parents.get(node), ast.Expr | ast.JoinedStr)
        )

    @cached_property
    def literals(self) -> Mapping[type, tuple[str, ...]]:
        """Type of constant -> those of the body, as text, each once."""
        found: dict[type, dict[str, None]] = {}
        for node in self.constants:
            found.setdefault(type(node.value), {})[repr(node.value)] = None
        return {kind: tuple(texts) for kind, texts in found.items()}

    @cached_property
    def donors(self) -> tuple[str, ...]:
        """Texts of the expressions of the function, short ones first, each once."""
        texts = {self.source.of(node) for node in self.expressions if not isinstance(node, ast.Starred | ast.Slice)}
        texts |= set(self.values)
        return tuple(
            sorted((text for text in texts if len(text) <= _LONGEST_DONOR and "\n" not in text), key=_by_length)
        )

    @cached_property
    def expressions(self) -> tuple[ast.expr, ...]:
        """Expressions that are read, in the order of the text; no annotation, no part of an f-string."""
        found = [node for node in self.nodes if isinstance(node, ast.expr) and self._is_read(node)]
        return tuple(sorted(found, key=lambda node: (node.lineno, node.col_offset)))

    def _is_read(self, node: ast.expr) -> bool:
        if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
            return False
        parent = self.parents.get(node)
        if isinstance(parent, ast.arg | ast.JoinedStr | ast.FormattedValue) or isinstance(node, ast.FormattedValue):
            return False
        is_text = isinstance(parent, ast.Expr) and isinstance(node, ast.Constant)
        is_annotation = isinstance(parent, ast.AnnAssign) and parent.annotation is node
        is_result = isinstance(parent, ast.FunctionDef) and parent.returns is node
        return not (is_text or is_annotation or is_result)

    @cached_property
    def statements(self) -> tuple[ast.stmt, ...]:
        """Statements of the body at any depth that begin their line, texts that stand for themselves left out."""
        found = [node for node in self.nodes if isinstance(node, ast.stmt) and not _is_text(node)]
        lines = self.source.lines
        own_line = [
            node
            for node in found
            if lines[node.lineno - 1][: node.col_offset].isspace()
            and not lines[node.lineno - 1].lstrip().startswith("elif")
        ]
        return tuple(sorted(own_line, key=lambda node: (node.lineno, node.col_offset)))

    def fitted(self, node: ast.expr, text: str) -> str:
        """``text``, in parentheses where it needs them in the place of ``node``."""
        parent = self.parents.get(node)
        is_open = isinstance(parent, _OPEN) or (isinstance(parent, ast.Subscript) and parent.slice is node)
        return text if is_open or not is_compound(text) else f"({text})"

    def operand(self, node: ast.expr) -> str:
        """The text of ``node``, fit to stand beside an operator."""
        text = self.source.of(node)
        return f"({text})" if is_compound(text) else text

    def is_number(self, node: ast.expr) -> bool:
        """Whether ``node`` may well be a number."""
        if isinstance(node, ast.Constant):
            return isinstance(node.value, int | float) and not isinstance(node.value, bool)
        if isinstance(node, ast.Name):
            kinds = self.kinds(node.id)
            return bool(kinds & {"int", "float"}) or (not kinds and node.id in self.values)
        if isinstance(node, ast.BinOp):
            return not isinstance(node.op, ast.Mod) or self.is_number(node.left)
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            return name in {"len", "int", "sum", "min", "max", "abs", "round", "float", "ord"} or name in self.locals
        return isinstance(node, ast.Subscript | ast.UnaryOp) and not isinstance(getattr(node, "slice", None), ast.Slice)

    def known(self) -> Iterator[str]:
        """Every name that may be read in the function."""
        yield from self.locals
        yield from dir(builtins)
        for node in self.source.tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield node.name
            elif isinstance(node, ast.Import | ast.ImportFrom):
                yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.Assign):
                yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _arguments(node: ast.arguments) -> list[ast.arg]:
    extra = [one for one in (node.vararg, node.kwarg) if one is not None]
    return [*node.posonlyargs, *node.args, *node.kwonlyargs, *extra]


def _by_length(text: str) -> tuple[int, str]:
    return len(text), text


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


_NUMBERS = frozenset({"int", "float"})


def _widened(kinds: frozenset[str]) -> frozenset[str]:
    return kinds | _NUMBERS if kinds & _NUMBERS else kinds
