"""What a pack may say: the one table of keys, types, bounds, defaults and descriptions.

A checked pack is one of these values, frozen; ``validators/schema.json`` and the tables of the reference page are
generated from them.
"""

from typing import Annotated

from pydantic import Field, Strict, StringConstraints

from orchestrator.domain.finding import FailureClass
from orchestrator.domain.verdict import Evidence
from orchestrator.validation.packs.keys import Codes, Glob, Keys, Many, Name, Pattern, Text, Version
from orchestrator.validation.packs.words import AffectedRule, Choice, StageName

__all__ = [
    "Command",
    "Condition",
    "Detection",
    "KeyCondition",
    "OwnConfig",
    "Pack",
    "Place",
    "Protection",
    "Review",
    "Stage",
    "Tests",
    "TextCondition",
    "ToolSpec",
    "Way",
]

_AsText = Strict(strict=False)  # YAML gives text, and a strict enumeration wants its member


class KeyCondition(Keys):
    """A key of a configuration file."""

    file: Glob = Field(description="The file: `.json`, `.toml`, or else of the INI format.")
    at: Text = Field(
        description="The key, dotted (`scripts.test`, `tool.ruff`); in an INI file a section or `section.key`."
    )
    matches: Pattern | None = Field(
        None,
        description="What its value has to hold; a group named `args` becomes the words of `{args}`.",
    )


class TextCondition(Keys):
    """What stands in files."""

    files: Many[Glob] = Field(min_length=1, description="The files to look into; at most 200 are read.")
    pattern: Pattern = Field(description="What has to be found, in lines (`^` and `$` are theirs).")
    exactly: int | None = Field(None, ge=1, description="In how many files; left out, in one at least.")


class Condition(Keys):
    """What has to be so. All that it names must hold; an empty one always does."""

    files: Many[Glob] = Field((), description="One of these exists.")
    absent: Many[Glob] = Field((), description="None of these exists.")
    key: KeyCondition | None = Field(None, description="A configuration file has this key.")
    text: TextCondition | None = Field(None, description="Files hold this text.")


class Detection(Keys):
    """How projects are found in a list of files."""

    markers: Many[Glob] = Field((), description="Names of files whose folder is a project.")
    weak_markers: Many[Glob] = Field((), description="As `markers`, where no project is at or above their folder.")
    extensions: Many[Annotated[str, StringConstraints(pattern=r"^\.[\w.+-]+$")]] = Field(
        (),
        description="Endings of source files; those outside of every project make one more, at the repository's root.",
    )
    skip: Many[Text] = Field((), description="Names of folders in which nothing is a project's own.")
    no_roots: Many[Text] = Field((), description="Names of folders below which no marker counts: what tests read.")
    needs_source: bool = Field(default=False, description="A marker counts only with a source file at or below it.")
    absorbs: Many[Condition] = Field(
        (), description="A project that meets one of these takes those of this pack below it in."
    )
    fallback: bool = Field(default=False, description="Only where no other pack has found a marker in the same folder.")


class Place(Keys):
    """Where a project says which version of a tool it wants."""

    file: Glob = Field(description="The file, looked for in the project and upwards to the repository's root.")
    at: Text | None = Field(None, description="A key of it, dotted; left out, the text of the file.")
    pattern: Pattern = Field(r"\S.*", description="What of the value is the requirement: group 1, or the whole match.")


class ToolSpec(Keys):
    """A program that commands name in braces."""

    programs: Many[Text] = Field(
        (),
        description="In this order: a path below the project (or upwards to the repository's root), or a name on PATH.",
    )
    with_: Name | None = Field(None, description="Instead of `programs`: the tool that runs this one, a module of its.")
    probe: Many[str] = Field(("--version",), description="Arguments that make it tell its version.")
    pattern: Pattern = Field(
        r"(?P<version>\d+(?:\.\d+)+)",
        description="Reads `version` from what it prints, and the real `program` where the one found only leads to it.",
    )
    minimum: Version | None = Field(None, description="The oldest version that these commands work with.")
    wanted: Many[Place] = Field((), description="Where the project says which version it wants; the first that says.")
    bare: Annotated[str, StringConstraints(pattern=r"^(>=|==)$")] = Field(
        ">=", description="What a version without an operator means there."
    )
    toolchain: Text | None = Field(None, description="Whose folders it needs in the sandbox; left out, its program's.")
    hint: str = Field("", description="What to do where it is missing.")


class OwnConfig(Keys):
    """A configuration file that is made for the runner from what the project's base says."""

    name: Text = Field(description="Its file name.")
    section: Text = Field(description="The INI section that it is written as.")
    sources: Many[KeyCondition] = Field(min_length=1, description="Where the project says it; the first that does.")
    drop: Many[Text] = Field((), description="Keys that are left out.")
    paths: dict[str, Many[str]] = Field(
        default_factory=dict,
        description="Keys that hold paths: they are made absolute, and these are put in front.",
    )


