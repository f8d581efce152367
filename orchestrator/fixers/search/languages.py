"""The closed table of languages that can be searched. A new one is a package and a row."""

from collections.abc import Mapping

from orchestrator.fixers.search.js.language import JAVASCRIPT
from orchestrator.fixers.search.language import Language
from orchestrator.fixers.search.python import PYTHON

__all__ = ["LANGUAGES"]

LANGUAGES: Mapping[str, Language] = {"python": PYTHON, "javascript": JAVASCRIPT}
