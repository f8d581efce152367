"""The ``tier`` of a node: which rungs of the ladder may be climbed."""

from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import BeforeValidator, WithJsonSchema

from orchestrator.workflow.fields import Keys

TierName: TypeAlias = Literal["local-fast", "local", "cloud-fast", "premium"]
TIERS = get_args(TierName)

_SCHEMA = {
    "anyOf": [
        {"enum": list(TIERS)},
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {"start": {"enum": list(TIERS)}, "max": {"enum": list(TIERS)}},
        },
    ]
}


class TierKeys(Keys):
    """The rungs of the ladder that may be climbed."""

    start: TierName = "local-fast"
    max: TierName = "premium"


def _tier(value: Any) -> Any:
    """A name alone is where the ladder starts."""
    return {"start": value} if isinstance(value, str) else value


Tier: TypeAlias = Annotated[TierKeys, BeforeValidator(_tier), WithJsonSchema(_SCHEMA)]
