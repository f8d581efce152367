"""Rules over files that do something outside of the sandbox later, and over what nobody can read."""

import re
from collections.abc import Iterator

from orchestrator.validation.integrity.flatten import flattened
from orchestrator.validation.integrity.patterns import joined
from orchestrator.validation.integrity.sides import Hit, Looked
from orchestrator.validation.packs.globs import matches

__all__ = ["build_file", "hidden_text", "host_file", "host_script"]

_RUN = (
    "**/.githooks/**",
    "**/.husky/**",
    "**/hooks/pre-*",
    "**/hooks/post-*",
    "**/.git/**",
    "**/.gitattributes",
    "**/.gitmodules",
    "**/.gitconfig",
    "**/.envrc",
    "**/.env",
    "**/.vscode/*.json",
    "**/.idea/**",
    "**/.devcontainer/**",
    "**/.pre-commit-config.yaml",
    "**/lefthook.y*ml",
    "**/.github/workflows/**",
    "**/.github/actions/**",
    "**/CODEOWNERS",
    "**/.gitlab-ci.yml",
    "**/.circleci/**",
    "**/.travis.yml",
    "**/appveyor.yml",
    "**/azure-pipelines*.yml",
    "**/Jenkinsfile",
    "**/.buildkite/**",
    "**/.ci/**",
    "**/.claude/**",
    "**/.cursor/**",
    "**/.mcp.json",
    "**/AGENTS.md",
    "**/CLAUDE.md",
    "**/.rung/**",
    "**/rung.toml",
    "**/conftest.py",
    "**/*.pth",
    "**/.npmrc",
    "**/.yarnrc*",
    "**/.pnp.*",
    "**/pip.conf",
    "**/.pypirc",
    "**/.cargo/config*",
    "**/.mvn/**",
    "**/gradle/wrapper/**",
    "**/gradlew*",
    "**/mvnw*",
    "**/.bazelrc",
    "**/.gdbinit",
    "**/.lldbinit",
    "**/.direnv/**",
    "**/*.desktop",
)
_BUILD = (
    "**/Makefile",
    "**/makefile",
    "**/GNUmakefile",
    "**/*.mk",
    "**/[jJ]ustfile",
    "**/Taskfile.y*ml",
    "**/CMakeLists.txt",
    "**/*.cmake",
    "**/setup.py",
    "**/build.rs",
    "**/pom.xml",
    "**/*.gradle",
    "**/*.gradle.kts",
    "**/Dockerfile*",
    "**/docker-compose*.y*ml",
    "**/noxfile.py",
    "**/tox.ini",
    "**/meson.build",
    "**/configure",
    "**/configure.ac",
)
_UNREADABLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]|\x1b")
_GENERATE = re.compile(joined(r"//go:generate\b[^\n]*", r"^\s*#!.*\s-S\s"), re.MULTILINE)


def host_file(looked: Looked) -> Iterator[Hit]:
    """A file that an editor, git, CI, an agent or an interpreter runs or obeys by itself."""
    if looked.change.after is not None and matches(looked.path, _RUN):
        yield Hit(min(looked.added, default=0) + 1, looked.path)
    yield from looked.risen(_GENERATE, "comments")


def build_file(looked: Looked) -> Iterator[Hit]:
    """A file that runs when somebody builds."""
    if looked.change.after is not None and matches(looked.path, _BUILD):
        yield Hit(min(looked.added, default=0) + 1, looked.path)


def host_script(looked: Looked) -> Iterator[Hit]:
    """A script of a manifest that people call by its name is new or another."""
    before, after = (flattened(looked.path, side or "") or {} for side in (looked.change.before, looked.change.after))
    for key in after:
        if key.startswith(("scripts.", "tool.poe.tasks.", "tool.pdm.scripts.", "alias.")) and after[key] != before.get(
            key
        ):
            word = key.rpartition(".")[2]
            yield looked.hit(next((i for i in sorted(looked.added) if word in looked.line(i)), 0), key)


def hidden_text(looked: Looked) -> Iterator[Hit]:
    """Characters that people do not see, or that turn what they see around."""
    for index in sorted(looked.added):
        if _UNREADABLE.search(looked.line(index)):
            yield Hit(index + 1, looked.line(index).encode("ascii", "backslashreplace").decode()[:200])
