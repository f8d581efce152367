"""A bench for repairs without a model: a small program in a folder, its compiler or interpreter, nothing else.

A case is a text file. Its head has lines ``key: value`` (``class``: what is wrong; ``outcome``: ``repaired``, or
``left`` where nothing honest can be done without a person; ``accept``: words given beforehand). Then come files, each
after a line ``-- NAME --``. The file ``expected`` is what the repaired program must print; the repair never sees it.
"""

import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.domain.diagnosis import Diagnosis, Progress, ToolRun
from orchestrator.domain.finding import Finding, Severity
from orchestrator.errors import ParseError
from orchestrator.fixers.bench import Judgement, Probe
from orchestrator.validation.fingerprint import fingerprinted
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.table import PARSERS

CASES = Path(__file__).resolve().parent.parent / "tests" / "cases" / "fixers"
_FILE = re.compile(r"^-- (\S+) --\n", re.MULTILINE)
_SECONDS = 60
_TOOLS = os.environ.get("RUNG_TOOLS", "")
_USER = Path(pwd.getpwuid(os.getuid()).pw_dir)
_HOMES = {
    "RUSTUP_HOME": _USER / ".rustup",
    "CARGO_HOME": _USER / ".cargo",
    "GOCACHE": _USER / ".cache" / "go-build",
    "GOPATH": _USER / "go",
}
"""Toolchains stay where the user has them, whatever ``HOME`` is while tests run."""


@dataclass(frozen=True, kw_only=True)
class Toolchain:
    """How a language is built, read and run.

    Attributes:
        needs: programs, and folders by their paths, without which a case cannot be judged.
        stages: command lines in order; ``*SUFFIX`` stands for all files of that kind.
        parser: reads what a stage prints.
        run: prints what is compared with ``expected``, after all stages.
    """

    needs: Sequence[str]
    stages: Sequence[Sequence[str]]
    parser: str
    run: Sequence[str]


