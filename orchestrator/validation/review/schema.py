"""The shape of the answers, as JSON Schemas; what reads the answers is held against them by a test."""

from typing import Final

from orchestrator.domain.jsonvalue import JsonObject

MOST_FINDINGS: Final = 50
MOST_FILES: Final = 50
LONGEST_MESSAGE: Final = 2_000
"""Characters."""

_TEXT: Final[JsonObject] = {"type": "string", "minLength": 1, "maxLength": LONGEST_MESSAGE, "pattern": "\\S"}
_CONFIDENCE: Final[JsonObject] = {"type": "number", "minimum": 0, "maximum": 1}
SEVERITIES: Final = ("error", "warning", "note")

REVIEW_SCHEMA: Final[JsonObject] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["decision", "confidence", "findings"],
    "properties": {
        "decision": {"enum": ["approve", "hold"]},
        "confidence": _CONFIDENCE,
        "findings": {
            "type": "array",
            "maxItems": MOST_FINDINGS,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["file", "line", "severity", "message"],
                "properties": {
                    "file": _TEXT,
                    "line": {"type": "integer", "minimum": 1},
                    "severity": {"enum": list(SEVERITIES)},
                    "message": _TEXT,
                },
            },
        },
    },
    "if": {"properties": {"decision": {"const": "hold"}}},
    "then": {"properties": {"findings": {"minItems": 1}}},
}
"""A review. Whoever holds back has to say why."""

DIAGNOSIS_SCHEMA: Final[JsonObject] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["cause", "files", "context_needed", "confidence"],
    "properties": {
        "cause": _TEXT,
        "files": {"type": "array", "maxItems": MOST_FILES, "items": _TEXT},
        "context_needed": {"type": "array", "maxItems": MOST_FILES, "items": _TEXT},
        "confidence": _CONFIDENCE,
    },
}
"""A diagnosis."""
