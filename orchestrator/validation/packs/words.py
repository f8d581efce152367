"""The words that packs, plans and settings share."""

from enum import StrEnum

__all__ = ["STAGES", "AffectedRule", "Choice", "StageName"]


class StageName(StrEnum):
    """The stages of a validation, in the order in which they run."""

    SETUP = "setup"
    SYNTAX = "syntax"
    FORMAT = "format"
    LINT = "lint"
    BUILD = "build"
    TEST = "test"


class Choice(StrEnum):
    """Which of a stage's ways are taken."""

    FIRST = "first"
    """The first whose condition holds."""
    ALL = "all"
    """Every one whose condition holds."""


class AffectedRule(StrEnum):
    """How the tests that a changed file concerns are found."""

    SAME_PACKAGE = "same-package"
    """Those in the folder of the file."""
    IMPORT_GRAPH = "import-graph"
    """Those that import the file, directly or through others."""
    NAME_MATCH = "name-match"
    """Those named like it: ``test_words.py`` for ``words.py``."""
    ALL = "all"
    """Every one."""


STAGES: tuple[StageName, ...] = tuple(StageName)
"""In their order."""
