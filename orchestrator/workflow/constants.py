"""YAML values written where an expression is wanted: compiled into one."""

import json
from collections.abc import Mapping, Sequence

from orchestrator.domain.jsonvalue import JsonValue
from orchestrator.errors import ExpressionError
from orchestrator.expressions import Expression, parse
from orchestrator.workflow.fields import has_expression
from orchestrator.workflow.place import Place
from orchestrator.workflow.templates import check_template
from orchestrator.workflow.visible import Visible


def is_constant(value: JsonValue) -> bool:
    """Whether no text inside ``value``, at any depth, holds ``${{``. Keys always stand for themselves."""
    if isinstance(value, str):
        return not has_expression(value)
    if isinstance(value, Mapping):
        return all(is_constant(item) for item in value.values())
    return not isinstance(value, Sequence) or all(is_constant(item) for item in value)


def value_expression(value: JsonValue, place: Place, *, visible: Visible) -> str:
    """An expression that yields ``value``, a list or mapping that stands at ``place``.

    Each text inside it that is one ``${{ }}`` as a whole yields its typed value; expressions beside other text
    are noted as problems, and so is a value too long for an expression.
    """
    if is_constant(value):
        text = f"fromJSON({_literal(_json(value))})"
    else:
        pattern = _Pattern(visible)
        json_text = pattern.of(value, place)
        text = f"fromJSON(format({', '.join([_literal(json_text), *pattern.arguments])}))"
    try:
        parse(text)
    except ExpressionError as error:
        place.note(f"the value cannot be used: {error.what}", "put it into vars and write ${{ vars.NAME }}")
    return text


class _Pattern:
    """JSON text in which ``{0}``, ``{1}``, ... stand for the values of expressions, and those expressions."""

    def __init__(self, visible: Visible) -> None:
        self.arguments: list[str] = []
        self._visible = visible

    def of(self, value: JsonValue, place: Place) -> str:
        """The pattern of ``value``, which stands at ``place``; braces of the JSON text itself are doubled."""
        if isinstance(value, Mapping):
            members = (f"{_escaped(_json(key))}: {self.of(item, place.at(key))}" for key, item in value.items())
            return f"{{{{{', '.join(members)}}}}}"
        if isinstance(value, Sequence) and not isinstance(value, str):
            return f"[{', '.join(self.of(item, place.at(index)) for index, item in enumerate(value))}]"
        if isinstance(value, str) and has_expression(value):
            return self._placeholder(value, place)
        return _escaped(_json(value))

    def _placeholder(self, text: str, place: Place) -> str:
        template = check_template(text.strip(), place, visible=self._visible)
        if template is None:
            return "null"
        only = template.parts[0]
        if len(template.parts) > 1 or not isinstance(only, Expression):
            place.note("text stands beside ${{ }}", "write one: ${{ format('text {0}', name) }}")
            return "null"
        self.arguments.append(f"toJSON({only.text})")
        return f"{{{len(self.arguments) - 1}}}"


def _json(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False)


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _literal(text: str) -> str:
    """``text`` as a string of the expression language."""
    return "'" + text.replace("'", "''") + "'"