_PYTHON = (sys.executable, "-B", "-W", "error", "main.py")
_C = ("gcc", "-std=gnu17", "-Wall", "-Wextra", "-Werror", "*.c", "-o", "program")
_TSC = ("--strict", "--target", "es2022", "--module", "nodenext", "--noUnusedLocals", "--noImplicitOverride")
_MVN = ("mvn", "-o", "-B", "-ntp", "-q", "-Dstyle.color=never", f"-Dmaven.repo.local={_USER}/.m2/repository")
_PLUGINS = _USER / ".m2" / "repository" / "org" / "apache" / "maven" / "plugins"
TOOLCHAINS: Mapping[str, Toolchain] = {
    "python": Toolchain(needs=("python3",), stages=[_PYTHON], parser="python", run=_PYTHON),
    "rust": Toolchain(
        needs=("rustc",),
        stages=[
            ("rustc", "--edition", "2021", "--error-format=json", "-D", "unused_must_use", "main.rs", "-o", "program")
        ],
        parser="cargo",
        run=("./program",),
    ),
    "c": Toolchain(needs=("gcc",), stages=[_C], parser="cc", run=("./program",)),
    "make": Toolchain(needs=("gcc", "make"), stages=[("make", "-s")], parser="cc", run=("./program",)),
    "typescript": Toolchain(
        needs=("node", "tsc"),
        stages=[("tsc", *_TSC, "--pretty", "false", "--outDir", "out", "*.ts")],
        parser="tsc",
        run=("node", "out/main.js"),
    ),
    "project": Toolchain(
        needs=("node", "tsc"), stages=[("tsc", "--pretty", "false")], parser="tsc", run=("node", "out/main.js")
    ),
    "go": Toolchain(needs=("go",), stages=[("go", "vet", "./...")], parser="go", run=("go", "run", ".")),
    "maven": Toolchain(
        needs=("mvn", "javac", "java", str(_PLUGINS / "maven-compiler-plugin" / "3.13.0")),
        stages=[(*_MVN, "compile")],
        parser="maven",
        run=("java", "-cp", "target/classes", "shop.Main"),
    ),
    "java": Toolchain(
        needs=("javac", "java"),
        stages=[("javac", "-d", "out", "*.java")],
        parser="javac",
        run=("java", "-cp", "out", "Main"),
    ),
}
_BUILD_FILES = {"Makefile": "make", "tsconfig.json": "project", "pom.xml": "maven"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One broken program."""

    name: str
    language: str
    head: Mapping[str, str]
    files: Mapping[str, str]
    expected: str

    @property
    def is_repairable(self) -> bool:
        """Whether an honest repair is expected."""
        return self.head.get("outcome", "repaired") == "repaired"

    @property
    def toolchain(self) -> Toolchain:
        """Of its language; a program with a Makefile or a tsconfig.json is built as that says."""
        named = next((name for file, name in _BUILD_FILES.items() if file in self.files), self.language)
        return TOOLCHAINS[named]

    @property
    def missing(self) -> str:
        """The first program that is not here; ``""`` where none is missing."""
        return next((Path(name).name for name in self.toolchain.needs if not _is_here(name)), "")


def load(language: str) -> list[Case]:
    """The cases of a language, by name."""
    return [read(path) for path in sorted((CASES / language).glob("*.case"))]


def read(path: Path) -> Case:
    """One case."""
    head, *parts = _FILE.split(path.read_text(encoding="utf-8"))
    pairs = [line.partition(": ") for line in head.splitlines() if ": " in line]
    files = dict(zip(parts[::2], parts[1::2], strict=True))
    expected = files.pop("expected")
    return Case(
        name=path.stem,
        language=path.parent.name,
        head={key: value for key, _, value in pairs},
        files=files,
        expected=expected,
    )


def _is_here(need: str) -> bool:
    return Path(need).is_dir() if Path(need).is_absolute() else shutil.which(need, path=_path()) is not None


def _path() -> str:
    """``RUNG_TOOLS`` may name further folders of programs, such as a compiler of TypeScript."""
    return os.pathsep.join(part for part in (_TOOLS, os.environ.get("PATH", "")) if part)


@dataclass
class FolderBench:
    """Implements :class:`orchestrator.fixers.bench.Bench` on throw-away copies of a few files.

    Attributes:
        accept: words with which a person allowed what is held otherwise.
        judged: how many trees were judged so far.
    """

    files: Mapping[str, str]
    toolchain: Toolchain
    accept: frozenset[str] = frozenset()
    judged: int = 0
    base: Counter[str] | None = None
    tools: Mapping[str, str] = field(default_factory=dict)

    async def judge(self, changes: Mapping[str, str]) -> Judgement:
        self.judged += 1
        texts = {**self.files, **changes}
        with tempfile.TemporaryDirectory() as folder:
            runs, findings, left = self._stages(folder, texts)
        counted = Counter(finding.fingerprint for finding in findings)
        self.base = counted if self.base is None else self.base
        targets = (counted & self.base).total()
        progress = Progress(stages_left=left, targets_left=targets, new_findings=counted.total() - targets)
        known = dict(changes)
        diagnosis = Diagnosis(texts=texts, findings=findings, runs=runs, changes=known, accept=self.accept)
        return Judgement(progress=progress, diagnosis=diagnosis)

    async def run(self, probe: Probe, changes: Mapping[str, str]) -> ToolRun:
        with tempfile.TemporaryDirectory() as folder:
            write(folder, {**self.files, **changes})
            return start(probe.argv, folder, stdin=probe.stdin)

    def output(self, changes: Mapping[str, str]) -> str | None:
        """What the program prints; ``None`` where it cannot be built or fails."""
        with tempfile.TemporaryDirectory() as folder:
            write(folder, {**self.files, **changes})
            if any(start(argv, folder).exit_code for argv in self.toolchain.stages):
                return None
            run = start(self.toolchain.run, folder)
        return None if run.exit_code else run.stdout

    def _stages(self, folder: str, texts: Mapping[str, str]) -> tuple[list[ToolRun], tuple[Finding, ...], int]:
        write(folder, texts)
        runs: list[ToolRun] = []
        for number, argv in enumerate(self.toolchain.stages):
            runs.append(start(argv, folder))
            if runs[-1].exit_code:
                return runs, self._findings(runs[-1], folder, texts=texts), len(self.toolchain.stages) - number
        return runs, (), 0

    def _findings(self, run: ToolRun, folder: str, *, texts: Mapping[str, str]) -> tuple[Finding, ...]:
        is_json = run.stderr.startswith("{")  # rustc writes its messages there, cargo to standard output
        output = Output(stdout=run.stderr if is_json else run.stdout, stderr="" if is_json else run.stderr)
        try:
            report = PARSERS[self.toolchain.parser](output, Context(root=folder, files=tuple(texts)))
            found = [one for one in report.findings if one.severity is not Severity.NOTE]
        except ParseError:
            found = []
        if not found and self.base is None:
            raise RuntimeError(f"{run.argv[0]} says nothing about the program: {run.text[-300:]}")
        return fingerprinted(
            found or [Finding(tool=run.argv[0], message=run.text.strip()[-200:] or f"exit code {run.exit_code}")],
            lambda file: texts.get(file, "").splitlines(),
        )


def write(folder: str, texts: Mapping[str, str]) -> None:
    """Put the files into ``folder``, line ends as they are."""
    for name, text in texts.items():
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def start(argv: Sequence[str], folder: str, *, stdin: str = "") -> ToolRun:
    """Run a command there.

    Raises:
        FileNotFoundError: there is no such program.
    """
    words = tuple(part for word in argv for part in _expanded(word, folder))
    env = {**{name: str(path) for name, path in _HOMES.items()}, **os.environ, "PATH": _path(), "RUNG_TOOLS": _TOOLS}
    env |= {"GOFLAGS": "-mod=mod", "GO111MODULE": "on", "GOPROXY": "off", "LC_ALL": "C.UTF-8"}
    program = words[0] if words[0].startswith("./") else shutil.which(words[0], path=env["PATH"])
    if program is None:
        raise FileNotFoundError(words[0])
    try:
        done = subprocess.run(
            (program, *words[1:]),
            cwd=folder,
            env=env,
            input=stdin.encode(),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return ToolRun(argv=words, stderr="no end in time", exit_code=124)
    return ToolRun(
        argv=words,
        stdout=done.stdout.decode("utf-8", "replace").replace(folder + "/", ""),
        stderr=done.stderr.decode("utf-8", "replace").replace(folder + "/", ""),
        exit_code=done.returncode,
    )


def _expanded(word: str, folder: str) -> Sequence[str]:
    if not word.startswith("*."):
        return (word,)
    return sorted(str(path.relative_to(folder)) for path in Path(folder).rglob(word) if "out" not in path.parts)
