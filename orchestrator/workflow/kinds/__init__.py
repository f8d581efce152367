"""The table of node kinds: how the keys of each are checked and compiled. A new kind is a new file and one row."""

from collections.abc import Mapping
from typing import Any

from orchestrator.workflow.kinds.agent import AGENT
from orchestrator.workflow.kinds.base import Kind
from orchestrator.workflow.kinds.fix import FIX
from orchestrator.workflow.kinds.gate import GATE
from orchestrator.workflow.kinds.loop import LOOP
from orchestrator.workflow.kinds.merge import MERGE
from orchestrator.workflow.kinds.run import RUN
from orchestrator.workflow.kinds.set import SET
from orchestrator.workflow.kinds.test import TEST
from orchestrator.workflow.kinds.workflow import WORKFLOW

KINDS: Mapping[str, Kind[Any]] = {kind.name: kind for kind in (RUN, FIX, AGENT, TEST, MERGE, SET, GATE, LOOP, WORKFLOW)}
"""Kind -> row, in the order in which documentation lists them."""

__all__ = ["KINDS"]
