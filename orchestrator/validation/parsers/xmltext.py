"""XML read without trust: no document types or entities, bounded depth; what was read before a cut is kept."""

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from orchestrator.errors import ParseError
from orchestrator.validation.parsers.text import plain

_DEEPEST = 100
_LARGEST = 256 * 1024 * 1024
_CONTROL = re.compile(r"&#(?:x0*(?P<hex>1?[0-9A-Fa-f])|0*(?P<number>[12]?\d|3[01]));")
"""References to control characters, which XML 1.0 has not; reporters write them where a message is coloured."""
_CUT = frozenset(
    {
        expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
        expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
        expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
        expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
    }
)


@dataclass(slots=True)
class Element:
    """An element; ``is_closed`` is false where the text ended inside it."""

    tag: str
    attributes: dict[str, str]
    children: "list[Element]" = field(default_factory=list)
    chunks: list[str] = field(default_factory=list)
    is_closed: bool = False

    @property
    def text(self) -> str:
        """The characters directly inside it."""
        return "".join(self.chunks)

    def child(self, *tags: str) -> "Element | None":
        """The first child with one of the tags."""
        return next((child for child in self.children if child.tag in tags), None)


class _Builder:
    """Builds the tree from expat's calls."""

    def __init__(self, of: str) -> None:
        self.of = of
        self.root: Element | None = None
        self.open: list[Element] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if len(self.open) >= _DEEPEST:
            raise ParseError(f"its elements are nested deeper than {_DEEPEST}", of=self.of)
        element = Element(tag.rpartition(":")[2], attributes)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, tag: str) -> None:
        """An element ends."""
        del tag
        self.open.pop().is_closed = True

    def characters(self, text: str) -> None:
        """Characters between tags."""
        if self.open:
            self.open[-1].chunks.append(text)

    def doctype(self, *_: object) -> None:
        """A document type: no report has one, and entities live there."""
        raise ParseError("it declares a document type, which no report does", of=self.of)


def read_xml(text: str, *, of: str) -> Element:
    """The root element; of a text that was cut off as much as there is.

    Raises:
        ParseError: it is no XML, declares a document type, or is nested too deeply. ``of`` names the format in it.
    """
    if len(text) > _LARGEST:
        raise ParseError(f"it is larger than {_LARGEST} characters", of=of)
    builder, parser = _Builder(of), expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = builder.characters, builder.doctype
    try:
        parser.Parse(plain(_CONTROL.sub(_control, text.lstrip("\ufeff \t\r\n"))), True)  # noqa: FBT003 - expat takes it by position
    except expat.ExpatError as error:
        if error.code not in _CUT or builder.root is None:
            raise ParseError(f"it is no XML: {expat.ErrorString(error.code)}", of=of, line=error.lineno) from None
    if builder.root is None:
        raise ParseError("it holds no element", of=of)
    return builder.root


def _control(reference: re.Match[str]) -> str:
    """The character itself, to be cleaned away as any other one; white space stays a reference."""
    code = int(reference["hex"], 16) if reference["hex"] else int(reference["number"])
    return reference[0] if chr(code) in "\t\n\r" else chr(code)
