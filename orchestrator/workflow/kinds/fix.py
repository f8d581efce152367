# ruff: noqa: RUF012 -- these are models of pydantic, which copies mutable defaults
"""``fix``: repairs without a model, by tools, by rules and by search."""

from typing import Annotated, Literal

from pydantic import Field

from orchestrator.workflow.fields import Template
from orchestrator.workflow.kinds.base import Kind, Parts, Site
from orchestrator.workflow.schema import BoundKeys, NodeKeys, OutputKeys
from orchestrator.workflow.templates import check_template

FIX_OUTPUTS = frozenset({"commit", "repaired", "left", "steps", "held"})


class FixKeys(NodeKeys, BoundKeys, OutputKeys):
    """A node that repairs what it is given, at no cost."""

    kind: Literal["fix"] = "fix"
    cluster: Template = ""
    accept: Annotated[list[Template], Field(max_length=10)] = []
    search: bool = True
    path: Template = ""


def _compile(keys: FixKeys, site: Site) -> Parts:
    """Body: ``cluster`` (template of a test's cluster; ``""``: all that fails), ``accept``, ``search``, ``path``."""
    place = site.place
    for name, text in (("cluster", keys.cluster), ("path", keys.path)):
        check_template(text, place.at(name), visible=site.visible)
    for index, text in enumerate(keys.accept):
        check_template(text, place.at("accept", index), visible=site.visible)
    return Parts(body={"cluster": keys.cluster, "accept": list(keys.accept), "search": keys.search, "path": keys.path})


FIX = Kind(name="fix", keys=FixKeys, compile=_compile, outputs=FIX_OUTPUTS, edits=True)
