"""Names of JavaScript and TypeScript: a module of Node.js that is not imported, a slip of the pen."""

import re
from collections.abc import Iterator

from orchestrator.domain.suggestion import Edit, Suggestion
from orchestrator.fixers.near import near_misses
from orchestrator.fixers.places import insert_line, offset
from orchestrator.fixers.templates import Scene

_MODULES = frozenset(
    {"assert", "child_process", "crypto", "dns", "events", "fs", "http", "https", "net", "os", "path", "querystring",
     "readline", "stream", "tls", "url", "util", "vm", "zlib"}
)  # fmt: skip
"""Of Node.js, those that programs usually name as the module is named."""
_WORD = re.compile(r"(?<![\w$])[A-Za-z_$][\w$]+")
_MODULAR = re.compile(r"^(?:import|export)\b", re.MULTILINE)
_BRINGING = re.compile(r"^(?:import\b.*|(?:const|let|var)\b.*\brequire\(.*)$", re.MULTILINE)
_HEAD = re.compile(r"""(?:#!.*\n)?(?:\s*(["'])use strict\1;?[^\n]*\n)?""")
"""What has to stay first in a file."""


def undefined(scene: Scene) -> Iterator[Suggestion]:
    """``x is not defined``: the module of that name, else a name of the file that is spelled nearly so."""
    name = scene.match["name"]
    if name in _MODULES and re.search(rf"(?<![\w$.]){name}\.\w", scene.line):
        yield scene.suggestion(_brought(scene, name), message=f"import {name}", rank=10, source="missing import")
    yield from misspelled(scene)


def misspelled(scene: Scene) -> Iterator[Suggestion]:
    """A name of the file in place of one that nobody declares."""
    name, start = scene.match["name"], offset(scene.text, scene.finding.line)
    known = set(_WORD.findall(scene.text)) - {name}
    places = [match.span() for match in re.finditer(rf"(?<![\w$.]){re.escape(name)}(?![\w$])", scene.line)]
    for rank, other in enumerate(near_misses(name, known)):
        edits = [Edit(scene.file, start + begin, start + end, other) for begin, end in places]
        if edits:
            message = f"`{name}` is spelled `{other}`"
            yield scene.suggestion(*edits, message=message, rank=20 + rank, source="misspelled name")


def _brought(scene: Scene, name: str) -> Edit:
    """A line like those that bring in other modules, above them."""
    text, first = scene.text, _BRINGING.search(scene.text)
    is_module = scene.file.endswith(".mjs") or (not scene.file.endswith(".cjs") and _MODULAR.search(text) is not None)
    like = first[0].rstrip() if first else "';"
    quote, end = ('"' if '"' in like else "'"), (";" if like.endswith(";") else "")
    module = f"{quote}node:{name}{quote}" if "node:" in like or not first else f"{quote}{name}{quote}"
    new = f"import {name} from {module}{end}" if is_module else f"const {name} = require({module}){end}"
    head = _HEAD.match(text)
    place = first.start() if first else head.end() if head else 0
    return insert_line(text, scene.file, line=text.count("\n", 0, place) + 1, new=new)
