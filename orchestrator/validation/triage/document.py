"""Triage as one JSON document: what ``rung triage --json`` prints.

The keys are a contract. Readers must accept new ones; none is removed or changes its meaning.
``python -m orchestrator.validation.triage.document`` prints the JSON Schema (docs/reference/triage.schema.json).
"""

import json
import sys
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.domain.finding import Category, FailureClass
from orchestrator.validation.triage.judge import BUDGET, Triage

__all__ = ["TriageDocument", "json_text", "triage_schema"]

Line = Annotated[int, Field(ge=1)]
Range = Annotated[list[Line], Field(min_length=2, max_length=2)]


class TriageDocument(BaseModel):
    """What sort of failure a log shows, who has to act, and the lines that matter."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, title="Triage of a log")

    failure_class: Annotated[FailureClass, Field(serialization_alias="class", validation_alias="class")]
    """The sort of failure; `unknown` where nothing in the log tells."""
    category: Category
    """Who has to act on it."""
    confidence: Annotated[float, Field(ge=0, le=1)]
    """Below 0.7 the class is a guess."""
    ranges: list[Range]
    """First and last of the lines that are kept: 1-based, both inside, rising, not touching each other."""
    kept_lines: Annotated[list[str], Field(max_length=BUDGET)]
    """The text of these lines, in order, as many as the ranges span."""


def json_text(found: Triage) -> str:
    """The document, indented, with a line feed at its end."""
    document = TriageDocument.model_validate(
        {
            "class": found.failure_class,
            "category": found.category,
            "confidence": found.confidence,
            "ranges": [list(one) for one in found.ranges],
            "kept_lines": list(found.kept_lines),
        }
    )
    return json.dumps(document.model_dump(mode="json", by_alias=True), indent=2, ensure_ascii=False) + "\n"


def triage_schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **TriageDocument.model_json_schema(mode="serialization", by_alias=True),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(triage_schema(), indent=2) + "\n")
