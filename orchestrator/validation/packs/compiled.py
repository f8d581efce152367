"""The shipped packs as plain data, by the digest of their text: read in a fraction of the time that YAML takes.

What is looked up is the text itself, so a changed file is never answered by what it was before. Only the shipped folder
is looked into: what a person reads before trusting a pack is its YAML.
The file is ``validators/compiled.json``; :func:`compiled_text` is what it has to hold.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.resources import SUFFIXES, Places

__all__ = ["compiled", "compiled_text"]

_NAME = "compiled.json"
_FOLDER = "validators"


def compiled(path: Path, text: str) -> JsonObject | None:
    """What ``text``, of the file ``path``, says; ``None`` where that is not known without reading it as YAML."""
    return _known(path.parent).get(_digest(text)) if path.parent in Places().folders(_FOLDER) else None


def compiled_text() -> str:
    """The text of the shipped file."""
    from orchestrator.validation.packs.yamltext import parse

    paths = [path for folder in Places().folders(_FOLDER) for path in folder.glob("*") if path.suffix in SUFFIXES]
    texts = {path.name: path.read_text(encoding="utf-8-sig") for path in sorted(paths)}
    rows = [f'"{_digest(text)}":\n{json.dumps(parse(text, name).data)}' for name, text in texts.items()]
    return "{\n" + ",\n".join(rows) + "\n}\n"


@cache
def _known(folder: Path) -> Mapping[str, JsonObject]:
    try:
        found: Mapping[str, JsonObject] = json.loads((folder / _NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # it only saves time
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
