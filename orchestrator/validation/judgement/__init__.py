"""A candidate's assessment beside its base's: what was fixed, what is worse, what has come to light. Pure.

:func:`targets_of` says what has to be gone, :func:`judged` what becomes of the candidate.
"""

from orchestrator.validation.judgement.decide import Objections, judged
from orchestrator.validation.judgement.hidden import Edit
from orchestrator.validation.judgement.news import News, blind_stages, news_of
from orchestrator.validation.judgement.objections import held_back
from orchestrator.validation.judgement.targets import targets_of

__all__ = ["Edit", "News", "Objections", "blind_stages", "held_back", "judged", "news_of", "targets_of"]
