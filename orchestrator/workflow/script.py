"""``${{ }}`` inside ``run:``: lifted out into environment variables, never spliced into the script's text."""

import re
import shlex
from bisect import bisect_right
from dataclasses import dataclass

from orchestrator.expressions import Expression, Reference
from orchestrator.workflow.place import Place
from orchestrator.workflow.quoting import Region, literal_regions
from orchestrator.workflow.templates import check_template
from orchestrator.workflow.tree import quoted
from orchestrator.workflow.visible import Visible

NAMED_SHELLS = ("bash", "sh", "python")
_EXPANDING = frozenset({"bash", "sh", "dash", "ksh", "zsh", "ash"})
_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_PLACEHOLDER = "{0}"


@dataclass(frozen=True, slots=True)
class Script:
    """A script without expressions, and the variables that it reads instead: name -> template."""

    text: str
    env: dict[str, str]


def check_shell(shell: str, place: Place) -> bool:
    """Whether ``shell`` expands ``$NAME`` in a script; what is no shell is noted."""
    if shell in NAMED_SHELLS:
        return shell in _EXPANDING
    try:
        words = shlex.split(shell)
    except ValueError:
        place.note(f"the shell {quoted(shell)} has a quote that is not closed")
        return True
    if not any(_PLACEHOLDER in word for word in words):
        hint = place.near(shell, NAMED_SHELLS, noun="shells")
        place.note(f"there is no shell {quoted(shell)}", f"{hint}; or a command with {{0}} for the script")
        return True
    return words[0].rpartition("/")[2] in _EXPANDING


def lift(text: str, place: Place, *, expands: bool, visible: Visible) -> Script:
    """The script ``text`` with each ``${{ }}`` replaced by ``${RUNG_EXPR_1}``, ``${RUNG_EXPR_2}``, ...

    Noted: expressions over text that somebody outside could choose, and those that would not be expanded because
    of where they stand, or because the shell (``expands``) does not expand ``$NAME``.
    """
    template = check_template(text, place, visible=visible)
    if template is None:
        return Script(text, {})
    env: dict[str, str] = {}
    script = ""
    starts: list[tuple[int, Expression]] = []
    for part in template.parts:
        if isinstance(part, str):
            script += part
            continue
        name = f"RUNG_EXPR_{len(env) + 1}"
        env[name] = f"${{{{ {part.text} }}}}"
        starts.append((len(script), part))
        script += f"${{{name}}}"
        _check_trust(part, place, visible=visible)
    _check_expansion(script, starts, place=place, expands=expands)
    return Script(script, env)


def _check_trust(expression: Expression, place: Place, *, visible: Visible) -> None:
    for reference in expression.references():
        if not visible.trusts(reference):
            what = f"{'.'.join(reference.path)} may not stand inside run: it could be any text"
            place.note(what, _remedy(reference), offset=expression.offset)


def _remedy(reference: Reference) -> str:
    if reference.path[0].lower() == "env" and len(reference.path) > 1 and _ENV_NAME.match(reference.path[1]):
        return f'write "${reference.path[1]}"'
    return 'pass it through env: and write "$NAME"'


def _check_expansion(script: str, starts: list[tuple[int, Expression]], *, place: Place, expands: bool) -> None:
    regions = literal_regions(script) if expands and starts else []
    begins = [region.start for region in regions]
    for start, expression in starts:
        region = _region_at(start, regions, begins=begins)
        if not expands:
            what = "this shell expands no ${{ }}"
            place.note(what, "pass it through env: and read that variable", offset=expression.offset)
        elif region is not None:
            what = f"${{{{ {expression.text} }}}} is not expanded {region.what}"
            place.note(what, 'pass it through env: and write "$NAME"', offset=expression.offset)


def _region_at(offset: int, regions: list[Region], *, begins: list[int]) -> Region | None:
    index = bisect_right(begins, offset) - 1
    return regions[index] if index >= 0 and offset < regions[index].end else None
