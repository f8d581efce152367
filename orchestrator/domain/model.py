"""A question to a model and its answer, whoever serves it."""

from dataclasses import dataclass, field

from orchestrator.domain.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What a model is asked.

    Attributes:
        model: name of the model in the configuration; the client knows what stands behind it.
        system, user: plain text.
        max_output: tokens that the answer may have; 0 means the model's own limit.
    """

    model: str
    user: str
    system: str = ""
    max_output: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a model answered.

    Attributes:
        text: as it came; untrusted.
        model: name of the model in the configuration.
        is_complete: false where the answer was cut off (its length limit, a broken stream).
    """

    text: str
    model: str
    usage: Usage = field(default_factory=Usage)
    is_complete: bool = True
