"""One row for each language that can be spliced by name: its grammar, and what its kinds of nodes mean here."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a piece of a file is, whatever the language calls it."""

    FUNCTION = "function"
    PROTOTYPE = "prototype"
    """A function or method without its body."""
    TYPE = "type"
    SCOPE = "scope"
    """Holds definitions and may be opened again: a namespace, an ``impl``."""
    VALUE = "value"
    """A variable, a field, a constant, a macro."""
    IMPORT = "import"
    EXPORT = "export"
    PROLOGUE = "prologue"
    """Names the package, or what runs the file."""
    OTHER = "other"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Grammar:
    """One language.

    Attributes:
        name: as a person calls it.
        module, function: the wheel's module, and what in it gives the language.
        suffixes: of its files.
        kinds: type of a node -> what it is; every other one is :attr:`Kind.OTHER`.
        wrappers: nodes around exactly one definition (``export``, ``template``).
        transparent: nodes whose children count as standing beside them (``#ifdef``).
        attributes: siblings in front of a definition that belong to it.
        frame: what may stand around methods that came without their class, where they do not parse alone.
        has_overloads: functions of one name may differ in their parameters.
        has_macros: capital names may stand for any syntax, so that an error beside one is none.
    """

    name: str
    module: str
    suffixes: frozenset[str]
    kinds: Mapping[str, Kind]
    function: str = "language"
    wrappers: frozenset[str] = frozenset()
    transparent: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    frame: tuple[str, str] | None = None
    has_overloads: bool = False
    has_macros: bool = False


COMMENTS = frozenset({"comment", "line_comment", "block_comment"})
BODIES = frozenset(
    {"class_body", "field_declaration_list", "declaration_list", "interface_body", "enum_body", "statement_block"}
)
"""Nodes in the field ``body`` whose children are members."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _kinds(**names: str) -> Mapping[str, Kind]:
    return {node: Kind(kind) for kind, nodes in names.items() for node in nodes.split()}


_SCRIPT = _kinds(
    function="function_declaration generator_function_declaration method_definition",
    prototype="function_signature abstract_method_signature method_signature",
    type="class_declaration abstract_class_declaration interface_declaration enum_declaration type_alias_declaration",
    scope="internal_module module",
    value="lexical_declaration variable_declaration field_definition public_field_definition property_signature",
    prologue="hash_bang_line",
    **{"import": "import_statement", "export": "export_statement"},
)
_C = _kinds(
    function="function_definition",
    type="struct_specifier class_specifier union_specifier enum_specifier type_definition alias_declaration "
    "concept_definition",
    scope="namespace_definition",
    value="declaration field_declaration preproc_def preproc_function_def",
    **{"import": "preproc_include using_declaration"},
)
_PREPROCESSOR = "preproc_if preproc_ifdef preproc_else preproc_elif preproc_elifdef linkage_specification"


def _script(name: str, module: str, *, suffixes: str, function: str = "language") -> Grammar:
    return Grammar(
        name=name,
        module=module,
        function=function,
        suffixes=_words(suffixes),
        kinds=_SCRIPT,
        wrappers=_words("export_statement ambient_declaration"),
        attributes=_words("decorator"),
        frame=("class Frame {", "}"),
        has_overloads=name != "JavaScript",
    )


GRAMMARS: tuple[Grammar, ...] = (
    _script("JavaScript", "tree_sitter_javascript", suffixes=".js .mjs .cjs .jsx"),
    _script("TypeScript", "tree_sitter_typescript", suffixes=".ts .mts .cts", function="language_typescript"),
    _script("TSX", "tree_sitter_typescript", suffixes=".tsx", function="language_tsx"),
    Grammar(
        name="C",
        module="tree_sitter_c",
        suffixes=_words(".c"),
        kinds=_C,
        transparent=_words(_PREPROCESSOR),
        has_macros=True,
    ),
    Grammar(
        name="C++",
        module="tree_sitter_cpp",
        suffixes=_words(".cc .cpp .cxx .h .hh .hpp .hxx"),
        kinds=_C,
        wrappers=_words("template_declaration"),
        transparent=_words(_PREPROCESSOR + " declaration_list"),
        has_overloads=True,
        has_macros=True,
    ),
    Grammar(
        name="Rust",
        module="tree_sitter_rust",
        suffixes=_words(".rs"),
        kinds=_kinds(
            function="function_item",
            prototype="function_signature_item",
            type="struct_item enum_item union_item trait_item type_item macro_definition",
            scope="impl_item mod_item",
            value="const_item static_item associated_type",
            **{"import": "use_declaration extern_crate_declaration"},
        ),
        attributes=_words("attribute_item"),
    ),
    Grammar(
        name="Go",
        module="tree_sitter_go",
        suffixes=_words(".go"),
        kinds=_kinds(
            function="function_declaration method_declaration",
            type="type_declaration",
            value="var_declaration const_declaration",
            prologue="package_clause",
            **{"import": "import_declaration"},
        ),
    ),
    Grammar(
        name="Java",
        module="tree_sitter_java",
        suffixes=_words(".java"),
        kinds=_kinds(
            function="method_declaration constructor_declaration compact_constructor_declaration",
            type="class_declaration interface_declaration enum_declaration record_declaration "
            "annotation_type_declaration",
            value="field_declaration constant_declaration enum_constant",
            prologue="package_declaration",
            **{"import": "import_declaration"},
        ),
        transparent=_words("enum_body_declarations"),
        has_overloads=True,
    ),
)
"""A file ``.h`` is read as C++, of which C's declarations are a part, as far as their shape goes."""
