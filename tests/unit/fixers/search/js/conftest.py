"""Small projects on disk, searched by real processes of Node.js."""

import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from orchestrator.app.clock import SystemClock
from orchestrator.fixers.search import Budget, SearchResult, SearchTarget, search
from orchestrator.sandbox import LocalRunner

Searched = Callable[..., Awaitable[SearchResult]]
Targeted = Callable[..., SearchTarget]


@pytest.fixture
def targeted(tmp_path: Path) -> Targeted:
    """Writes a program and its tests; what a search is given then."""
    if shutil.which("node") is None:
        pytest.skip("no node here")

    def make(program: str, tests: str, *, ending: str = "js", **further: Any) -> SearchTarget:
        files = {f"program.{ending}": program, f"program.test.{ending}": tests}
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return SearchTarget(
            root=str(tmp_path),
            texts={f"program.{ending}": program},
            tests=(f"program.test.{ending}",),
            beside={f"program.test.{ending}": tests},
            env={"PATH": os.environ["PATH"]},
            language="javascript",
            **further,
        )

    return make


@pytest.fixture
def searched(tmp_path: Path, targeted: Targeted) -> Searched:
    """Searches, and checks that nothing was written."""

    def files() -> list[Path]:
        return sorted(tmp_path.rglob("*"))

    async def run(
        program: str, tests: str, *, budget: Budget | None = None, ending: str = "js", **further: Any
    ) -> SearchResult:
        target = targeted(program, tests, ending=ending, **further)
        before = files()
        chosen = budget or Budget(candidates=200, seconds=20.0, inputs=40)
        result = await search(target, LocalRunner(), clock=SystemClock(), budget=chosen)
        assert files() == before
        return result

    return run
