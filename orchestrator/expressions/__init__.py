"""GitHub's expression language over JSON values: parse at load time, evaluate for each node.

Source of the language: GitHub Docs, "Evaluate expressions in workflows and actions"
(https://docs.github.com/en/actions/reference/evaluate-expressions-in-workflows-and-actions).
The function list is closed; expressions read no files, no clock and no environment. Every failure is an
:class:`~orchestrator.errors.ExpressionError` whose offset counts in the text that was given to the parser.
"""

from orchestrator.expressions.expression import Expression, parse, parse_condition
from orchestrator.expressions.references import Reference
from orchestrator.expressions.scope import Scope, StatusFunction
from orchestrator.expressions.template import Template, parse_template
from orchestrator.expressions.text import to_text
from orchestrator.expressions.values import truthy

__all__ = [
    "Expression",
    "Reference",
    "Scope",
    "StatusFunction",
    "Template",
    "parse",
    "parse_condition",
    "parse_template",
    "to_text",
    "truthy",
]
