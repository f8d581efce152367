"""What models say of a candidate: a review that may hold it back, a diagnosis of a failure that is advice only.

:class:`Reviewer` and :class:`Diagnoser` ask; :func:`decided` says what comes of a review. A model's word never turns a
verdict into a pass.
"""

from orchestrator.validation.review.answer import read_diagnosis, read_review
from orchestrator.validation.review.decision import ReviewPolicy, decided
from orchestrator.validation.review.diagnoser import Diagnoser, noted
from orchestrator.validation.review.prompt import diagnosis_prompt, review_prompt
from orchestrator.validation.review.reviewer import Reviewer
from orchestrator.validation.review.schema import DIAGNOSIS_SCHEMA, REVIEW_SCHEMA
from orchestrator.validation.review.values import (
    Advice,
    Asked,
    Decision,
    Question,
    Review,
    Trouble,
)

__all__ = [
    "DIAGNOSIS_SCHEMA",
    "REVIEW_SCHEMA",
    "Advice",
    "Asked",
    "Decision",
    "Diagnoser",
    "Question",
    "Review",
    "ReviewPolicy",
    "Reviewer",
    "Trouble",
    "decided",
    "diagnosis_prompt",
    "noted",
    "read_diagnosis",
    "read_review",
    "review_prompt",
]
