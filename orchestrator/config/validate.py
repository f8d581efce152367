"""The settings of a validation's stages, and what they say to the packs."""

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from orchestrator.config.rules import Repository, Table

if TYPE_CHECKING:
    from orchestrator.validation.packs import Overrides, StageOverride

__all__ = ["ReviewSettings", "StageSettings", "ValidationSettings", "stage_overrides"]


def _command(run: Any) -> Any:
    words = [run] if isinstance(run, str) else run
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise PydanticCustomError("command", "must be a script, or a list of arguments")
    if not (words and words[0].strip()):
        raise PydanticCustomError("command", "there is no command in it")
    return run


_Code = Annotated[int, Field(ge=0, le=255)]
_Codes = Annotated[list[_Code] | None, Repository.FREE]


class StageSettings(Table):
    """A stage of the validation. What is left out is as the packs say.

    A repository may say all of it: its commands run in the sandbox, and always as the base has them.
    """

    enabled: Annotated[bool, Repository.FREE] = Field(default=True, description="Whether it runs.")
    run: Annotated[str | list[str] | None, BeforeValidator(_command), Repository.FREE] = Field(
        None,
        description="One command for the whole repository, from its root: a script of bash, or a list of arguments.",
    )
    timeout: Annotated[Annotated[float, Field(gt=0, le=86_400)] | None, Repository.FREE] = Field(
        None, description="Seconds that one of its commands may take."
    )
    ok: _Codes = Field(None, description="Exit codes that mean: nothing is wrong.")
    findings: _Codes = Field(None, description="Exit codes that mean: something is wrong with the project.")
    empty: _Codes = Field(None, description="Exit codes that mean: nothing ran.")
    parser: Annotated[str | None, Repository.FREE] = Field(None, description="Which parser reads what it prints.")
    min_score: Annotated[Annotated[float, Field(ge=0, le=1)] | None, Repository.FREE] = Field(
        None, description="Below this score (0 to 1) the stages after it are not run."
    )
    ignore: Annotated[list[str] | None, Repository.FREE] = Field(
        None, description="Codes of findings that never decide, besides those of the packs."
    )


class ReviewSettings(Table):
    """The review by a model: it can hold a result back, never wave one through."""

    enabled: Annotated[bool, Repository.FREE] = Field(default=False, description="Whether there is one.")
    min_score: Annotated[Annotated[float, Field(ge=0, le=1)] | None, Repository.FREE] = Field(
        None, description="Below this score (0 to 1) a result that the reviewer would hold is held back."
    )
    required: Annotated[bool, Repository.FREE] = Field(
        default=False, description="Whether a result of which no usable review can be had is held back too."
    )


class ValidationSettings(Table):
    """The stages, in the order in which they run."""

    setup: StageSettings = Field(default_factory=StageSettings, description="Installs dependencies.")
    syntax: StageSettings = Field(default_factory=StageSettings, description="Does it parse?")
    format: StageSettings = Field(default_factory=StageSettings, description="Is it formatted?")
    lint: StageSettings = Field(default_factory=StageSettings, description="Linters and type checkers.")
    build: StageSettings = Field(default_factory=StageSettings, description="Does it compile?")
    test: StageSettings = Field(default_factory=StageSettings, description="Its tests.")
    review: ReviewSettings = Field(default_factory=ReviewSettings, description="A model's opinion.")


def stage_overrides(settings: ValidationSettings) -> "Overrides":
    """What ``settings`` say to the packs, for the stages about which they say anything."""
    from orchestrator.validation.packs import STAGES

    said = {stage: getattr(settings, stage.value) for stage in STAGES}
    return {stage: _override(one) for stage, one in said.items() if one != StageSettings()}


def _override(stage: StageSettings) -> "StageOverride":
    from orchestrator.validation.packs import StageOverride

    return StageOverride(
        enabled=stage.enabled,
        run=tuple(stage.run) if isinstance(stage.run, list) else stage.run,
        timeout=stage.timeout,
        ok=_codes(stage.ok),
        findings=_codes(stage.findings),
        empty=_codes(stage.empty),
        parser=stage.parser,
        min_score=stage.min_score,
        ignore=frozenset(stage.ignore or ()),
    )


def _codes(codes: list[int] | None) -> frozenset[int] | None:
    return None if codes is None else frozenset(codes)
