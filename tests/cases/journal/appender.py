"""Programs that write a journal, to be killed.

``fork``: for each store named on a line of standard input, a forked process appends until it is killed.
``append STORE COUNT [relaxed]``: append so many more events (``inf``: without end), every third one durable;
    ``relaxed``: without flushing, to show what is lost then.
``plain STORE``: three durable events without threads, so that every write has a fixed number.

Each prints ``acknowledged N`` when event N is durable, and a :class:`JournalError` as ``error CODE TEXT``.
"""

import os
import sys
from contextlib import AbstractAsyncContextManager
from functools import partial
from itertools import count, takewhile
from pathlib import Path

import anyio
import anyio.lowlevel

from orchestrator.domain.events import NodeStarted
from orchestrator.domain.ids import NodeId, RunId
from orchestrator.errors import JournalError
from orchestrator.journal.committer import Committer, write_header
from orchestrator.journal.database import create, make_folder
from orchestrator.journal.layout import JOURNAL
from orchestrator.journal.lock import RunLock
from orchestrator.journal.schema import run_schema
from orchestrator.journal.writer import JournalWriter, create_writer, open_writer

RUN = RunId("r1")


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def numbered(number: int) -> NodeStarted:
    return NodeStarted(float(number), NodeId(f"node-{number}"), number)


def journal_in(store: Path) -> AbstractAsyncContextManager[JournalWriter]:
    return open_writer(store, RUN) if (store / JOURNAL).exists() else create_writer(store, RUN)


async def append(store: Path, how_many: float, *options: str) -> None:
    async with journal_in(store) as journal:
        if "relaxed" in options:
            journal._committer.connection.execute("PRAGMA synchronous = OFF")
        before = len(journal.read())
        for number in takewhile(lambda number: number <= before + how_many, count(before + 1)):
            journal.append(numbered(number))
            if number % 3 == 0:
                await journal.durable()
                say(f"acknowledged {number}")


def plainly(store: Path) -> None:
    make_folder(store)
    with RunLock.acquire(store):
        if not (store / JOURNAL).exists():
            create(store / JOURNAL, run_schema(), fill=partial(write_header, header={"run": RUN}))
        committer = Committer(store / JOURNAL)
        for number in range(1, 4):
            committer.commit([numbered(number)])
            say(f"acknowledged {number}")
        committer.close(failed=False)


def fork_for_each_line() -> None:
    anyio.run(anyio.lowlevel.checkpoint)  # what anyio loads on its first run is then there in every fork
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            say(f"pid {os.getpid()}")
            anyio.run(append, Path(line.strip()), float("inf"))
        os.waitpid(pid, 0)
        say("ended")


def main(mode: str, *arguments: str) -> None:
    try:
        if mode == "fork":
            fork_for_each_line()
        elif mode == "append":
            anyio.run(append, Path(arguments[0]), float(arguments[1]), *arguments[2:])
        else:
            plainly(Path(arguments[0]))
    except JournalError as error:
        say(f"error {error.exit_code} {error}")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main(*sys.argv[1:])