class Command(Keys):
    """One command."""

    run: Many[str] = Field(min_length=1, description="Arguments. With `shell`, one script.")
    shell: bool = Field(default=False, description="Whether `run` is a script of bash.")
    tool: Text | None = Field(
        None, description="What findings are attributed to; left out, the first tool that it names."
    )
    needs: Many[Name] = Field((), description="Further tools that have to be there.")
    files: Many[Glob] = Field((), description="What `{files}`, `{file}` and `{list}` stand for.")
    only: Pattern | None = Field(None, description="Of `files`, those whose text holds this.")
    each: bool = Field(default=False, description="Once for each file (`{file}`, `{stem}`).")
    parser: Text = Field("generic", description="Which parser reads what it prints.")
    ok: Codes = Field(frozenset({0}), description="Exit codes that mean: nothing is wrong.")
    findings: Codes = Field(frozenset({1}), description="Exit codes that mean: something is wrong with the project.")
    empty: Codes = Field(frozenset(), description="Exit codes that mean: nothing ran.")
    evidence: Annotated[Evidence, _AsText] = Field(
        Evidence.EXIT_CODE, description="What decides: `ids` of tests that the parser counts, or the `exit_code`."
    )
    reports: Many[Glob] = Field((), description="Report files with a place of their own, below the project.")
    env: dict[Text, str] = Field(default_factory=dict, description="Environment variables, over the surrounding ones.")
    timeout: float = Field(300.0, gt=0, le=86_400, strict=False, description="Seconds.")
    idle: float = Field(0.0, ge=0, le=86_400, strict=False, description="Seconds without output; 0 means no limit.")
    ignore: Many[Text] = Field((), description="Codes of findings that never decide.")
    decides: Many[Annotated[FailureClass, _AsText]] = Field(
        (), description="Classes of findings that decide; left out, all of them."
    )
    optional: bool = Field(default=False, description="Left out, with a word, where its tool is missing.")
    after_setup: bool = Field(default=True, description="Whether it needs the dependencies to be set up.")
    locks: Many[Glob] = Field((), description="Of set-up: the files that its result depends on.")
    whole: Many[str] = Field((), description="Further arguments, where nothing narrows the command.")
    narrow: Many[str] = Field(
        (),
        description="Arguments in place of `whole` that restrict it to `{tests}` (inside of a text joined by |).",
    )


class Way(Keys):
    """One way to do a stage: its commands in order, each after the success of the one before."""

    when: Many[Condition] = Field((), description="One of these has to hold; left out, it always does.")
    steps: Many[Command] = Field(min_length=1, description="The commands.")


class Stage(Keys):
    """A stage."""

    choose: Annotated[Choice, _AsText] = Field(
        Choice.FIRST, description="Whether the `first` way that fits is taken, or `all`."
    )
    ways: Many[Way] = Field(min_length=1, description="The ways.")


class Protection(Keys):
    """Files that a repair may not change unless its node is allowed to; they are restored before judging."""

    tests: Many[Glob] = Field((), description="Tests and what they read.")
    ci: Many[Glob] = Field((), description="Continuous integration, and configuration of test runners.")
    locks: Many[Glob] = Field((), description="Lock files.")


class Tests(Keys):
    """What tests look like."""

    files: Many[Glob] = Field((), description="The files that hold tests.")
    id: Pattern = Field(
        r"(?P<name>.+)", description="Reads `file`, `suite` and `name` out of the id of a test, as far as it has them."
    )
    unit: Annotated[str, StringConstraints(pattern="^(file|package|name)$")] = Field(
        "file", description="What `{tests}` are: a `file`, its `package` (folder), or a test's `name`."
    )
    affected: Many[Annotated[AffectedRule, _AsText]] = Field(
        (AffectedRule.ALL,), description="The rules by which the tests that a file concerns are found, in this order."
    )


class Review(Keys):
    """What a reviewing model is told."""

    rubric: Glob = Field(description="The file with the rubric, beside the pack.")


class Pack(Keys):
    """How projects of one kind are found, set up, built and tested."""

    version: Annotated[int, Field(ge=1, le=1)] = Field(1, description="Of this format.")
    id: Name = Field(description="Its name: that of the file, without the ending.")
    title: Text = Field(description="What people call it.")
    detect: Detection = Field(description="How projects are found in a list of files.")
    tools: dict[Name, ToolSpec] = Field(
        default_factory=dict, description="Name -> a program that commands name in braces."
    )
    programs: dict[str, Text] = Field(
        default_factory=dict, description="File name -> a small program that a tool runs, named as `{program:NAME}`."
    )
    configs: dict[Name, OwnConfig] = Field(
        default_factory=dict, description="Name -> a configuration file made for a runner, named as `{config:NAME}`."
    )
    stages: dict[Annotated[StageName, _AsText], Stage] = Field(
        description="What is run: setup, syntax, format, lint, build, test."
    )
    protected: Protection = Field(Protection(), description="Files that are restored before judging.")
    manifests: Many[Glob] = Field((), description="Files that mix dependencies with settings: changes are flagged.")
    generated: Many[Glob] = Field(
        (),
        description="Sources that tools leave beside tracked ones, that git ignores, and that no stage makes.",
    )
    included: Many[Glob] = Field(
        (),
        description="Files that others are made of without every build knowing it: one that changed is tried unbuilt.",
    )
    tests: Tests = Field(Tests(), description="What tests look like.")
    review: Review | None = Field(None, description="What a reviewing model is told.")
