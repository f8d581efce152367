"""docs/reference/workflow.md is true: its tables are the models', and its examples load."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.workflow import loads
from orchestrator.workflow.checks import CheckKeys
from orchestrator.workflow.descriptions import DESCRIPTIONS
from orchestrator.workflow.fields import Keys
from orchestrator.workflow.intents import IntentKeys, LicenceKeys, RenameKeys
from orchestrator.workflow.kinds import KINDS
from orchestrator.workflow.kinds.agent import PermissionKeys
from orchestrator.workflow.schema import (
    AgentRetryKeys,
    BackoffKeys,
    DefaultKeys,
    InputKeys,
    LimitKeys,
    NodeKeys,
    RetryKeys,
    StrategyKeys,
    WorkflowKeys,
)
from orchestrator.workflow.tiers import TIERS, TierKeys
from orchestrator.workflow.validate import known_keys
from orchestrator.workflow.visible import (
    CONTEXTS,
    LOOP_FIELDS,
    NODE_FIELDS,
    RESULT_FIELDS,
    RUN_FIELDS,
    STATUS_FUNCTIONS,
)

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "workflow.md"
TEXT = PAGE.read_text(encoding="utf-8")
SHARED: tuple[type[Keys], ...] = (WorkflowKeys, InputKeys, LimitKeys, DefaultKeys, NodeKeys, RetryKeys, StrategyKeys)
OF_AGENTS: tuple[type[Keys], ...] = (TierKeys, CheckKeys, PermissionKeys, AgentRetryKeys)
OF_INTENTS: tuple[type[Keys], ...] = (IntentKeys, RenameKeys, LicenceKeys)
TABLES: dict[str, type[Keys]] = {
    model.__name__: model for model in (*SHARED, *OF_AGENTS, *OF_INTENTS, *(kind.keys for kind in KINDS.values()))
}
_TABLE = re.compile(r"<!-- table: (\w+) -->\n(.*?)<!-- end -->", re.DOTALL)


def _rows(model: type[Keys]) -> Iterator[str]:
    shared = known_keys(NodeKeys) if issubclass(model, NodeKeys) and model is not NodeKeys else ()
    yield "| key | meaning |"
    yield "| --- | --- |"
    for key in known_keys(model):
        if key not in (*shared, "kind"):
            yield f"| `{key}` | {DESCRIPTIONS[key]} |"


def rendered(text: str) -> str:
    """The page with its tables as they should be."""
    return _TABLE.sub(
        lambda match: f"<!-- table: {match[1]} -->\n\n" + "\n".join(_rows(TABLES[match[1]])) + "\n\n<!-- end -->", text
    )


def test_the_tables_are_those_of_the_models() -> None:
    """To renew them: write `rendered(TEXT)` to the page."""
    assert rendered(TEXT) == TEXT
    assert {match[1] for match in _TABLE.finditer(TEXT)} == set(TABLES)


def _examples() -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("example", _examples())
def test_an_example_loads(example: str, tmp_path: Path) -> None:
    plan = loads(example, source="workflow.md", base=tmp_path)
    assert plan.nodes


def test_the_page_has_examples_and_names_every_context_function_and_kind() -> None:
    assert len(_examples()) >= 6
    words = {*CONTEXTS, *RUN_FIELDS, *RESULT_FIELDS, *LOOP_FIELDS, *NODE_FIELDS, *STATUS_FUNCTIONS, *KINDS, *TIERS}
    assert {word for word in words | {*known_keys(BackoffKeys)} if not re.search(rf"\b{word}\b", TEXT)} == set()
