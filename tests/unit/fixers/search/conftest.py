"""Small projects on disk, searched by real processes."""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from orchestrator.app.clock import SystemClock
from orchestrator.fixers.search import Budget, SearchResult, SearchTarget, search
from orchestrator.sandbox import LocalRunner

Searched = Callable[..., Awaitable[SearchResult]]


@pytest.fixture
def searched(tmp_path: Path) -> Searched:
    """Writes ``program.py`` and ``test_program.py``, searches, and checks that nothing was written."""

    def files() -> list[Path]:
        return sorted(tmp_path.rglob("*"))

    async def run(program: str, tests: str, *, budget: Budget | None = None, **further: Any) -> SearchResult:
        for name, text in (("program.py", program), ("test_program.py", tests)):
            (tmp_path / name).write_text(text, encoding="utf-8")
        before = files()
        target = SearchTarget(
            root=str(tmp_path),
            texts={"program.py": program},
            tests=("test_program.py",),
            python=(sys.executable,),
            env={"PATH": "/usr/bin:/bin"},
            **further,
        )
        chosen = budget or Budget(candidates=300, seconds=20.0, inputs=40)
        result = await search(target, LocalRunner(), clock=SystemClock(), budget=chosen)
        assert files() == before
        return result

    return run
