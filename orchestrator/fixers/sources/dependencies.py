"""A package that is imported and not declared: its distribution is added to the manifest, if a person agrees.

Import names and distribution names differ. What the project's own environment says (``importlib.metadata``) counts
first, then a table that ships here, then the import name itself. No version is written: the lock file decides that.
"""

import re
import sys
from collections.abc import Iterator, Sequence

from orchestrator.domain.diagnosis import Diagnosis
from orchestrator.domain.finding import Finding
from orchestrator.domain.suggestion import Applicability, Edit, Suggestion
from orchestrator.fixers.bench import Probe
from orchestrator.fixers.datafile import data
from orchestrator.fixers.places import insert_line
from orchestrator.fixers.rule import Rule
from orchestrator.fixers.sources.jsonlines import loaded, table

_MISSING = re.compile(r"ModuleNotFoundError: No module named '(?P<name>[\w.]+)'")
_ASK = "import importlib.metadata as m, json; print(json.dumps(m.packages_distributions()))"
_PROBE = Probe(argv=("python3", "-c", _ASK))
_LIST = re.compile(r"^dependencies[ \t]*=[ \t]*\[", re.MULTILINE)


def probes(diagnosis: Diagnosis) -> Sequence[Probe]:
    """The project's own environment, about what it has installed."""
    return (_PROBE,) if any(_missing(one, diagnosis) for one in diagnosis.findings) else ()


def propose(diagnosis: Diagnosis) -> Iterator[Suggestion]:
    """One for each package and manifest; held for a person unless they accepted ``dependencies``."""
    installed = next((table(loaded(run.stdout)) for run in diagnosis.runs if run.argv == _PROBE.argv), {})
    for finding in diagnosis.findings:
        if name := _missing(finding, diagnosis):
            distribution = distribution_of(name, installed)
            for edit in _added(diagnosis, distribution):
                yield Suggestion(
                    edits=(edit,),
                    source="dependencies",
                    message=f"declare {distribution} in {edit.file}",
                    applicability=Applicability.DEPENDENCY,
                    rank=50,
                    finding=finding.fingerprint,
                )


RULE = Rule(name="dependencies", propose=propose, probes=probes)


def distribution_of(name: str, installed: dict[str, object]) -> str:
    """The distribution that provides the import ``name``; ``installed`` is import name -> list of distributions."""
    top = name.partition(".")[0]
    found = installed.get(top)
    if isinstance(found, list) and found and isinstance(found[0], str):
        return found[0]
    known: dict[str, str] = data("distributions")
    return known.get(name) or known.get(top) or top.replace("_", "-")


def _missing(finding: Finding, diagnosis: Diagnosis) -> str:
    """The package that is missing; ``""`` for one of the standard library or of the project."""
    match = _MISSING.search(finding.message)
    top = match["name"].partition(".")[0] if match else ""
    own = {part for file in diagnosis.texts for part in file.removesuffix(".py").split("/")}
    return match["name"] if match and top not in own | set(sys.stdlib_module_names) else ""


def _added(diagnosis: Diagnosis, distribution: str) -> Iterator[Edit]:
    text = diagnosis.texts.get("pyproject.toml")
    if text is not None and (match := _LIST.search(text)) and not _declares(text, distribution):
        is_short = text[match.end() : match.end() + 1] != "\n"
        is_empty = text[match.end() : match.end() + 1] == "]"
        new = f'"{distribution}"' + ("" if is_empty else ", ") if is_short else f'\n  "{distribution}",'
        yield Edit("pyproject.toml", match.end(), match.end(), new)
    text = diagnosis.texts.get("requirements.txt")
    if text is not None and not _declares(text, distribution):
        yield insert_line(text, "requirements.txt", line=text.count("\n") + 2, new=distribution)


def _declares(text: str, distribution: str) -> bool:
    name = re.escape(distribution).replace("_", "[-_.]").replace(r"\-", "[-_.]")
    return re.search(rf"(?im)^\s*[\"']?{name}(?![\w.-])", text) is not None
