"""``set``: computes outputs, and nothing else."""

from typing import Annotated, Literal

from pydantic import Field

from orchestrator.workflow.fields import Id, Template
from orchestrator.workflow.kinds.base import Kind, Parts, Site
from orchestrator.workflow.schema import NodeKeys, OutputKeys


class SetKeys(NodeKeys, OutputKeys):
    """A node that only has outputs."""

    kind: Literal["set"] = "set"
    outputs: Annotated[dict[Id, Template], Field(min_length=1)]


def _compile(keys: SetKeys, site: Site) -> Parts:
    """Body: empty."""
    del keys, site
    return Parts()


SET = Kind(name="set", keys=SetKeys, compile=_compile, outputs=frozenset())
