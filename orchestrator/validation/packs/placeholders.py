"""Names in braces, and what they stand for in the arguments of a command."""

import re
from collections.abc import Iterable, Mapping, Sequence

__all__ = ["FIXED", "TURN", "fill", "fill_text", "named"]

FIXED = frozenset({"args", "build", "cwd", "file", "files", "list", "report", "root", "scratch", "stem", "tests"})
"""The names that every pack may use; besides them its tools, ``config:NAME`` and ``program:NAME``."""
TURN = "turn"
"""What variables of a command may use besides: it is known only when the command is run."""

_NAMED = re.compile(r"\{([a-z][a-z0-9_-]*(?::[A-Za-z0-9_.-]+)?)\}")


def named(texts: Iterable[str]) -> tuple[str, ...]:
    """The names in braces that ``texts`` hold, in their order; other braces are text."""
    return tuple(name for text in texts for name in _NAMED.findall(text))


def fill(argv: Sequence[str], values: Mapping[str, str], *, lists: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """``argv`` with names filled in; an argument that is nothing but the name of a list becomes its items."""
    filled: list[str] = []
    for text in argv:
        found = _NAMED.fullmatch(text)
        if found and found[1] in lists:
            filled.extend(lists[found[1]])
        else:
            filled.append(fill_text(text, values))
    return tuple(filled)


def fill_text(text: str, values: Mapping[str, str]) -> str:
    """``text`` with the names that ``values`` has filled in, the others left as they are."""
    return _NAMED.sub(lambda found: values.get(found[1], found[0]), text)
