"""Formatting files, and sorting their imports, with the tools that do it; the texts come back, nothing is written."""

from collections.abc import Iterable, Mapping

from orchestrator.domain.diagnosis import ToolRun
from orchestrator.fixers.bench import Probe
from orchestrator.fixers.sources.formatters import probe_of


def format_probes(texts: Mapping[str, str]) -> tuple[Probe, ...]:
    """A command for each file that has a formatter; the others are left out."""
    found = [probe_of(file, text) for file, text in sorted(texts.items())]
    return tuple(probe for probe in found if probe)


def import_probes(texts: Mapping[str, str]) -> tuple[Probe, ...]:
    """A command for each Python file that prints it with its imports sorted, as the project's own settings say."""
    return tuple(
        Probe(
            argv=("ruff", "check", "--no-cache", "--quiet", "--select", "I", "--fix", "--stdin-filename", file, "-"),
            stdin=text,
            about=file,
        )
        for file, text in sorted(texts.items())
        if file.endswith((".py", ".pyi"))
    )


def changed(texts: Mapping[str, str], runs: Iterable[ToolRun]) -> dict[str, str]:
    """File -> its new text, of what the commands printed; a command that failed or printed nothing changes nothing."""
    return {
        run.about: run.stdout
        for run in runs
        if run.exit_code == 0 and run.stdout.strip() and texts.get(run.about, run.stdout) != run.stdout
    }
