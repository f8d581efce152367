"""What a node binds: its kind, its names, and the types of its parameters."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.workspace.edits.syntax.grammar import Kind
from orchestrator.workspace.edits.syntax.source import Source

if TYPE_CHECKING:
    from tree_sitter import Node

_FUNCTIONS = frozenset({"arrow_function", "function_expression", "generator_function", "function"})
_DECLARED = frozenset(
    {"identifier", "field_identifier", "type_identifier", "qualified_identifier", "destructor_name", "operator_name",
     "operator_cast", "template_function"}
)  # fmt: skip
_BINDING = frozenset({"identifier", "shorthand_property_identifier_pattern"})
_MODIFIERS = frozenset({"get", "set", "static"})


def _declared(node: "Node | None") -> "Node | None":
    """The name inside a declarator of C: below pointers, arrays and parameters."""
    while node is not None and node.type not in _DECLARED:
        named = node.named_children
        node = node.child_by_field_name("declarator") or (named[0] if named and "reference" in node.type else None)
    return node


def _is_prototype(node: "Node") -> bool:
    """Whether a declaration of C declares a function."""
    inner = node.child_by_field_name("declarator")
    while inner is not None and inner.type in {"pointer_declarator", "reference_declarator"}:
        inner = inner.child_by_field_name("declarator") or next(iter(inner.named_children), None)
    return inner is not None and inner.type == "function_declarator"


def _bound(node: "Node") -> Iterator["Node"]:
    """The identifiers that a pattern binds."""
    if node.type in _BINDING:
        yield node
    elif node.type == "pair_pattern":
        value = node.child_by_field_name("value")
        yield from _bound(value) if value is not None else ()
    elif node.type.endswith("_pattern"):
        for child in node.named_children:
            yield from _bound(child)


def _values(node: "Node", source: Source) -> tuple[str, ...]:
    """The names of a declaration that may hold several."""
    found: list[str] = []
    for child in node.children_by_field_name("declarator") or node.named_children:
        name = child.child_by_field_name("name") if child.type == "variable_declarator" else None
        if name is not None:
            found += [source.of(bound) for bound in _bound(name)]
        elif child.type in {"var_spec", "const_spec", "type_spec", "type_alias"}:
            found += [source.of(part) for part in child.children_by_field_name("name")]
        elif child.type == "var_spec_list":
            found += _values(child, source)
        elif (declared := _declared(child)) is not None and node.child_by_field_name("declarator") is not None:
            found.append(source.of(declared))
    own = node.child_by_field_name("name") or node.child_by_field_name("property")
    return tuple(found) or ((source.of(own),) if own is not None else ())


def _script_value(node: "Node", source: Source) -> tuple[Kind, tuple[str, ...], str]:
    """``const f = () => ...`` is a function, ``const A = class ...`` a type."""
    declarators = [child for child in node.named_children if child.type == "variable_declarator"]
    value = declarators[0].child_by_field_name("value") if len(declarators) == 1 else None
    kind = Kind.FUNCTION if value is not None and value.type in _FUNCTIONS else Kind.VALUE
    return kind, _values(node, source), ""


def _assignment(node: "Node", source: Source) -> tuple[Kind, tuple[str, ...], str]:
    """``A.prototype.m = function ...`` defines; ``module.exports = ...`` exports; every other statement is one."""
    first = node.named_children[0] if node.named_child_count else node
    left, right = first.child_by_field_name("left"), first.child_by_field_name("right")
    if first.type != "assignment_expression" or left is None or right is None:
        return Kind.OTHER, (), ""
    target = source.of(left)
    if right.type in _FUNCTIONS and target != "module.exports":
        return Kind.FUNCTION, (target,), ""
    is_export = target.split(".")[0] == "exports" or target.startswith("module.exports")
    return (Kind.EXPORT, (target,), "") if is_export else (Kind.OTHER, (), "")


def _impl(node: "Node", source: Source) -> tuple[Kind, tuple[str, ...], str]:
    trait, owner = node.child_by_field_name("trait"), node.child_by_field_name("type")
    name = source.of(owner) if owner is not None else ""
    return Kind.SCOPE, (f"{source.of(trait)} for {name}" if trait is not None else name,), ""


def _parameter(node: "Node", source: Source) -> str:
    """The type of a parameter, with the stars and brackets that C puts at its name."""
    type_ = node.child_by_field_name("type")
    declarator = node.child_by_field_name("declarator")
    marks = "".join(c for c in source.of(declarator) if c in "*&[]") if declarator is not None else ""
    return (source.of(type_) if type_ is not None else "") + marks


def _parameters(node: "Node", source: Source) -> str:
    found: Node | None = node
    while found is not None and found.child_by_field_name("parameters") is None:
        found = found.child_by_field_name("declarator")
    own = found.child_by_field_name("parameters") if found is not None else None
    if own is None:
        return ""
    rest = (
        source.text[own.end_byte : found.end_byte] if found is not None and found.type.endswith("declarator") else b""
    )
    return ", ".join(_parameter(child, source) for child in own.named_children) + (" const" if b"const" in rest else "")


def _function(node: "Node", source: Source) -> tuple[Kind, tuple[str, ...], str]:
    name = node.child_by_field_name("name") or _declared(node.child_by_field_name("declarator"))
    text = "".join(source.of(name).split()) if name is not None else ""
    receiver = node.child_by_field_name("receiver")
    if receiver is not None:
        types = [child.child_by_field_name("type") for child in receiver.named_children]
        owner = source.of(types[0]).lstrip("*").split("[")[0] if types and types[0] is not None else ""
        text = f"{owner}.{text}"
    marks = [child.type for child in node.children if child.type in _MODIFIERS]
    has_body = node.child_by_field_name("body") is not None or node.type in {"function_definition", "function_item"}
    kind = Kind.FUNCTION if has_body and source.grammar.kinds[node.type] is Kind.FUNCTION else Kind.PROTOTYPE
    return kind, (" ".join([*marks, text]),), _parameters(node, source)


def _value(node: "Node", source: Source) -> tuple[Kind, tuple[str, ...], str]:
    if node.type in {"lexical_declaration", "variable_declaration"}:
        return _script_value(node, source)
    if node.type in {"declaration", "field_declaration"} and _is_prototype(node):
        name = _declared(node.child_by_field_name("declarator"))
        return Kind.PROTOTYPE, (source.of(name) if name is not None else "",), _parameters(node, source)
    return Kind.VALUE, _values(node, source), ""


def identity(node: "Node", source: Source) -> tuple[Kind, tuple[str, ...], str]:
    """The kind of ``node``, the names that it binds, and the types of its parameters as text."""
    kind = source.grammar.kinds.get(node.type, Kind.OTHER)
    if node.type == "expression_statement":
        return _assignment(node, source)
    if node.type == "impl_item":
        return _impl(node, source)
    if kind in {Kind.FUNCTION, Kind.PROTOTYPE}:
        return _function(node, source)
    if kind is Kind.VALUE:
        return _value(node, source)
    if kind in {Kind.TYPE, Kind.SCOPE} and not _is_announced(node):
        return kind, _values(node, source), ""
    return (Kind.OTHER if kind in {Kind.TYPE, Kind.SCOPE} else kind), (), ""


def _is_announced(node: "Node") -> bool:
    """``struct s;``, ``mod m;``: what it is stands elsewhere."""
    is_body_wanted = node.type.endswith("_specifier") or node.type == "mod_item"
    return is_body_wanted and node.child_by_field_name("body") is None
