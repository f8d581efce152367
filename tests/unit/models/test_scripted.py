"""The model that answers from a file: what the file may hold, and the bill beside it."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from orchestrator.domain.model import Prompt
from orchestrator.domain.usage import Usage
from orchestrator.errors import ModelError
from orchestrator.models.providers.scripted import Scripted

pytestmark = pytest.mark.anyio

PROMPT = Prompt(model="small", user="Mend it.")


def model(folder: Path, text: str) -> Scripted:
    (folder / "replies.json").write_text(text)
    return Scripted("small", folder / "replies.json")


async def test_a_reply_brings_what_it_used_up(tmp_path: Path) -> None:
    usage = {"input": 10, "output": 4, "usd_micros": 7}
    replies = {"replies": [{"text": "one", "usage": usage}, {"text": "two"}]}
    client = model(tmp_path, json.dumps(replies))
    assert (await client.complete(PROMPT)).usage == Usage(**usage)
    assert (await client.complete(PROMPT)).usage == Usage()


async def test_every_call_is_a_line_of_the_bill(tmp_path: Path) -> None:
    client = model(tmp_path, '{"replies": [{"text": "one"}]}')
    for _ in range(3):
        await client.complete(PROMPT)
    lines = read_bill(tmp_path)
    assert [json.loads(line) for line in lines] == [{"model": "small", "characters": 8}] * 3


async def test_another_process_goes_on_where_the_bill_ends(tmp_path: Path) -> None:
    text = '{"replies": [{"text": "one"}, {"text": "two"}]}'
    await model(tmp_path, text).complete(PROMPT)
    assert (await model(tmp_path, text).complete(PROMPT)).text == "two"


def test_calls_at_the_same_moment_are_counted_one_by_one(tmp_path: Path) -> None:
    client = model(tmp_path, "{}")
    with ThreadPoolExecutor(8) as threads:
        counted = list(threads.map(lambda _: client._count(PROMPT), range(2_000)))
    assert sorted(counted) == list(range(2_000))


def read_bill(folder: Path) -> list[str]:
    return (folder / "replies.json.calls").read_text().splitlines()


BAD = {
    "no JSON": "{",
    "a list": "[]",
    "another key": '{"answers": []}',
    "no replies": '{"replies": []}',
    "a text for a reply": '{"replies": ["one"]}',
    "a reply without a text": '{"replies": [{}]}',
    "a usage that is none": '{"replies": [{"text": "one", "usage": 3}]}',
    "an unknown price class": '{"replies": [{"text": "one", "usage": {"inputs": 3}}]}',
    "a number that is none": '{"replies": [{"text": "one", "usage": {"input": "many"}}]}',
}


@pytest.mark.parametrize("case", BAD)
async def test_a_file_that_holds_something_else_is_told_and_no_other_try_helps(tmp_path: Path, case: str) -> None:
    with pytest.raises(ModelError, match=r"model small: .*replies\.json holds no replies") as caught:
        await model(tmp_path, BAD[case]).complete(PROMPT)
    assert not caught.value.may_recover


async def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="No such file") as caught:
        await Scripted("small", tmp_path / "none.json").complete(PROMPT)
    assert not caught.value.may_recover
