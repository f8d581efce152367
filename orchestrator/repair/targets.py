"""What is to be gone, as JSON: how a ``test`` node hands it to ``fix`` nodes."""

from collections.abc import Mapping, Sequence

from orchestrator.domain.assessment import Unit
from orchestrator.domain.jsonvalue import JsonObject, JsonValue
from orchestrator.domain.judgement import Target
from orchestrator.domain.survey import Cluster
from orchestrator.errors import InputError, Problem

_MESSAGES = 5


def cluster_to_json(cluster: Cluster) -> JsonObject:
    """``id``, ``files``, ``targets`` (as :func:`targets_from_json` takes them), and the first ``messages``."""
    return {
        "id": cluster.id,
        "files": list(cluster.files),
        "messages": [one.message for one in cluster.findings[:_MESSAGES]],
        "targets": [_target_to_json(target) for target in cluster.targets],
    }


def targets_from_json(value: JsonValue) -> tuple[Target, ...]:
    """The targets of what :func:`cluster_to_json` gave.

    Raises:
        InputError: it is something else.
    """
    rows = value.get("targets") if isinstance(value, Mapping) else None
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise InputError([Problem(what="it is no cluster of a test node", hint="cluster: ${{ item }}")])
    return tuple(_target_from_json(row) for row in rows)


def _target_to_json(target: Target) -> JsonObject:
    return {
        "stage": target.stage,
        "root": target.unit.root,
        "pack": target.unit.pack,
        "name": target.name,
        "test": target.is_test,
    }


def _target_from_json(row: JsonValue) -> Target:
    if not isinstance(row, Mapping) or not {"stage", "root", "pack", "name", "test"} <= set(row):
        raise InputError([Problem(what="a target of the cluster is not as a test node writes it")])
    return Target(
        stage=str(row["stage"]),
        unit=Unit(root=str(row["root"]), pack=str(row["pack"])),
        name=str(row["name"]),
        is_test=bool(row["test"]),
    )
