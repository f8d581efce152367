"""Texts of a workflow file that hold expressions: parsed and checked when the file is loaded, kept as text."""

from orchestrator.errors import ExpressionError
from orchestrator.expressions import Template, parse_condition, parse_template
from orchestrator.workflow.place import Place
from orchestrator.workflow.visible import Visible, check_expression


def check_condition(text: str, place: Place, *, visible: Visible) -> str:
    """The condition ``text`` at ``place`` without ``${{ }}``; ``""`` where it is none, which is noted."""
    try:
        expression = parse_condition(text)
    except ExpressionError as error:
        place.note_expression(error)
        return ""
    check_expression(expression, place, visible=visible)
    return expression.text


def check_template(text: str, place: Place, *, visible: Visible) -> Template | None:
    """The template ``text`` at ``place``, parsed; ``None`` where it is none, which is noted."""
    try:
        template = parse_template(text)
    except ExpressionError as error:
        place.note_expression(error)
        return None
    for expression in template.expressions:
        check_expression(expression, place, visible=visible)
    return template


def check_templates(texts: dict[str, str], place: Place, *, visible: Visible) -> dict[str, str]:
    """``texts`` as they are, each checked at its key below ``place``."""
    for key, text in texts.items():
        check_template(text, place.at(key), visible=visible)
    return texts
