"""What little is known of each language without a parser: names of fences, comments, definitions, imports."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath


def _found(pattern: re.Pattern[str] | None, text: str) -> frozenset[str]:
    matches = pattern.finditer(text) if pattern else ()
    return frozenset(name for match in matches for name in match.groups() if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language.

    Attributes:
        tags: what fences call it, in lower case.
        suffixes: of its files.
        definition: finds a function, a class or the like at the start of a line, its name in one of the groups.
        variable: finds a variable likewise.
        imports: finds a line that imports, includes or names the package.
        comments: what starts a comment.
        has_braces: blocks stand in braces, so that ``{ ... }`` and a lone ``...`` are no code.
    """

    tags: frozenset[str]
    suffixes: frozenset[str]
    definition: re.Pattern[str] | None = None
    variable: re.Pattern[str] | None = None
    imports: re.Pattern[str] | None = None
    comments: tuple[str, ...] = ("//", "/*")
    has_braces: bool = True

    def names_in(self, text: str) -> frozenset[str]:
        """The functions, classes and the like that ``text`` defines, as far as line starts tell."""
        return _found(self.definition, text)

    def all_names_in(self, text: str) -> frozenset[str]:
        """What :meth:`names_in` gives, and the variables."""
        return self.names_in(text) | _found(self.variable, text)

    def has_imports(self, text: str) -> bool:
        """Whether ``text`` imports, includes or names its package."""
        return self.imports is not None and self.imports.search(text) is not None


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _lines(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)


_C_LIKE = (
    r"^(?:(?:class|struct|enum(?: class)?|union|namespace)\s+(\w+)"
    r"|(?!\s*(?:return|else|new|throw|case|goto|typedef|using)\b)[A-Za-z_][\w:<>,*& \t~]{0,200}?[ \t*&]([\w:~]{1,100})"
    r"[ \t]*\([^;{}]{0,2000}\)[^;{}()]{0,200}\{)"
)
_JAVA_LIKE = (
    r"^[ \t]*(?:@\w+\s+)*(?:(?:public|protected|private|static|final|abstract|sealed|synchronized|default|override|"
    r"internal)\s+)*"
    r"(?:(?:class|interface|enum|record)\s+(\w+)"
    r"|(?!(?:return|else|new|throw|case)\b)[A-Za-z_][\w.<>,?\[\] ]{0,200}[ \]>](\w{1,100})"
    r"[ \t]*\([^;{}()]{0,2000}\)[^;{}()]{0,200}\{)"
)

