"""A command of a stage, ready for a runner."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from orchestrator.domain.finding import FailureClass
from orchestrator.domain.verdict import Evidence, VerdictStatus
from orchestrator.validation.packs.placeholders import TURN, fill, fill_text
from orchestrator.validation.packs.words import StageName

__all__ = ["StageCommand", "in_turn", "narrowed", "setup_key"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCommand:
    """One command. Of one project and stage they run in order, each after the success of the one before.

    Attributes:
        stage: its stage.
        pack: id of the project's pack; ``""`` for a command of the configuration.
        tool: what findings are attributed to.
        argv: program and arguments; no shell is involved unless it names one.
        cwd: below the repository's root, with ``/``; ``""`` for the root.
        env: over the variables around it, as they are in the first turn. turned: those of them that tell which turn it
            is, ``{turn}`` standing for its number (see :func:`in_turn`). Without any it does the same in each.
        timeout, idle: seconds; 0 means none.
        writes: absolute path -> text of the files that have to be there before it runs.
        reports: the report files that it writes: absolute, or patterns below the repository's root. They have to be
            removed before it runs: one that is already there says nothing.
        parser: which parser reads what it prints and reports.
        ok, findings, empty: exit codes; any other means that the tool itself failed.
        evidence: whether counted ids of tests decide, or the exit code.
        ignore: codes of findings that never decide. decides: the classes of findings that do; empty for all.
        min_score: below this the stages after it are not run.
        is_optional: whether it is left out where its tool is missing; else that is a failure of the tools.
        missing: why it cannot be run; ``""`` where it can.
        needs_setup: whether the project's dependencies have to be set up first.
        has_network: of set-up alone.
        locks: of set-up: the files below the repository's root that its result depends on.
        toolchains: whose folders have to be seen inside a sandbox.
        versions: tool -> version.
        whole: the last of ``argv``: what makes it run everything. narrow: what stands there instead where it is
            restricted to chosen tests (see :func:`narrowed`).
    """

    stage: StageName
    argv: tuple[str, ...]
    pack: str = ""
    tool: str = ""
    cwd: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    turned: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 0.0
    idle: float = 0.0
    writes: Mapping[str, str] = field(default_factory=dict, repr=False)
    reports: tuple[str, ...] = ()
    parser: str = "generic"
    ok: frozenset[int] = frozenset({0})
    findings: frozenset[int] = frozenset({1})
    empty: frozenset[int] = frozenset()
    evidence: Evidence = Evidence.EXIT_CODE
    ignore: frozenset[str] = frozenset()
    decides: frozenset[FailureClass] = frozenset()
    min_score: float = 1.0
    is_optional: bool = False
    missing: str = ""
    needs_setup: bool = False
    has_network: bool = False
    locks: tuple[str, ...] = ()
    toolchains: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    whole: tuple[str, ...] = ()
    narrow: tuple[str, ...] = ()

    def status(self, exit_code: int) -> VerdictStatus:
        """What ``exit_code`` alone means."""
        meanings = (
            (self.ok, VerdictStatus.PASSED),
            (self.findings, VerdictStatus.FAILED),
            (self.empty, VerdictStatus.EMPTY),
        )
        return next((status for codes, status in meanings if exit_code in codes), VerdictStatus.TOOL_ERROR)


def in_turn(command: StageCommand, turn: int) -> StageCommand:
    """``command`` as it is run in ``turn``: 0, then 1 and so on where it is run again on one tree."""
    told = {name: fill_text(text, {TURN: str(turn)}) for name, text in command.turned.items()}
    return replace(command, env={**command.env, **told}) if told else command


def narrowed(command: StageCommand, *tests: str) -> StageCommand:
    """``command`` restricted to ``tests`` (of the unit that its pack names), or as it is where it cannot be."""
    if not (tests and command.narrow):
        return command
    values = {"tests": "|".join(tests)}
    kept = command.argv[: len(command.argv) - len(command.whole)]
    return replace(command, argv=(*kept, *fill(command.narrow, values, lists={"tests": tests})), whole=())


def setup_key(command: StageCommand, read: Callable[[str], bytes]) -> str:
    """What the result of a set-up depends on, as a SHA-256 in hexadecimal: lock files, arguments, tools.

    Raises:
        OSError: a lock file cannot be read.
    """
    files = {path: hashlib.sha256(read(path)).hexdigest() for path in command.locks}
    parts = [list(command.argv), command.cwd, dict(command.env), dict(command.versions), files]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
