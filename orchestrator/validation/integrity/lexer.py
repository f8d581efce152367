"""Code, strings and comments told apart, well enough for rules over lines, for many languages by one table.

Nothing is parsed: a text that does not compile is read as well as one that does.
"""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Views", "language_of", "views"]

_DOUBLE = r'"(?:\\.|[^"\\\n])*"?'
_SINGLE = r"'(?:\\.|[^'\\\n])*'?"
_CHARACTER = r"'(?:\\[^'\n]+|\\'|[^'\\\n])'"
_TRIPLE = r'"""(?:\\.|[^\\])*?(?:"""|\Z)' + r"|'''(?:\\.|[^\\])*?(?:'''|\Z)"
_SLASHES = r"//[^\n]*|/\*.*?(?:\*/|\Z)"
_HASH = r"(?:(?<=\s)|(?<![\s\S]))#[^\n]*"
_TICKS = r"`(?:\\.|[^`\\])*(?:`|\Z)"
_REGEX = r"(?<=[(,=:\[!&|?{};])[ ]*/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/"

_SYNTAX: Mapping[str, tuple[str, str]] = {
    "python": (r"#[^\n]*", f"{_TRIPLE}|{_DOUBLE}|{_SINGLE}"),
    "javascript": (_SLASHES, f"{_TICKS}|{_DOUBLE}|{_SINGLE}|{_REGEX}"),
    "java": (_SLASHES, rf'"""(?:\\.|[^\\])*?(?:"""|\Z)|{_DOUBLE}|{_CHARACTER}'),
    "c": (_SLASHES, rf'R"(?P<mark>\w*)\(.*?(?:\)(?P=mark)"|\Z)|{_DOUBLE}|{_CHARACTER}'),
    "go": (_SLASHES, rf"`[^`]*(?:`|\Z)|{_DOUBLE}|{_CHARACTER}"),
    "rust": (_SLASHES, rf'\br(?P<mark>#*)".*?(?:"(?P=mark)|\Z)|"(?:\\.|[^"\\])*(?:"|\Z)|{_CHARACTER}'),
    "shell": (_HASH, r'"(?:\\.|[^"\\])*(?:"|\Z)|\'[^\']*(?:\'|\Z)'),
    "make": (_HASH, r"(?!)"),
    "cmake": (r"#[^\n]*", r'"(?:\\.|[^"\\])*(?:"|\Z)'),
    "yaml": (_HASH, f"{_DOUBLE}|(?<![\\w])'[^'\\n]*'"),
    "toml": (r"#[^\n]*", f"{_TRIPLE}|{_DOUBLE}|'[^'\\n]*'?"),
    "ini": (r"(?m:^)[ \t]*[#;][^\n]*", r"(?!)"),
    "json": (_SLASHES, _DOUBLE),
    "xml": (r"<!--.*?(?:-->|\Z)", r"(?!)"),
    "text": (r"(?!)", r"(?!)"),
}
"""Language -> a pattern of its comments and one of its strings. A family shares the row of one."""

_ENDINGS: Mapping[str, str] = {
    **dict.fromkeys((".py", ".pyi", ".pyx"), "python"),
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte"), "javascript"),
    **dict.fromkeys((".java", ".kt", ".kts", ".groovy", ".gradle", ".scala", ".cs"), "java"),
    **dict.fromkeys((".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".hh", ".hxx", ".ipp", ".m", ".mm"), "c"),
    ".go": "go",
    ".rs": "rust",
    **dict.fromkeys((".sh", ".bash", ".bats", ".zsh"), "shell"),
    ".mk": "make",
    ".cmake": "cmake",
    **dict.fromkeys((".yml", ".yaml"), "yaml"),
    ".toml": "toml",
    **dict.fromkeys((".ini", ".cfg"), "ini"),
    **dict.fromkeys((".json", ".jsonc", ".json5"), "json"),
    **dict.fromkeys((".xml", ".pom"), "xml"),
}
_NAMES: Mapping[str, str] = {
    **dict.fromkeys(("Makefile", "makefile", "GNUmakefile", "justfile", "Justfile"), "make"),
    "CMakeLists.txt": "cmake",
    **dict.fromkeys((".eslintrc", ".prettierrc", ".babelrc"), "json"),
    **dict.fromkeys((".coveragerc", ".pylintrc", ".flake8"), "ini"),
    "Pipfile": "toml",
    "go.mod": "go",
}


@dataclass(frozen=True, slots=True)
class Views:
    """A text three times, each with the lines and columns of the original.

    Attributes:
        code: comments, and what stands in strings, are spaces; the quotes are left.
        told: comments alone are spaces: what the program does, with the strings that it does it with.
        comments: all but comments is spaces.
    """

    code: str
    told: str
    comments: str


def language_of(path: str) -> str:
    """The family of languages of the file at ``path``; ``text`` where it is none that is known."""
    name = posixpath.basename(path)
    return _NAMES.get(name) or _ENDINGS.get(posixpath.splitext(name)[1].lower(), "text")


@lru_cache(maxsize=64)
def views(text: str, language: str) -> Views:
    """``text`` as the three views. Quotes and comments that are not closed reach to the end of the line or the text."""
    code: list[str] = []
    told: list[str] = []
    comments: list[str] = []
    last = 0
    for match in _pattern(language).finditer(text):
        between, found = text[last : match.start()], match[0]
        is_comment = match["comment"] is not None
        gap = _blank(found)
        code += (between, gap if is_comment else _masked(found, gap))
        told += (between, gap if is_comment else found)
        comments += (_blank(between), found if is_comment else gap)
        last = match.end()
    rest = text[last:]
    return Views("".join(code) + rest, "".join(told) + rest, "".join(comments) + _blank(rest))


def _masked(found: str, gap: str) -> str:
    ends = found[0], found[-1]
    return f"{ends[0]}{gap[1:-1]}{ends[1]}" if len(found) > 1 else found


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


@lru_cache(maxsize=32)
def _pattern(language: str) -> re.Pattern[str]:
    comment, string = _SYNTAX[language]
    return re.compile(f"(?P<comment>{comment})|(?P<string>{string})", re.DOTALL)
