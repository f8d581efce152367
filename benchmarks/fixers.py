"""How many small broken programs are repaired without a model, by language, on the cases in ``tests/cases/fixers``.

Run: ``python -m benchmarks.fixers [LANGUAGE...] [--verbose]``. TypeScript needs ``tsc`` on the ``PATH`` or in a folder
named by ``RUNG_TOOLS``. Repaired means: the tools accept the program and it prints what it should, which the repair
does not get to see. Silenced means: the tools accept it and it prints something else.
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.fixbench import TOOLCHAINS, Case, FolderBench, load
from orchestrator.fixers.driver import repair
from orchestrator.fixers.table import sources
from orchestrator.fixers.trial import Repaired


@dataclass(frozen=True, kw_only=True)
class Row:
    """What came of one case: ``repaired``, ``silenced`` or ``left``; ``skipped`` where a program is missing.

    A case that was ``whole before`` is a fault of the case.
    """

    case: Case
    outcome: str
    result: Repaired | None = None
    seconds: float = 0.0
    judged: int = 0

    @property
    def is_as_told(self) -> bool:
        """Whether it is what the case says."""
        return self.outcome in {"skipped", "repaired" if self.case.is_repairable else "left"}


async def measure(case: Case) -> Row:
    """Repair one case and look at what the program prints afterwards."""
    if case.missing:
        return Row(case=case, outcome="skipped")
    accept = frozenset(case.head.get("accept", "").split())
    bench = FolderBench(case.files, case.toolchain, accept)
    began = time.monotonic()
    result = await repair(bench, sources(bench), accept=accept)
    seconds = time.monotonic() - began
    outcome = "left"
    if result.base.is_done:
        outcome = "whole before"
    elif result.progress.is_done:
        outcome = "repaired" if bench.output(result.changes) == case.expected else "silenced"
    return Row(case=case, outcome=outcome, result=result, seconds=seconds, judged=bench.judged)


def told(row: Row) -> str:
    """One line about a case."""
    steps = "; ".join(f"{one.source}: {one.message}" for one in row.result.applied) if row.result else row.case.missing
    mark = " " if row.is_as_told else "!"
    return (
        f"{mark} {row.case.language}/{row.case.name}: {row.outcome} ({row.judged} judged, {row.seconds:.1f} s) {steps}"
    )


def summary(rows: Sequence[Row]) -> str:
    """One line of the table."""
    ran = [row for row in rows if row.outcome != "skipped"]
    if not ran:
        return f"{rows[0].case.language:<12}skipped: {rows[0].case.missing} is missing" if rows else "no cases"
    counts = {word: sum(row.outcome == word for row in ran) for word in ("repaired", "silenced", "left")}
    seconds = sorted(row.seconds for row in ran)[len(ran) // 2]
    judged = sorted(row.judged for row in ran)[len(ran) // 2]
    share = 100 * counts["repaired"] / len(ran)
    return (
        f"{ran[0].case.language:<12}{len(ran):>6}{counts['repaired']:>10}{counts['silenced']:>10}{counts['left']:>6}"
        f"{share:>7.0f} %{judged:>8}{seconds:>8.2f}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("languages", nargs="*")
    parser.add_argument("--case", default="")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    chosen = options.languages or [language for language in TOOLCHAINS if load(language)]
    lines = []
    for language in chosen:
        rows = []
        for case in load(language):
            if options.case in case.name:
                rows.append(asyncio.run(measure(case)))
                if options.verbose or not rows[-1].is_as_told:
                    print(told(rows[-1]), flush=True)
        lines.append(summary(rows))
    print("language     cases  repaired  silenced  left    share  judged  seconds (medians)")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
