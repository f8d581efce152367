# ruff: noqa: RUF012 -- these are models of pydantic, which copies mutable defaults
"""``agent``: a model edits files until the node's own checks pass."""

from typing import Annotated, Literal

from pydantic import Field

from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.workflow.checks import CheckEntry, CheckKeys, stages_of
from orchestrator.workflow.fields import Constant, Globs, Keys, Template
from orchestrator.workflow.kinds.base import Kind, Parts, Site
from orchestrator.workflow.schema import AgentRetryKeys, BoundKeys, NodeKeys, OutputKeys
from orchestrator.workflow.script import check_shell
from orchestrator.workflow.templates import check_template
from orchestrator.workflow.tiers import TIERS, Tier, TierKeys
from orchestrator.workflow.tree import quoted


class PermissionKeys(Keys):
    """What an edit may touch; ``deny`` wins."""

    edit: Globs = []
    deny: Globs = []


class AgentKeys(NodeKeys, BoundKeys, OutputKeys):
    """A node that asks models for an edit."""

    kind: Literal["agent"] = "agent"
    prompt: Template
    system: Constant = ""
    files: Annotated[Globs, Field(min_length=1)]
    tier: Tier = TierKeys()
    validate_: Annotated[list[CheckEntry], Field(min_length=1)]
    permissions: PermissionKeys = PermissionKeys()
    retry: AgentRetryKeys = AgentRetryKeys()


def _compile(keys: AgentKeys, site: Site) -> Parts:
    """Body: ``prompt`` (template), ``system``, ``files``, ``tier_start``, ``tier_max``, and lists.

    These are ``edit`` and ``deny`` (globs), ``validate`` (scripts: ``name``, ``script``, ``shell``, ``timeout`` in
    seconds) and ``stages``, which are to pass as well.
    """
    place = site.place
    check_template(keys.prompt, place.at("prompt"), visible=site.visible)
    scripts = [(index, check) for index, check in enumerate(keys.validate_) if isinstance(check, CheckKeys)]
    for index, check in scripts:
        check_shell(check.shell, place.at("validate", index, "shell"))
    for index, path in enumerate(keys.files):
        if fault := _path_fault(path):
            place.at("files", index).note(
                f"{quoted(path)} {fault}", "name one file, from the repository's root: src/a.py"
            )
    if TIERS.index(keys.tier.start) > TIERS.index(keys.tier.max):
        place.at("tier").note("start is above max", f"the tiers are, cheapest first: {', '.join(TIERS)}")
    return Parts(
        body={
            "prompt": keys.prompt,
            "system": keys.system,
            "files": list(keys.files),
            "tier_start": keys.tier.start,
            "tier_max": keys.tier.max,
            "edit": list(keys.permissions.edit),
            "deny": list(keys.permissions.deny),
            "validate": [_check(check, index) for index, check in scripts],
            "stages": list(stages_of(keys.validate_)),
        }
    )


def _check(keys: CheckKeys, index: int) -> dict[str, JsonValue]:
    name = keys.name or f"check {index + 1}"
    return {"name": name, "script": keys.run, "shell": keys.shell, "timeout": keys.timeout_minutes * 60}


def _path_fault(path: str) -> str:
    levels = path.split("/")
    if path.startswith(("/", "~")) or ".." in levels:
        return "leaves the repository"
    if not all(levels) or "." in levels:
        return "has an empty or a '.' level"
    return "is a pattern" if "*" in path or "?" in path else ""


AGENT = Kind(name="agent", keys=AgentKeys, compile=_compile, sign="prompt", edits=True, outputs=frozenset({"commit"}))
