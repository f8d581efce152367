"""Text of a stranger made fit for one line of a picture."""

import unicodedata

REPLACEMENT = "\ufffd"
ELLIPSIS = "…"
_BREAKS = frozenset("\n\r\t\v\f\x85\u2028\u2029")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_JOINERS = frozenset("\u200c\u200d")

# Widths in em, a little above those of common sans-serif fonts, so that a label never leaves its box.
_NARROW, _NORMAL, _BROAD, _FULL = 0.36, 0.63, 0.92, 1.08
_NARROW_LETTERS = frozenset("iIjl.,:;'|!()[]{}ftr-/\\ `")
_BROAD_LETTERS = frozenset("mwMW@%&+=<>~#_") | frozenset("ABCDGHNOQRU")


def one_line(text: str) -> str:
    """``text`` on one line, without control characters or marks that reorder or hide what follows.

    Breaks become single spaces; what has no glyph becomes U+FFFD, so that nothing vanishes unseen.
    """
    spaced = "".join(" " if char in _BREAKS else char for char in text)
    return "".join(char if _visible(char) else REPLACEMENT for char in " ".join(spaced.split()))


def shortened(text: str, limit: float) -> str:
    """``text``, cut and marked with an ellipsis where it would be wider than ``limit`` em."""
    if width(text) <= limit:
        return text
    room = limit - _FULL
    for end, char in enumerate(text):
        room -= _advance(char)
        if room < 0:
            return text[:end].rstrip() + ELLIPSIS
    return text


def width(text: str) -> float:
    """The estimated width of ``text`` in em of a sans-serif font; on the safe side, as no font is at hand."""
    return sum(map(_advance, text))


def _visible(char: str) -> bool:
    return char in _JOINERS or unicodedata.category(char) not in _HIDDEN


def _advance(char: str) -> float:
    if char in _NARROW_LETTERS:
        return _NARROW
    if unicodedata.combining(char) or char in _JOINERS:
        return 0.0
    if unicodedata.east_asian_width(char) in "WF" or ord(char) > 0x2190:  # noqa: PLR2004 - arrows, symbols, emoji
        return _FULL
    return _BROAD if char in _BROAD_LETTERS else _NORMAL
