# ruff: noqa: RUF012 -- these are models of pydantic, which copies mutable defaults
"""``merge``: all that has landed, judged as a whole beside what the run began from."""

from typing import Annotated, Literal

from pydantic import Field

from orchestrator.workflow.fields import Template
from orchestrator.workflow.kinds.base import Kind, Parts, Site
from orchestrator.workflow.kinds.test import VERDICT_OUTPUTS
from orchestrator.workflow.schema import BoundKeys, NodeKeys, OutputKeys
from orchestrator.workflow.templates import check_template


class MergeKeys(NodeKeys, BoundKeys, OutputKeys):
    """A node behind which everything fits together."""

    kind: Literal["merge"] = "merge"
    accept: Literal["no-regression", "passed"] = "no-regression"
    path: Template = ""
    permits: Annotated[list[Literal["tests", "ci", "locks", "dependencies", "expectations"]], Field(max_length=5)] = []
    consents: Annotated[list[Template], Field(max_length=10)] = []


def _compile(keys: MergeKeys, site: Site) -> Parts:
    """Body: ``accept``, ``path`` (template), ``permits`` (names of guarded files), ``consents`` (templates)."""
    check_template(keys.path, site.place.at("path"), visible=site.visible)
    for index, text in enumerate(keys.consents):
        check_template(text, site.place.at("consents", index), visible=site.visible)
    consents = list(keys.consents)
    return Parts(body={"accept": keys.accept, "path": keys.path, "permits": list(keys.permits), "consents": consents})


MERGE = Kind(
    name="merge", keys=MergeKeys, compile=_compile, outputs=VERDICT_OUTPUTS | {"commit", "regressions"}, edits=True
)
