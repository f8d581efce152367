"""The expression of Java that a message points at."""

_PAIRS = {")": "(", "]": "["}


def expression_at(line: str, place: int) -> tuple[int, int]:
    """Start and end of the name, call or literal around the 0-based ``place``; of an operator, of both its sides.

    javac points at the dot or the bracket of a call, and at the operator of other expressions. Both are 0 for none.
    """
    if not 0 <= place < len(line):
        return 0, 0
    if line[place] in "+-*/%":
        return _operands(line)
    start, end = _backwards(line, place), _forwards(line, place)
    return (start, end) if start < end else (0, 0)


def _operands(line: str) -> tuple[int, int]:
    """From ``=`` or ``return`` to the semicolon."""
    end = line.rstrip().rfind(";")
    begins = [line.find(mark) + len(mark) for mark in ("return ", " = ") if mark in line]
    return (min(begins), end) if begins and min(begins) < end else (0, 0)


def _backwards(line: str, place: int) -> int:
    depth: list[str] = []
    while place > 0:
        char = line[place - 1]
        if char in _PAIRS:
            depth.append(_PAIRS[char])
        elif depth and char == depth[-1]:
            depth.pop()
        elif not depth and not (char.isalnum() or char in '._"'):
            break
        place -= 1
    return place


def _forwards(line: str, place: int) -> int:
    depth = 0
    while place < len(line):
        char = line[place]
        if char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
            if depth < 0:
                break
        elif not depth and not (char.isalnum() or char in '._"'):
            break
        place += 1
    return place
