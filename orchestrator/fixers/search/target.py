"""What is searched in, how far, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from orchestrator.domain.suggestion import Edit

__all__ = ["Behaviours", "Budget", "Claim", "Example", "Patch", "SearchResult", "SearchTarget"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTarget:
    """A project with failing tests.

    Attributes:
        root: absolute path of its folder, as the command runner sees it.
        texts: file, relative to the root, -> its text: all that may be changed. The worker runs these texts, whatever
            is on disk at their paths; files must be there for all of them.
        tests: test files, relative to the root.
        wanted: failing tests that are to pass, by any of the names that runners give them; empty for all that fail.
            Other tests that fail are not looked at.
        python: argv of the project's own interpreter, 3.8 or newer.
        paths: folders that are put on its import path, relative to the root; the root itself always is.
        env: the environment of the interpreter.
        language: of the texts; a row of :data:`orchestrator.fixers.search.languages.LANGUAGES`.
        node: argv of the project's own Node.js, 18 or newer, for JavaScript.
        beside: file -> text of what the worker may read and nobody changes, tests among it; for JavaScript.
    """

    root: str
    texts: Mapping[str, str]
    tests: tuple[str, ...]
    wanted: frozenset[str] = frozenset()
    python: tuple[str, ...] = ("python3",)
    paths: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    language: str = "python"
    node: tuple[str, ...] = ("node",)
    beside: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How far a search goes.

    Attributes:
        candidates: at most so many are tried; pairs of them have the same number once more.
        pairs: whether pairs are tried, too: where there may be several faults, a pair mends two at once by chance.
        seconds: of processor time, for trying them; watching the tests and comparing patches come on top. Counted so
            because then a busy machine finds what an idle one finds.
        longest: wall clock for the same.
        functions: at most so many functions are changed.
        inputs: generated inputs on which plausible patches are compared; 0 compares nothing: all claims are weak.
        memory_mb: address space of the process that tries.
        seed: of the generated inputs.
    """

    candidates: int = 2000
    pairs: bool = True
    seconds: float = 10.0
    longest: float = 40.0
    functions: int = 8
    inputs: int = 100
    memory_mb: int = 2048
    seed: int = 0


class Claim(StrEnum):
    """What may be said of a patch that passes all tests. None of them means that it is right."""

    CONSISTENT = "consistent"
    """One edit, of a kind that is likely enough for the number of failing tests; all patches that pass behave alike on
    at least twenty generated inputs that reach it; and at least four tests run the changed line."""
    AMBIGUOUS = "ambiguous"
    """Patches that pass behave differently: the tests do not say which behaviour is meant."""
    WEAK = "weak"
    """One of those conditions does not hold, though nothing speaks for another behaviour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An input on which behaviours differ: a call as text, and what comes of it, by who computes it."""

    input: str
    outputs: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Edits with which all tests pass, in the worker.

    Attributes:
        edits: of the texts of the target.
        texts: file -> new text, for every file that changes.
        was: what each of the edits replaces.
        operator: what kind of change it is; two joined by ``+`` where there are two edits.
        rank: which candidate it was, counted from 1.
        line: line of the first edit in the old text.
        tests: tests that run that line.
        example: an input on which the old and the new program differ (``old``, ``new``), where one was found.
    """

    edits: tuple[Edit, ...]
    texts: Mapping[str, str]
    was: tuple[str, ...]
    operator: str
    rank: int
    line: int
    tests: int
    example: Example | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviours:
    """How the plausible patches compare.

    Attributes:
        groups: indices into ``SearchResult.plausible``; those of one group behave alike.
        inputs: on how many inputs.
        differ: an input on which the first two groups differ; outputs by index of a group's first patch.
    """

    groups: tuple[tuple[int, ...], ...] = ()
    inputs: int = 0
    differ: Example | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """What a search found.

    Attributes:
        chosen: the smallest edit among the patches that behave as the first does; ``None`` where there is none.
        claim: of ``chosen``; ``None`` where there is none.
        why: where there is no patch, the reason in a sentence.
        plausible: all patches with which the tests pass, in the order in which they were found.
        behaviours: see :class:`Behaviours`.
        suspects: file and line, the most suspicious first; at most ten.
        flipping: edits that make a failing test pass and break another or leave one failing; at most ten.
        tried: candidates that were run or refused.
        tests: tests that were watched, and those of them that failed.
        forked_each: whether every candidate had a process of its own, because of threads or extension modules.
        flaky: tests that give one result now and another one then; they were left out.
        seconds: wall clock, all in all; ``first_seconds`` until the first plausible patch, ``None`` without one.
        try_seconds: wall clock of trying alone; ``processor_seconds`` the same as processor time.
        cleaned: file -> text, what was cleaned of a model's answer before anything was searched.
    """

    chosen: Patch | None = None
    claim: Claim | None = None
    why: str = ""
    plausible: tuple[Patch, ...] = ()
    behaviours: Behaviours = field(default_factory=Behaviours)
    suspects: tuple[tuple[str, int], ...] = ()
    flipping: tuple[tuple[Edit, ...], ...] = ()
    tried: int = 0
    tests: int = 0
    failing: int = 0
    forked_each: bool = False
    flaky: tuple[str, ...] = ()
    seconds: float = 0.0
    first_seconds: float | None = None
    try_seconds: float = 0.0
    processor_seconds: float = 0.0
    cleaned: Mapping[str, str] = field(default_factory=dict)
