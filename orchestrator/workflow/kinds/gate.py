"""``gate``: a person says whether the run goes on."""

from typing import Literal

from orchestrator.workflow.fields import Template
from orchestrator.workflow.kinds.base import Kind, Parts, Site
from orchestrator.workflow.schema import NodeKeys, OutputKeys
from orchestrator.workflow.templates import check_template


class GateKeys(NodeKeys, OutputKeys):
    """A node that waits for a person."""

    kind: Literal["gate"] = "gate"
    prompt: Template = ""


def _compile(keys: GateKeys, site: Site) -> Parts:
    """Body: ``prompt``, a template; ``""`` leaves the question to the handler."""
    check_template(keys.prompt, site.place.at("prompt"), visible=site.visible)
    return Parts(body={"prompt": keys.prompt})


GATE = Kind(name="gate", keys=GateKeys, compile=_compile, outputs=frozenset({"approved"}))
