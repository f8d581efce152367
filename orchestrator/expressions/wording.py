"""How error messages quote and suggest names."""

from collections.abc import Iterable

_LONGEST = 60


def quoted(text: str) -> str:
    """``text`` in quotes, cut after 60 characters."""
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...")


def near_miss(name: str, known: Iterable[str]) -> str:
    """``did you mean 'x'?`` with the known name most like ``name`` (case aside), or ``""`` where none is like it."""
    from difflib import get_close_matches

    spelling = {candidate.lower(): candidate for candidate in known}
    found = get_close_matches(name[:_LONGEST].lower(), spelling, n=1)
    return f"did you mean {spelling[found[0]]!r}?" if found else ""
