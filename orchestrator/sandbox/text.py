"""Makes text that a person or a model can read out of the bytes that a program prints to a terminal."""

import codecs
import re

__all__ = ["clean", "without_split_end"]

_CONTROL = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
_ESCAPE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor movement
    # OSC, DCS, SOS, PM, APC: titles, links, graphics; closed by BEL or ST
    rf"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\n{_CONTROL}]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"  # the other two- and three-character sequences
)
_UNPRINTABLE = re.compile(f"[{_CONTROL}]")
_CARRIAGE_RETURNS = re.compile(r"\r+\n?")
_SUSPECT = bytes({*range(0x20), 0x7F} - {0x09, 0x0A})
_FIRST_OF_C1 = b"\xc2"


def clean(data: bytes) -> str:
    r"""``data`` as UTF-8, without terminal escapes and without control characters other than ``\n`` and ``\t``.

    Invalid bytes become U+FFFD. ``\r\n`` becomes ``\n``, and so does a lone ``\r``: each state of a
    progress bar is a line of its own, because dropping what a terminal would have painted over could drop
    the very line that says what went wrong. An escape sequence that is never closed loses its introducer
    only; the text behind it stays. Sequences are those of ECMA-48, in their 7-bit and 8-bit forms; none
    crosses the end of a line, so whole lines can be cleaned one at a time with the same result.
    """
    text = data.decode("utf-8", "replace")
    if _FIRST_OF_C1 not in data and len(data.translate(None, _SUSPECT)) == len(data):
        return text
    return _UNPRINTABLE.sub("", _ESCAPE.sub("", _CARRIAGE_RETURNS.sub("\n", text)))


def without_split_end(data: bytes) -> bytes:
    """``data`` without the first bytes of a UTF-8 character that would go on behind its end."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    decoder.decode(data)
    return data[: len(data) - len(decoder.getstate()[0])]
