"""The entries of ``validate``: scripts, and words for what a project's own checks say."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from orchestrator.workflow.diagnostics import closest
from orchestrator.workflow.fields import Constant, Keys, Minutes, broken
from orchestrator.workflow.tree import quoted

StageWord: TypeAlias = Literal["syntax", "format", "lint", "build", "test"]
STAGE_WORDS: tuple[StageWord, ...] = get_args(StageWord)
"""In the order in which they run."""

CheckWord: TypeAlias = Literal["auto", "syntax", "format", "lint", "build", "test"]
CHECK_WORDS: tuple[CheckWord, ...] = get_args(CheckWord)
"""What stands for stages: ``auto`` for all of them."""

_ANY_OF = {"enum": list(CHECK_WORDS)}


class CheckKeys(Keys):
    """One check: a script whose exit code decides. It sees no expressions: what it judges must not choose it."""

    run: Annotated[Constant, Field(min_length=1)]
    name: Constant = ""
    shell: Constant = "bash"
    timeout_minutes: Minutes = 0.0


def stages_of(checks: Iterable[object]) -> list[StageWord]:
    """The stages that the words among ``checks`` stand for, each once, in the order in which they run."""
    words = {check for check in checks if isinstance(check, str)}
    return [stage for stage in STAGE_WORDS if stage in words or "auto" in words]


def _known(value: Any) -> Any:
    if isinstance(value, dict) or value in CHECK_WORDS:
        return value
    listed = f"one of {', '.join(CHECK_WORDS)}, or a mapping with a script: {{ run: make test }}"
    if not isinstance(value, str):
        raise broken("must be a word or a mapping", listed)
    near = closest(value, CHECK_WORDS)
    raise broken(f"{quoted(value)} is no check", f"did you mean {near!r}?" if near else listed)


def _branch(value: Any) -> str:
    return "word" if isinstance(value, str) else "script"


CheckEntry: TypeAlias = Annotated[
    Annotated[Annotated[CheckWord, WithJsonSchema(_ANY_OF)], Tag("word")] | Annotated[CheckKeys, Tag("script")],
    Discriminator(_branch),
    BeforeValidator(_known),
]
