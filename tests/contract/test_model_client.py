"""What every model client does: the table of configured models and the one that answers from a list."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import anyio
import pytest

from orchestrator.domain.model import Prompt
from orchestrator.errors import ModelError
from orchestrator.models.registry import ModelEntry, Registry
from orchestrator.ports import ModelClient
from orchestrator.testing.model import ScriptedModel

pytestmark = pytest.mark.anyio

Make: TypeAlias = Callable[[Mapping[str, Sequence[str]]], ModelClient]
"""A client whose models give these texts in turn."""


def configured(folder: Path) -> Make:
    def make(answers: Mapping[str, Sequence[str]]) -> ModelClient:
        entries = []
        for name, texts in answers.items():
            script = folder / f"{name}.json"
            script.write_text(json.dumps({"replies": [{"text": text} for text in texts]}))
            entries.append(ModelEntry(name=name, tier="local", provider="scripted", script=script))
        return Registry(entries)

    return make


def in_memory(_folder: Path) -> Make:
    return ScriptedModel


@pytest.fixture(params=[configured, in_memory])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    kind: Callable[[Path], Make] = request.param
    return kind(tmp_path)


def prompt(model: str) -> Prompt:
    return Prompt(model=model, user="Mend it.", system="You write Python.")


async def test_a_reply_is_the_models_text_under_its_name_and_whole(make: Make) -> None:
    reply = await make({"small": ["as it\ncame \udc80 ü"]}).complete(prompt("small"))
    assert (reply.text, reply.model, reply.is_complete) == ("as it\ncame \udc80 ü", "small", True)


async def test_each_call_is_one_answer_and_the_last_one_is_repeated(make: Make) -> None:
    client = make({"small": ["one", "two"]})
    assert [(await client.complete(prompt("small"))).text for _ in range(4)] == ["one", "two", "two", "two"]


async def test_models_do_not_use_up_each_others_answers(make: Make) -> None:
    client = make({"small": ["s1", "s2"], "large": ["l1", "l2"]})
    asked = ["small", "large", "large", "small"]
    assert [(await client.complete(prompt(model))).text for model in asked] == ["s1", "l1", "l2", "s2"]


async def test_a_model_that_is_not_configured_is_an_error_that_no_other_try_mends(make: Make) -> None:
    with pytest.raises(ModelError) as caught:
        await make({"small": ["one"]}).complete(prompt("large"))
    assert (caught.value.model, caught.value.may_recover) == ("large", False)
    assert str(caught.value) == "model large: is not configured"


async def test_calls_side_by_side_each_get_an_answer_of_their_own(make: Make) -> None:
    texts = [str(number) for number in range(12)]
    client = make({"small": texts})
    got = []

    async def ask() -> None:
        got.append((await client.complete(prompt("small"))).text)

    async with anyio.create_task_group() as tasks:
        for _ in texts:
            tasks.start_soon(ask)
    assert sorted(got, key=int) == texts
