"""Workflow files: YAML 1.2 text, checked against a strict schema, compiled into a plan.

Everything that can be known without running is checked here, and every problem names its file, line and place.
"""

from orchestrator.workflow.codec import plan_from_json, plan_to_json
from orchestrator.workflow.inputs import bind_call, bind_inputs
from orchestrator.workflow.jsonschema import json_schema, schema_text
from orchestrator.workflow.loader import load, loads
from orchestrator.workflow.matrix import matrix_combinations

__all__ = [
    "bind_call",
    "bind_inputs",
    "json_schema",
    "load",
    "loads",
    "matrix_combinations",
    "plan_from_json",
    "plan_to_json",
    "schema_text",
]
