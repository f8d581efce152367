"""dask.distributed: a graph of delayed calls on a local cluster of two worker processes of one thread each."""

import importlib
import os
import tempfile
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.engines.protocol import Prepare, Run, needs_of
from benchmarks.graphs import Successors

WORKERS = 2
_runs = count()


@lru_cache(maxsize=1)
def _notes(path: str) -> int:
    """A worker's descriptor of the file that all note in; short writes to its end do not mix."""
    return os.open(path, os.O_WRONLY | os.O_APPEND)


def body(path: str, node: int, *_needs: None) -> None:
    """Runs in a worker."""
    os.write(_notes(path), array("q", [node]).tobytes())


def prepare(successors: Successors, *, dask: Any, client: Any, notes: Path) -> Iterator[Run]:
    """The graph is built for each run: a key that dask still knows would not be computed again."""
    needs = needs_of(successors)
    call = dask.delayed(body, pure=False)
    while True:
        number, built = next(_runs), list[Any]()
        for node, wanted in enumerate(needs):
            parents = (built[need] for need in wanted)
            built.append(call(str(notes), node, *parents, dask_key_name=f"run-{number}-{node}"))
        ends = [one for one, followers in zip(built, successors, strict=True) if not followers]
        yield partial(run, client, ends, notes=notes)


def run(client: Any, ends: list[Any], *, notes: Path) -> list[int]:
    """Compute the graph and read what the workers noted."""
    notes.write_bytes(b"")
    client.gather(client.compute(ends, optimize_graph=False))
    return array("q", notes.read_bytes()).tolist()


@contextmanager
def session() -> Iterator[Prepare]:
    """Start the cluster, without its web pages."""
    dask, distributed = importlib.import_module("dask"), importlib.import_module("distributed")
    with (
        tempfile.TemporaryDirectory() as folder,
        distributed.LocalCluster(n_workers=WORKERS, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        notes = Path(folder, "notes")
        notes.touch()
        yield partial(prepare, dask=dask, client=client, notes=notes)
