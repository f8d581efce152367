"""What an expression may see while it is evaluated."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from orchestrator.domain.jsonvalue import JsonValue

StatusFunction: TypeAlias = Callable[..., bool]
"""Called with the node ids that the expression names, most often none. ``LookupError`` says that one is unknown."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The names of one evaluation.

    Attributes:
        contexts: name -> value. A name that is not here is an error; a property that a context lacks is null.
        status: ``success``, ``failure``, ``always``, ``cancelled`` -> what answers; one that is missing is an error.
    """

    contexts: Mapping[str, JsonValue] = field(default_factory=dict)
    status: Mapping[str, StatusFunction] = field(default_factory=dict)
