"""Whether a result was come by honestly: rules over a patch, tests counted beside the base's, files that are put back.

All of it is pure: values in, values out.
"""

from orchestrator.validation.integrity.change import FileChange, Places, change_of
from orchestrator.validation.integrity.counted import compare_tests, stable_part
from orchestrator.validation.integrity.flags import Flag, flags_of, is_held
from orchestrator.validation.integrity.restoring import RestorePlan, restore_plan
from orchestrator.validation.integrity.rules import RULES, Rule, Scope, Weight

__all__ = [
    "RULES",
    "FileChange",
    "Flag",
    "Places",
    "RestorePlan",
    "Rule",
    "Scope",
    "Weight",
    "change_of",
    "compare_tests",
    "flags_of",
    "is_held",
    "restore_plan",
    "stable_part",
]
