"""TypeScript without its types: each is blanked out, so that what is left is JavaScript at the same places.

Enumerations, namespaces, parameter properties and decorators are code, not types: a file that has them is not read.
"""

from collections.abc import Iterator

from orchestrator.fixers.search.js.tree import TYPED, Node, parsed

__all__ = ["readable"]

_TYPES = frozenset(
    {
        "type_annotation",
        "type_parameters",
        "type_arguments",
        "interface_declaration",
        "type_alias_declaration",
        "ambient_declaration",
        "function_signature",
        "method_signature",
        "abstract_method_signature",
        "implements_clause",
        "accessibility_modifier",
        "override_modifier",
        "asserts_annotation",
        "type_predicate_annotation",
        "index_signature",
    }
)
_CODE = frozenset({"enum_declaration", "internal_module", "module", "decorator", "import_require_clause"})
"""What is no type and no JavaScript either."""
_MODIFIERS = frozenset({"readonly", "abstract", "declare"})
_CASTS = frozenset({"as_expression", "satisfies_expression", "non_null_expression"})


def readable(file: str, text: str) -> str:
    """``text`` as JavaScript; as it is where it is that already, or holds what cannot be blanked out."""
    root = parsed(text, typed=True) if file.endswith(TYPED) else None
    if root is None or any(_is_code(node) for node in root.walk()):
        return text
    signs = list(text)
    for start, end in _spans(root, text):
        signs[start:end] = [sign if sign.isspace() else " " for sign in signs[start:end]]
    return "".join(signs)


def _is_code(node: Node) -> bool:
    is_property = node.kind == "required_parameter" and any(
        child.kind in {"accessibility_modifier", "override_modifier"} for child in node.children
    )
    return node.kind in _CODE or is_property


def _spans(node: Node, text: str) -> Iterator[tuple[int, int]]:
    if node.kind in _TYPES or _is_type_only(node, text):
        yield node.start, _behind(node, text)
        return
    if node.kind in _CASTS:
        yield node.children[0].end, node.end
    if node.kind == "optional_parameter":
        name = node.part("pattern")
        yield name.end, name.end + 1 + text[name.end :].index("?")
    if node.kind in {"public_field_definition", "method_definition", "abstract_class_declaration"}:
        yield from _words(node, text)
    for child in node.children:
        yield from _spans(child, text)


def _is_type_only(node: Node, text: str) -> bool:
    """``import type``, ``export type``, ``{ type A }`` in one of them, a parameter ``this``."""
    own = text[node.start : node.end]
    if node.kind in {"import_statement", "export_statement"}:
        words = own.split(None, 2)
        is_type = words[1:2] == ["type"] or own.split("{")[0].split()[1:] == ["type"]
        declared = node.get("declaration")
        return is_type or (declared is not None and declared.kind in _TYPES)
    if node.kind == "required_parameter":
        return node.part("pattern").kind == "this"
    return node.kind in {"import_specifier", "export_specifier"} and own.startswith("type ")


def _behind(node: Node, text: str) -> int:
    """Where ``node`` ends, the comma behind an item of a list with it."""
    rest = text[node.end :].lstrip()
    is_item = node.kind in {"required_parameter", "import_specifier", "export_specifier"}
    return len(text) - len(rest) + 1 if is_item and rest.startswith(",") else node.end


def _words(node: Node, text: str) -> Iterator[tuple[int, int]]:
    """Modifiers in front of a name, and ``?`` or ``!`` behind it."""
    name = node.part("name")
    place = node.start
    for word in text[node.start : name.start].split():
        start = text.index(word, place)
        place = start + len(word)
        if word in _MODIFIERS:
            yield start, place
    if text[name.end : name.end + 1] in {"?", "!"}:
        yield name.end, name.end + 1
