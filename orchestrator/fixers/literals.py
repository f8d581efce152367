"""Values as a worker tells them, in the words of Python: ``tuple(1, list(2))`` as ``(1, [2])``."""

import re
from collections.abc import Iterator

__all__ = ["parted", "written"]

_TOKEN = re.compile(r"""'(?:\\.|[^'\\])*'?|"(?:\\.|[^"\\])*"?|[A-Za-z_][\w.]*\(?|[()\[\]{}]|.""", re.DOTALL)
"""A text, a name with the bracket behind it, a bracket, or any other sign."""
_BRACKETS = {"list(": ("[", "]"), "tuple(": ("(", ")"), "dict(": ("{", "}"), "set(": ("{", "}")}
_ENDS = {"(": ")", "[": "]", "{": "}"}


def parted(told: str) -> tuple[str, str]:
    """What a call gives, and what its arguments are afterwards: ``7 list(1, 2)`` -> ``7``, ``list(1, 2)``.

    Without arguments, as of an exception, the second is ``""``.
    """
    depth, place = 0, 0
    for part in _TOKEN.findall(told):
        if not depth and part == "list(" and place and told[place - 1] == " ":
            return told[: place - 1], told[place:]
        depth += (part[-1] in "([{") - (part in ")]}")
        place += len(part)
    return told, ""


def written(told: str) -> str:
    """With Python's brackets; an empty ``set`` keeps its name, and so does what is none of its collections."""
    return "".join(_written(told.replace("set()", "set\0")))


def _written(told: str) -> Iterator[str]:
    ends: list[tuple[str, bool]] = []
    last = ""
    for part in _TOKEN.findall(told):
        if part[-1] in _ENDS and part[0] not in "'\"":
            begin, end = _BRACKETS.get(part, (part, _ENDS[part[-1]]))
            ends.append((end, part == "tuple("))
            yield begin
        elif part in ")]}" and ends:
            end, is_single = ends.pop()
            yield f",{end}" if is_single and last != "tuple(" else end
        else:
            if part == "," and ends:
                ends[-1] = (ends[-1][0], False)
            yield "()" if part == "\0" else part
        last = part
