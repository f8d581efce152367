"""Where a block of a language with braces was not closed, told by indentation."""

import re
from collections.abc import Iterator

from orchestrator.fixers.places import indent_of

_LITERAL = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)+'|`[^`]*`|//.*")
_NO_STATEMENT = ("}", "{", ")", "]", "#", "case ", "default", "*", "/*")


def unclosed(text: str) -> Iterator[tuple[int, str]]:
    """1-based line before which a ``}`` is missing, and the indentation that it needs, first one first.

    That is where a statement, or the brace of an outer block, stands no further in than the line that opened the
    block. Where the indentation is wrong as well, so is the answer: a judge has the last word.
    """
    stack: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        code = _LITERAL.sub("", line)
        own = indent_of(line)
        is_statement = code.strip() and not code.lstrip().startswith(_NO_STATEMENT)
        if stack and is_statement and len(own) <= len(stack[-1]):
            yield number, stack.pop()
        for place, char in enumerate(code):
            if char == "{":
                stack.append(own)
            elif char == "}" and stack:
                if len(stack[-1]) > len(own) and not code[:place].strip():
                    yield number, stack.pop()
                del stack[-1:]
