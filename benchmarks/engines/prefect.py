"""Prefect: a flow that submits a task for each node to its threads, with the server that Prefect starts by itself."""

import importlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import Any

from benchmarks.engines.protocol import Prepare, Run, needs_of
from benchmarks.graphs import Successors

THREADS = 32


def settings() -> dict[str, str]:
    """A home and a server of its own, no logs, and nothing told to anyone."""
    return {
        "DO_NOT_TRACK": "1",
        "PREFECT_HOME": str(Path(tempfile.gettempdir(), "prefect")),
        "PREFECT_LOGGING_LEVEL": "ERROR",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "200",
    }


def prepare(successors: Successors, *, library: Any, cache_policies: Any) -> Iterator[Run]:
    """The graph of a flow is made by running it."""
    order: list[int] = []
    needs = needs_of(successors)

    @library.task(cache_policy=cache_policies.NO_CACHE)  # type: ignore[untyped-decorator]  # Prefect need not be there
    def step(node: int) -> None:
        order.append(node)

    def submit_all() -> None:
        futures: list[Any] = []
        for node, wanted in enumerate(needs):
            futures.append(step.submit(node, wait_for=[futures[need] for need in wanted]))
        for future in futures:
            future.result()

    threads = importlib.import_module("prefect.task_runners").ThreadPoolTaskRunner(max_workers=THREADS)
    flow = library.flow(submit_all, name="no-op", task_runner=threads)

    def run() -> list[int]:
        order.clear()
        flow()
        return order

    return repeat(run)


@contextmanager
def session() -> Iterator[Prepare]:
    """Import it. Its server starts with the first run and ends with this process."""
    os.environ.pop("PREFECT_API_URL", None)
    os.environ.update(settings())
    library, policies = importlib.import_module("prefect"), importlib.import_module("prefect.cache_policies")
    yield partial(prepare, library=library, cache_policies=policies)
