"""Packs: what is known of each language as data, and what becomes of it for one project.

``load_packs`` reads them, ``detect`` finds projects, ``wanted_tools`` and ``find_tools`` their tools, and
``plan_stages`` says which commands judge them and what their exit codes mean.
"""

from orchestrator.validation.packs.command import StageCommand, in_turn, narrowed, setup_key
from orchestrator.validation.packs.detect import detect
from orchestrator.validation.packs.jsonschema import json_schema, key_tables, schema_text
from orchestrator.validation.packs.load import Packs, load_packs, read_pack
from orchestrator.validation.packs.lookup import Read
from orchestrator.validation.packs.override import Overrides, StageOverride, plan_configured
from orchestrator.validation.packs.plan import Site, plan_stages, wanted_tools
from orchestrator.validation.packs.project import Project
from orchestrator.validation.packs.schema import Pack
from orchestrator.validation.packs.tools import Finder, FoundTool, Tools, find_tools
from orchestrator.validation.packs.words import STAGES, AffectedRule, StageName

__all__ = [
    "STAGES",
    "AffectedRule",
    "Finder",
    "FoundTool",
    "Overrides",
    "Pack",
    "Packs",
    "Project",
    "Read",
    "Site",
    "StageCommand",
    "StageName",
    "StageOverride",
    "Tools",
    "detect",
    "find_tools",
    "in_turn",
    "json_schema",
    "key_tables",
    "load_packs",
    "narrowed",
    "plan_configured",
    "plan_stages",
    "read_pack",
    "schema_text",
    "setup_key",
    "wanted_tools",
]
