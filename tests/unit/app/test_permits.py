"""What a person allowed may change, and nothing else that a project's pack protects."""

from pathlib import Path

import pytest

from orchestrator.domain.intent import permitted
from orchestrator.testing.repo import TempRepo
from tests.unit.app.courts import a_bench

pytestmark = pytest.mark.anyio
RECORDED = "tests/__snapshots__/test_a.ambr"
FILES = {
    "pyproject.toml": '[project]\nname = "a"\nversion = "0"\n',
    "a.py": "ONE = 1\n",
    "tests/test_a.py": "def test_a():\n    pass\n",
    RECORDED: "# name: test_a\n",
    "uv.lock": "version = 1\n",
}


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (set[str](), {"tests/test_a.py", RECORDED, "uv.lock"}),
        ({"expectations"}, {"tests/test_a.py", "uv.lock"}),
        ({"dependencies"}, {"tests/test_a.py", RECORDED}),
        ({"dependencies", "expectations", "plausible"}, {"tests/test_a.py"}),
    ],
)
async def test_a_word_frees_what_it_is_about(tmp_path: Path, words: set[str], left: set[str]) -> None:
    repo = TempRepo(tmp_path / "project").commit(FILES)
    async with a_bench(repo, tmp_path, mode="off") as bench:
        assert set(bench.jury.protected(tuple(FILES), permits=permitted(words))) == left
