"""Whether Rung's verdicts on recorded answers are the recorded ones: each answer is judged as a project of its own.

Run: ``python -m benchmarks.replays --data DIR`` (or ``RUNG_DATA``) ``[--sets A,B] [--languages js,sh]
[--records pass,compile] [--sample N] [--jobs N] [--typescript DIR] [--resume FILE] [--show]``.

DIR holds the sets that ``benchmarks/replay/recordings.py`` names, with their sources. Every answer becomes the small
project that a user would have, and the shipped packs judge it in the sandbox: without network, each command for at most
30 s. Equal answers to one task are judged once and counted as often as they were given. TypeScript needs its compiler:
``tsc`` on the PATH, or DIR of the package ``typescript``. Counted apart is what nobody can decide: an answer that ran
out of time here and not in the record, or the other way round; and one that does not come out as recorded, nor the same
way three times in a row. ``--show`` lists these, and all disagreements.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import anyio

from benchmarks.replay.agreement import Outcome, compared, read_line, written_line
from benchmarks.replay.judging import Judge, open_judge
from benchmarks.replay.recordings import SETS, Answer, answers, sample
from benchmarks.replay.trial import try_all


def chosen(arguments: argparse.Namespace) -> list[Answer]:
    """The answers that were asked for."""
    languages, records = (
        frozenset(filter(None, words.split(","))) for words in (arguments.languages, arguments.records)
    )
    found: list[Answer] = []
    for name in arguments.sets.split(","):
        here = answers(Path(arguments.data), name, part=arguments.part)
        here = [one for one in here if not languages or one.language in languages]
        here = [one for one in here if not records or one.recorded in records]
        found += sample(here, arguments.sample) if arguments.sample and here else here
    return found


def without_tools(judge: Judge, given: Sequence[Answer]) -> list[Answer]:
    """``given`` but for what cannot be judged here, which is told."""
    lacking = {language: judge.lacks(language) for language in sorted({one.language for one in given})}
    for language, what in lacking.items():
        if what:
            count = sum(len(one.names) for one in given if one.language == language)
            print(f"{language}: {count} answers left out: no {what} here", file=sys.stderr)
    return [one for one in given if not lacking[one.language]]


def resumed(path: str) -> dict[str, Outcome]:
    """What the file at ``path`` holds, by the digest of the answer; nothing where there is none."""
    lines = Path(path).read_text(encoding="utf-8").splitlines() if path and Path(path).exists() else []
    return {one.digest: one for one in map(read_line, lines)}


async def judged(given: Sequence[Answer], *, arguments: argparse.Namespace, keep: Callable[[Outcome], None]) -> None:
    """Judge each of ``given``; ``keep`` is told of each as it ends."""
    async with open_judge(arguments.typescript) as judge:
        await try_all(judge, without_tools(judge, given), jobs=arguments.jobs, done=keep)


def outcomes(arguments: argparse.Namespace) -> list[Outcome]:
    """Both verdicts on each answer; what the file to resume holds is not judged again."""
    given, known = chosen(arguments), resumed(arguments.resume)
    found = [known[one.digest] for one in given if one.digest in known]
    due = [one for one in given if one.digest not in known]
    with Path(arguments.resume or os.devnull).open("a", encoding="utf-8") as stream:

        def keep(outcome: Outcome) -> None:
            found.append(outcome)
            print(written_line(outcome), file=stream, flush=True)

        if due:
            anyio.run(partial(judged, due, arguments=arguments, keep=keep))
    return found


def print_table(found: Sequence[Outcome]) -> None:
    """A row for each set and language."""
    groups = sorted({one.group for one in found})
    names = list(compared(()))
    print(f"{'answers judged as recorded':28}" + "".join(f"{name:>22}" for name in names))
    for group in groups:
        figures = compared(one for one in found if one.group == group)
        print(f"{group:28}" + "".join(f"{figures[name]!s:>22}" for name in names))


def print_disagreements(found: Iterable[Outcome]) -> None:
    """A line for each answer on which the two differ."""
    for one in sorted(found, key=lambda one: (one.is_apart, one.group, one.name)):
        if one.differs:
            here = " ".join(filter(None, (one.status, one.failure_class, "/".join(map(str, one.found)))))
            said = " ".join((one.recorded, "/".join(map(str, one.expected)))).strip()
            why = "apart, for time: " if one.is_late else "" if one.is_steady else "apart, for it is unsteady: "
            print(f"{why}{one.name} (x{one.weight}): recorded {said}, here {here}")


def main() -> int:
    """Print the tables; 2 where there is no data."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=os.environ.get("RUNG_DATA", ""), help="folder of recorded data")
    parser.add_argument("--part", default="dev", help="which part of each set; the first word of its files' names")
    parser.add_argument("--sets", default=",".join(SETS), help="which sets, with commas")
    parser.add_argument("--languages", default="", help="which languages, with commas; all where none is named")
    parser.add_argument("--records", default="", help="what is recorded of them (pass, compile), with commas")
    parser.add_argument("--sample", type=int, default=0, help="so many of each set, always the same; 0 for all")
    parser.add_argument("--jobs", type=int, default=2, help="answers judged at a time")
    parser.add_argument("--typescript", default="", help="folder of the package typescript")
    parser.add_argument("--resume", default="", help="a file that keeps what was judged, and is gone on with")
    parser.add_argument("--show", action="store_true", help="list what differs")
    arguments = parser.parse_args()
    if not all(Path(arguments.data or "absent", name).is_dir() for name in arguments.sets.split(",")):
        print("replays: no recorded answers here (--data DIR or RUNG_DATA; see the head of this file)", file=sys.stderr)
        return 2
    found = outcomes(arguments)
    print_table(found)
    if arguments.show:
        print_disagreements(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
