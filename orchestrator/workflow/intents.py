"""The ``intent`` of a ``fix`` node: a job that needs no model."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, TypeAlias, get_args

from pydantic import Discriminator, Field, Tag, WithJsonSchema, model_validator

from orchestrator.domain.jsonvalue import JsonObject, JsonValue
from orchestrator.workflow.fields import Globs, Keys, Template, broken
from orchestrator.workflow.place import Place
from orchestrator.workflow.schema import DEFINITION
from orchestrator.workflow.templates import check_template
from orchestrator.workflow.visible import Visible

Word: TypeAlias = Literal["format", "sort-imports", "lock", "snapshots"]
WORDS: tuple[str, ...] = get_args(Word)
"""Intents that need nothing said beside their names."""

_WORD, _KEYS = "[word]", "[keys]"
"""Steps of pydantic's own, in brackets: nothing of the document."""

_Filled: TypeAlias = Annotated[Template, Field(min_length=1)]


class RenameKeys(Keys):
    """A name of a Python module, and what it is to be called."""

    symbol: _Filled
    to: _Filled
    file: _Filled


class LicenceKeys(Keys):
    """A header, and the files that get it."""

    text: Template = ""
    spdx: Template = ""
    files: Annotated[Globs, Field(min_length=1)]

    @model_validator(mode="after")
    def _one_header(self) -> Self:
        if bool(self.text) == bool(self.spdx):
            raise broken("a licence has a text, or an spdx identifier", "spdx: Apache-2.0")
        return self


class IntentKeys(Keys):
    """An intent with keys of its own."""

    rename: RenameKeys | None = None
    licence: LicenceKeys | None = None

    @model_validator(mode="after")
    def _one_intent(self) -> Self:
        if len([one for one in (self.rename, self.licence) if one]) != 1:
            raise broken("an intent is one job", f"{', '.join(WORDS)}, or one of {', '.join(_jobs())}")
        return self


_SCHEMA: Any = {"anyOf": [{"enum": list(WORDS)}, {DEFINITION: IntentKeys.__name__}]}


def _sort(value: Any) -> str:
    return _KEYS if isinstance(value, Mapping | IntentKeys) else _WORD


Intent: TypeAlias = Annotated[
    Annotated[Word, Tag(_WORD)] | Annotated[IntentKeys, Tag(_KEYS)], Discriminator(_sort), WithJsonSchema(_SCHEMA)
]
"""A word, or the mapping of an intent with keys."""


def compile_intent(intent: "str | IntentKeys", place: Place, *, visible: Visible) -> JsonObject:
    """``name`` and ``arguments`` (templates, and lists of constants) of ``intent``, which stands at ``place``."""
    if not isinstance(intent, IntentKeys):
        return {"name": intent, "arguments": {}}
    name = next(job for job in _jobs() if getattr(intent, job))
    arguments: dict[str, JsonValue] = getattr(intent, name).model_dump()
    for key, value in arguments.items():
        if isinstance(value, str):
            check_template(value, place.at(name, key), visible=visible)
    return {"name": name, "arguments": arguments}


def _jobs() -> tuple[str, ...]:
    return tuple(IntentKeys.model_fields)
