"""What an operator may draw on inside of one function: names and their types, constants, expressions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from orchestrator.domain.suggestion import Edit
from orchestrator.fixers.search.js.source import FUNCTIONS, Function, Source
from orchestrator.fixers.search.js.tree import Node, parsed
from orchestrator.fixers.search.operators.variant import Change, Crowd
from orchestrator.fixers.search.scope import Facts

__all__ = ["ARITHMETIC", "COMPARISONS", "LOGIC", "Scope", "is_compound"]

COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!=", "===", "!==", "in", "instanceof"})
LOGIC = frozenset({"&&", "||", "??"})
ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "**", "&", "|", "^", "<<", ">>", ">>>"})
_LITERALS = frozenset({"number", "string", "true", "false", "null", "undefined"})
_EXPRESSIONS = _LITERALS | {
    "identifier",
    "template_string",
    "this",
    "binary_expression",
    "unary_expression",
    "update_expression",
    "ternary_expression",
    "call_expression",
    "new_expression",
    "member_expression",
    "subscript_expression",
    "array",
    "object",
    "arrow_function",
    "await_expression",
    "parenthesized_expression",
}
_COMPOUND = frozenset(
    {
        "binary_expression",
        "unary_expression",
        "ternary_expression",
        "arrow_function",
        "assignment_expression",
        "augmented_assignment_expression",
        "await_expression",
        "yield_expression",
        "sequence_expression",
        "update_expression",
    }
)
_OPEN = frozenset(
    {
        "return_statement",
        "variable_declarator",
        "assignment_expression",
        "augmented_assignment_expression",
        "expression_statement",
        "arguments",
        "array",
        "parenthesized_expression",
        "pair",
        "template_substitution",
        "arrow_function",
        "for_statement",
        "for_in_statement",
    }
)
"""Nodes in which an expression can stand without parentheses."""
_BINDING = frozenset(
    {"formal_parameters", "array_pattern", "object_pattern", "rest_pattern", "catch_clause", "pair_pattern"}
)
_STATEMENTS = ("_statement", "_declaration")
_NUMERIC = frozenset({"floor", "ceil", "round", "abs", "max", "min", "pow", "sqrt", "indexOf", "lastIndexOf", "trunc"})
_LONGEST_DONOR = 60


@lru_cache(maxsize=20_000)
def is_compound(text: str) -> bool:
    """Whether an expression has an operator outside of brackets, so that it needs parentheses beside another one."""
    if text.isidentifier() or text.isdigit():
        return False
    root = parsed(f"({text})")
    if root is None or len(root.children) != 1:
        return True
    inner = root.children[0].children[0]
    return not inner.children or inner.children[0].kind in _COMPOUND


def _is_binding(node: Node) -> bool:
    """Whether a name is introduced here."""
    parent = node.parent
    if parent is None or parent.kind in _BINDING:
        return True
    if parent.kind == "variable_declarator" or parent.kind in FUNCTIONS:
        return node in (parent.get("name"), parent.get("parameter"))
    if parent.kind == "for_in_statement":
        return parent.get("left") is node
    return parent.kind == "assignment_pattern" and parent.get("left") is node


@dataclass(frozen=True, kw_only=True)
class Scope:
    """One function of a file, with what is known of it."""

    source: Source
    function: Function
    facts: Facts = field(default_factory=Facts)

    @cached_property
    def body(self) -> Node:
        """What the function does: a block, or the expression of an arrow."""
        return self.function.node.part("body")

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes of the body."""
        return tuple(self.body.walk())

    @cached_property
    def locals(self) -> tuple[str, ...]:
        """Parameters and declared names, in the order in which they appear."""
        names = (
            self.source.of(node)
            for node in self.function.node.walk()
            if node.kind in {"identifier", "shorthand_property_identifier_pattern"} and _is_binding(node)
        )
        own = self.function.node.get("name")
        return tuple(dict.fromkeys(name for name in names if own is None or name != self.source.of(own)))

    @cached_property
    def values(self) -> tuple[str, ...]:
        """Locals without functions."""
        functions = {
            self.source.of(node.parent.part("name"))
            for node in self.nodes
            if node.kind in FUNCTIONS and node.parent is not None and node.parent.kind == "variable_declarator"
        }
        functions |= {self.source.of(node.part("name")) for node in self.nodes if node.kind == "function_declaration"}
        return tuple(name for name in self.locals if name not in functions)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The function's own parameters that are plain names."""
        node = self.function.node
        given = node.get("parameters")
        one = node.get("parameter")
        items = given.children if given is not None else [one] if one is not None else []
        return tuple(self.source.of(item) for item in items if item.kind == "identifier")

    def kinds(self, name: str) -> frozenset[str]:
        """Types that a local had; empty where nothing is known."""
        return self.facts.types.get(name, frozenset())

    def alike(self, name: str) -> tuple[str, ...]:
        """Locals that may stand for ``name``: no known type speaks against it."""
        if name not in self._alike:
            own = self.kinds(name)
            self._alike[name] = tuple(
                other
                for other in self.values
                if other != name and (not own or not self.kinds(other) or own & self.kinds(other))
            )
        return self._alike[name]

    @cached_property
    def _alike(self) -> dict[str, tuple[str, ...]]:
        return {}

    def having(self, *kinds: str) -> tuple[str, ...]:
        """Locals that were seen with one of the types."""
        return tuple(name for name in self.values if self.kinds(name) & set(kinds))

    @cached_property
    def expressions(self) -> tuple[Node, ...]:
        """Expressions that are read, in the order of the text."""
        return tuple(node for node in self.nodes if node.kind in _EXPRESSIONS and self._is_read(node))

    def _is_read(self, node: Node) -> bool:
        parent = node.parent
        if parent is None or _is_binding(node):
            return False
        if parent.kind in {"assignment_expression", "augmented_assignment_expression"}:
            return parent.get("left") is not node
        if parent.kind == "update_expression" or (node.kind == "update_expression" and self.is_alone(node)):
            return False
        if node.kind == "string" and parent.kind == "expression_statement":
            return False  # a directive
        return not (node.kind == "parenthesized_expression" and self.is_head(node))

    def is_alone(self, node: Node) -> bool:
        """Whether nobody reads the value of ``node``."""
        parent = node.parent
        if parent is None or parent.kind == "expression_statement":
            return True
        return parent.kind == "for_statement" and parent.get("increment") is node

    def is_head(self, node: Node) -> bool:
        """Whether ``node`` is the bracket that belongs to ``if``, ``while`` or ``switch``."""
        parent = node.parent
        return (
            parent is not None
            and parent.kind.endswith("_statement")
            and node
            in (
                parent.get("condition"),
                parent.get("value"),
            )
        )

    def is_callee(self, node: Node) -> bool:
        """Whether ``node`` is what is called."""
        parent = node.parent
        return parent is not None and node in (parent.get("function"), parent.get("constructor"))

    @cached_property
    def constants(self) -> tuple[Node, ...]:
        """Literals that are read."""
        return tuple(node for node in self.expressions if node.kind in _LITERALS)

    @cached_property
    def donors(self) -> tuple[str, ...]:
        """Texts of the expressions of the function, short ones first, each once."""
        texts = {self.source.of(node) for node in self.expressions if not self.is_callee(node)} | set(self.values)
        return tuple(sorted((text for text in texts if _is_short(text)), key=lambda text: (len(text), text)))

    @cached_property
    def blocks(self) -> tuple[tuple[Node, ...], ...]:
        """Lists of statements, the outermost first, each statement on lines of its own."""
        found = []
        for node in self.nodes:
            if node.kind in {"statement_block", "switch_case", "switch_default"}:
                inner = tuple(child for child in node.children if child.kind.endswith(_STATEMENTS))
                if inner and not any(self.source.before(child).strip() for child in inner):
                    found.append(inner)
        return tuple(found)

    @cached_property
    def statements(self) -> tuple[Node, ...]:
        """Those of the blocks."""
        return tuple(node for block in self.blocks for node in block)

    @cached_property
    def returned(self) -> tuple[Node, ...]:
        """What the function, or one in it, returns."""
        values = [node.children[0] for node in self.nodes if node.kind == "return_statement" and node.children]
        bodies = [node.part("body") for node in (self.function.node, *self.nodes) if node.kind == "arrow_function"]
        return (*values, *(body for body in bodies if body.kind != "statement_block"))

    @cached_property
    def conditions(self) -> tuple[Node, ...]:
        """What decides: of ``if``, loops, ``?:``, and comparisons that are returned."""
        found = []
        for node in self.nodes:
            test = node.get("condition")
            if test is not None and test.kind == "parenthesized_expression" and self.is_head(test) and test.children:
                test = test.children[0]
            if test is not None and test.kind in _EXPRESSIONS:
                found.append(test)
        return (*found, *(node for node in self.returned if self.operator(node) in COMPARISONS | LOGIC))

    def operator(self, node: Node) -> str:
        """``+`` of ``a + b``; ``""`` where there is none."""
        sign = node.get("operator")
        return self.source.of(sign) if sign is not None else ""

    def lines_of(self, node: Node) -> tuple[int, int]:
        """Where the lines of ``node`` begin and end."""
        return self.source.starts[node.line - 1], self.source.starts[node.last]

    def fitted(self, node: Node, text: str) -> str:
        """``text``, in parentheses where it needs them in the place of ``node``."""
        parent = node.parent
        is_index = parent is not None and parent.get("index") is node
        is_open = parent is not None and parent.kind in _OPEN and not self.is_callee(node)
        if parent is not None and parent.kind == "arrow_function" and text.startswith("{"):
            return f"({text})"
        return text if is_open or is_index or not is_compound(text) else f"({text})"

    def operand(self, node: Node) -> str:
        """The text of ``node``, fit to stand beside an operator."""
        text = self.source.of(node)
        return f"({text})" if is_compound(text) else text

    def at(self, node: Node, text: str) -> Change:
        """``text`` in place of the expression ``node``, in parentheses where needed."""
        edit = self.source.replace(node, self.fitted(node, text))
        return Change((edit,), node.line, (edit.start, edit.end))

    def crowd(self, node: Node, texts: Iterable[str]) -> Crowd:
        """Each of ``texts`` in place of the expression ``node``; what stands there already is left out."""
        own = self.source.of(node)
        others = [text for text in texts if text != own]
        return Crowd(node.line, (node.start, node.end), len(others), lambda: (self.at(node, text) for text in others))

    def spot(self, start: int, end: int, *, text: str, line: int) -> Change:
        """``text`` in place of some characters."""
        return Change((Edit(self.source.file, start, end, text),), line, (start, end))

    def is_number(self, node: Node) -> bool:
        """Whether ``node`` may well be a number."""
        if node.kind == "identifier":
            kinds = self.kinds(self.source.of(node))
            return "number" in kinds or (not kinds and self.source.of(node) in self.values)
        if node.kind == "binary_expression":
            return self.operator(node) in ARITHMETIC and self._may_sum(node)
        if node.kind == "member_expression":
            return self.source.of(node.part("property")) in {"length", "size"} and not self.is_callee(node)
        if node.kind == "call_expression":
            name = self.source.of(node.part("function")).rpartition(".")[2]
            return name in _NUMERIC or name in {"Number", "parseInt", "parseFloat", "charCodeAt"} or name in self.locals
        return node.kind in {"number", "subscript_expression"} or self.operator(node) == "-"

    def _may_sum(self, node: Node) -> bool:
        parts = (node.part("left"), node.part("right"))
        is_text = any(part.kind in {"string", "template_string"} for part in parts)
        return not is_text and not any(self.kinds(self.source.of(part)) == {"string"} for part in parts)


def _is_short(text: str) -> bool:
    return len(text) <= _LONGEST_DONOR and "\n" not in text
