"""What a search needs to know of a project, by the pack of its language."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.app.importpaths import import_paths
from orchestrator.fixers.search import SearchTarget
from orchestrator.validation.packs.globs import matching

__all__ = ["SEARCHABLE", "Premises"]

_SCRIPTS = ("**/*.js", "**/*.cjs", "**/*.mjs", "**/*.ts", "**/*.cts", "**/*.mts")
_NODE_TESTS = tuple(
    f"**/{name}.{end}"
    for end in ("js", "cjs", "mjs", "ts", "cts", "mts")
    for name in ("*.test", "*-test", "*_test", "test-*", "test", "test/**/*", "tests/**/*", "__tests__/**/*", "*.spec")
)
"""What ``node --test`` and its likes take for tests without being told."""
_RUN = re.compile(r"\bnode\s+(?:--?\S+\s+)*(?P<file>[\w./-]+\.[cm]?js)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """A project as the trial has it now.

    Attributes:
        root: its folder, as commands see it.
        own: its files, relative to that.
        texts: those of them that are text.
        tests: globs of its tests.
        env: the environment of its commands.
        is_barred: whether a repair must leave a file alone.
        program: where a tool of the pack lies, given its name; the name itself where that is not known.
    """

    root: str
    own: Sequence[str]
    texts: Mapping[str, str]
    tests: Sequence[str]
    env: Mapping[str, str]
    is_barred: Callable[[str], bool]
    program: Callable[[str], str]


def _python(premises: Premises) -> SearchTarget:
    texts = premises.texts
    sources = [name for name in matching(premises.own, ("**/*.py",)) if name in texts]
    tests = matching(premises.own, premises.tests)
    return SearchTarget(
        root=premises.root,
        texts={name: texts[name] for name in sources if not premises.is_barred(name)},
        tests=tests,
        python=(premises.program("python"),),
        paths=import_paths(premises.own, texts, tests=tests),
        env=premises.env,
    )


def _javascript(premises: Premises) -> SearchTarget:
    texts = premises.texts
    sources = [name for name in matching(premises.own, _SCRIPTS) if name in texts]
    barred = {name for name in sources if premises.is_barred(name)}
    named = _named_tests(texts.get("package.json", ""))
    found = matching(sources, (*premises.tests, *_NODE_TESTS))
    tests = tuple(name for name in sources if name in named) or tuple(found)
    return SearchTarget(
        root=premises.root,
        texts={name: texts[name] for name in sources if name not in barred and name not in tests},
        beside={name: texts[name] for name in sources if name in barred or name in tests},
        tests=tests,
        node=(premises.program("node"),),
        env=premises.env,
        language="javascript",
    )


def _named_tests(manifest: str) -> frozenset[str]:
    """Files that ``npm test`` has Node run, as ``package.json`` says."""
    try:
        scripts = json.loads(manifest)["scripts"]
        return frozenset(match["file"].removeprefix("./") for match in _RUN.finditer(scripts["test"]))
    except (ValueError, KeyError, TypeError):
        return frozenset()


SEARCHABLE: Mapping[str, Callable[[Premises], SearchTarget]] = {"python": _python, "javascript": _javascript}
"""Pack -> what is searched in. A new language is a row here and one in the table of the search."""
