"""What the keys of a pack have in common."""

import re
from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict, WithJsonSchema
from pydantic_core import PydanticCustomError

__all__ = ["Codes", "Glob", "Keys", "Many", "Name", "Pattern", "Text", "Version", "broken"]

_RANGE = re.compile(r"(\d{1,3})-(\d{1,3})\Z")
_LAST = 255
_CODE = {"type": "integer", "minimum": 0, "maximum": _LAST}

T = TypeVar("T")


class Keys(BaseModel):
    """A mapping of a pack: its keys are a closed set, written with hyphens; its values are not converted."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        alias_generator=lambda name: name.rstrip("_").replace("_", "-"),
        protected_namespaces=(),
    )


def broken(what: str) -> PydanticCustomError:
    """The error of a rule, in the words of :class:`orchestrator.errors.Problem`."""
    return PydanticCustomError("rule", "{what}", {"what": what})


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise broken(f"{text!r} is no regular expression: {error}") from error
    return text


def _glob(text: str) -> str:
    if text.startswith("/") or ".." in text.split("/") or "\\" in text:
        raise broken(f"{text!r} leaves the project: a pattern starts at its root")
    return text


def _expanded(value: Any) -> Any:
    """``[0, "3-5"]`` as ``{0, 3, 4, 5}``; anything else is for the type to refuse."""
    if not isinstance(value, list):
        return value
    codes: set[Any] = set()
    for item in value:
        found = _RANGE.match(item) if isinstance(item, str) else None
        if found is None and (isinstance(item, bool) or not isinstance(item, int)):
            raise broken(f"{item!r} is no exit code and no range such as '1-127'")
        codes.update(range(int(found[1]), int(found[2]) + 1) if found else [item])
    if not codes <= set(range(_LAST + 1)):
        raise broken(f"exit codes are 0 to {_LAST}")
    return frozenset(codes)


Many: TypeAlias = Annotated[tuple[T, ...], Strict(strict=False)]
"""A list."""

Text: TypeAlias = Annotated[str, Field(min_length=1)]
"""Text that is not empty."""

Name: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,49}$")]
"""What a pack, a tool, a program or a configuration is called."""

Version: TypeAlias = Annotated[str, Field(pattern=r"^\d{1,9}(\.\d{1,9}){0,3}$")]
"""A version as text: unquoted, YAML would read 1.10 as 1.1."""

Pattern: TypeAlias = Annotated[Text, AfterValidator(_pattern)]
"""A regular expression of Python's ``re``."""

Glob: TypeAlias = Annotated[Text, AfterValidator(_glob)]
"""A pattern of paths below the project's root."""

Codes: TypeAlias = Annotated[
    frozenset[int],
    BeforeValidator(_expanded),
    WithJsonSchema({"type": "array", "items": {"anyOf": [_CODE, {"type": "string", "pattern": r"^\d{1,3}-\d{1,3}$"}]}}),
]
"""Exit codes, single ones and ranges."""