LANGUAGES: tuple[Language, ...] = (
    Language(
        tags=_words("python py python3 py3 pyi ipython pycon"),
        suffixes=_words(".py .pyi .pyw"),
        definition=_lines(r"^[ \t]*(?:(?:async[ \t]+)?def|class)[ \t]+(\w+)"),
        variable=_lines(r"^(\w+)[ \t]*(?::[^=\n]{1,200})?=[^=]"),
        imports=_lines(r"^(?:import|from)[ \t]"),
        comments=("#",),
        has_braces=False,
    ),
    Language(
        tags=_words("javascript js node jsx mjs cjs typescript ts tsx mts cts es6"),
        suffixes=_words(".js .jsx .mjs .cjs .ts .tsx .mts .cts"),
        definition=_lines(
            r"^(?:export\s+)?(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:(?:async\s+)?function\s*\*?\s*(\w+)"
            r"|(?:class|interface|enum|namespace|type)\s+(\w+)|(?:const|let|var)\s+(\w+)\s*(?::[^=\n]{0,200})?=\s*"
            r"(?:async\s*)?(?:function\b|class\b|\w+\s*=>|\([^()]{0,500}\)\s*(?::[^={]{0,200})?=>))"
        ),
        variable=_lines(r"^(?:export\s+)?(?:declare\s+)?(?:const|let|var)\s+(\w+)"),
        imports=_lines(r"^(?:import\b|(?:const|let|var)\b.*\brequire\()"),
    ),
    Language(
        tags=_words("java kotlin kt csharp cs c# scala groovy"),
        suffixes=_words(".java .kt .cs .scala .groovy"),
        definition=_lines(_JAVA_LIKE),
        imports=_lines(r"^(?:import|package|using)\b"),
    ),
    Language(
        tags=_words("c cpp c++ cc cxx h hpp objc cuda"),
        suffixes=_words(".c .h .cc .cpp .cxx .hpp .hh .hxx .cu .m .mm"),
        definition=_lines(_C_LIKE),
        imports=_lines(r"^[ \t]*#[ \t]*include\b"),
    ),
    Language(
        tags=_words("go golang"),
        suffixes=_words(".go"),
        definition=_lines(r"^(?:func\s+(?:\([^)]*\)\s*)?(\w+)|type\s+(\w+))"),
        variable=_lines(r"^(?:var|const)\s+(\w+)"),
        imports=_lines(r"^(?:import|package)\b"),
    ),
    Language(
        tags=_words("rust rs"),
        suffixes=_words(".rs"),
        definition=_lines(
            r"^[ \t]*(?:pub(?:\([^)]*\))?\s+)?(?:(?:async|unsafe|const|extern(?:\s+\"\w+\")?)\s+)*"
            r"(?:fn|struct|enum|trait|mod|type|union|static|const|macro_rules!)\s+(\w+)"
        ),
        imports=_lines(r"^(?:pub\s+)?(?:use|extern crate)\b"),
    ),
    Language(
        tags=_words("sh bash shell zsh ksh"),
        suffixes=_words(".sh .bash .zsh .ksh"),
        definition=_lines(r"^[ \t]*(?:function[ \t]+([\w-]+)|([\w-]+)[ \t]*\(\))"),
        imports=_lines(r"\A#!"),
        comments=("#",),
        has_braces=False,
    ),
    Language(
        tags=_words("ruby rb"),
        suffixes=_words(".rb .rake"),
        definition=_lines(r"^[ \t]*(?:def|class|module)[ \t]+(?:self\.)?([\w?!:]+)"),
        imports=_lines(r"^require"),
        comments=("#",),
        has_braces=False,
    ),
    Language(
        tags=_words("php"),
        suffixes=_words(".php"),
        definition=_lines(
            r"^[ \t]*(?:(?:public|protected|private|static|final|abstract)\s+)*"
            r"(?:function|class|interface|trait|enum)\s+&?(\w+)"
        ),
        imports=_lines(r"^<\?php"),
        comments=("//", "/*", "#"),
    ),
    Language(tags=_words("json jsonc json5"), suffixes=_words(".json .jsonc .json5")),
    Language(tags=_words("css scss less"), suffixes=_words(".css .scss .less")),
    Language(
        tags=_words("yaml yml toml ini cfg conf properties dockerfile makefile make cmake"),
        suffixes=_words(".yaml .yml .toml .ini .cfg .conf .properties .mk .cmake"),
        comments=("#", ";"),
        has_braces=False,
    ),
    Language(
        tags=_words("html xml svg vue"),
        suffixes=_words(".html .htm .xml .svg .vue"),
        comments=("<!--",),
        has_braces=False,
    ),
    Language(tags=_words("sql"), suffixes=_words(".sql"), comments=("--", "/*"), has_braces=False),
    Language(
        tags=_words("markdown md rst text txt plaintext plain"),
        suffixes=_words(".md .markdown .mdx .rst .txt"),
        comments=("<!--",),
        has_braces=False,
    ),
)

UNKNOWN = Language(tags=frozenset(), suffixes=frozenset(), comments=("#", "//", "/*", "--", ";", "%"), has_braces=False)
"""What holds for every other file."""

_NAMED = {"makefile": ".mk", "dockerfile": ".mk", "gnumakefile": ".mk"}
_SESSIONS = _words("console output stdout log shell-session sh-session terminal bash sh shell zsh")
_NOT_CODE = _SESSIONS | _words("text txt plaintext plain diff patch")


def language_of(path: str) -> Language:
    """The language of a file by its name; :data:`UNKNOWN` where the table has no row."""
    name = PurePosixPath(path).name.lower()
    suffix = _NAMED.get(name, PurePosixPath(name).suffix)
    return next((language for language in LANGUAGES if suffix in language.suffixes), UNKNOWN)


def may_be(tag: str, language: Language) -> bool:
    """Whether a fence tagged ``tag`` may hold ``language``: tagged so, with a word nobody knows, or not at all."""
    if not tag or tag in language.tags:
        return True
    is_other = tag in _NOT_CODE or any(tag in other.tags for other in LANGUAGES)
    return not is_other


def is_session(tag: str, language: Language) -> bool:
    """Whether a fence tagged ``tag`` shows commands or what they print, and not a file in ``language``."""
    return tag in _SESSIONS and tag not in language.tags and language is not UNKNOWN
