"""What is wrong with a pack, in words that name the place."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from orchestrator.errors import Problem
from orchestrator.validation.packs.document import Document, KeyPath
from orchestrator.validation.packs.placeholders import FIXED, TURN, named
from orchestrator.validation.packs.schema import Command, Pack

__all__ = ["checked"]

_WORDS = {
    "extra_forbidden": "there is no such key",
    "missing": "the key is missing",
    "too_short": "must not be empty",
}
_SHOWN = 60


def checked(document: Document, *, stem: str, parsers: Sequence[str]) -> tuple[Pack | None, tuple[Problem, ...]]:
    """The pack that ``document`` describes, or what is wrong with it, in the order of the lines.

    Args:
        document: as read.
        stem: the file's name without its ending: what the pack has to be called.
        parsers: the parsers that there are.
    """
    if document.data is None or document.problems:
        return None, document.problems
    try:
        pack = Pack.model_validate(document.data)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
        return None, _sorted(_of_schema(document, detail) for detail in details if not _is_echo(detail))
    problems = _sorted(
        Problem(what=what, file=document.file, line=document.line(path), path=_dotted(path), hint=hint)
        for path, what, hint in _meaning(pack, stem, parsers=parsers)
    )
    return (None if problems else pack), problems


def _sorted(problems: Iterator[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: problem.line))


def _of_schema(document: Document, detail: Mapping[str, Any]) -> Problem:
    path: KeyPath = tuple(part for part in detail["loc"] if part != "[key]")
    return Problem(
        file=document.file,
        line=document.line(path),
        path=_dotted(path),
        what=_what(detail),
        hint=_hint(detail, path),
    )


def _is_echo(detail: Mapping[str, Any]) -> bool:
    """Whether a list is called too short only because the items in it are wrong, which is told by itself."""
    return detail["type"] == "too_short" and bool(detail["input"])


def _what(detail: Mapping[str, Any]) -> str:
    if detail["type"] in _WORDS:
        return _WORDS[detail["type"]]
    message = str(detail["msg"]).replace("Input should be", "must be")
    if detail["type"] == "rule":
        return message
    return f"{message}, not {_short(detail['input'])}"


def _hint(detail: Mapping[str, Any], path: KeyPath) -> str:
    if detail["type"] == "string_type" and isinstance(detail["input"], int | float):
        return "quote it"
    if detail["type"] == "extra_forbidden":
        return _near(str(path[-1]), _keys_at(path[:-1]), noun="known")
    return ""


def _keys_at(path: KeyPath) -> tuple[str, ...]:
    """The keys of the mapping at ``path`` of a pack."""
    found: Any = Pack
    for part in path:
        if isinstance(found, type) and issubclass(found, BaseModel):
            fields = {field.alias or name: field.annotation for name, field in found.model_fields.items()}
            found = fields.get(str(part))
        else:  # an index of a list, or a key of an open mapping
            found = _item(found)
    found = _model(found)
    return tuple(field.alias or name for name, field in found.model_fields.items()) if found else ()


def _item(annotation: Any) -> Any:
    arguments = [argument for argument in get_args(annotation) if argument is not Ellipsis]
    return arguments[-1] if isinstance(annotation, type(dict[str, str])) and len(arguments) > 1 else _model(annotation)


def _model(annotation: Any) -> Any:
    """The first model that ``annotation`` holds at any depth; ``None`` where there is none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for argument in get_args(annotation) if (found := _model(argument))), None)


def _near(name: str, known: Sequence[str], *, noun: str) -> str:
    near = get_close_matches(name, known, 1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"{noun}: {', '.join(known)}" if known else ""


def _meaning(pack: Pack, stem: str, *, parsers: Sequence[str]) -> Iterator[tuple[KeyPath, str, str]]:
    """What no schema says."""
    if pack.id != stem:
        yield ("id",), f"must be {stem!r}, as the file is called, not {pack.id!r}", ""
    for name, tool in pack.tools.items():
        if bool(tool.programs) == bool(tool.with_):
            yield ("tools", name), "needs either `programs` or `with`", ""
        elif tool.with_ and not (tool.with_ in pack.tools and pack.tools[tool.with_].programs):
            yield ("tools", name, "with"), f"{tool.with_!r} is no tool with `programs`", ""
    for path, command in _commands(pack):
        yield from _command(pack, command, path=path, parsers=parsers)


def _commands(pack: Pack) -> Iterator[tuple[KeyPath, Command]]:
    for stage, entry in pack.stages.items():
        for index, way in enumerate(entry.ways):
            for number, command in enumerate(way.steps):
                yield ("stages", stage.value, "ways", index, "steps", number), command


def _command(
    pack: Pack, command: Command, *, path: KeyPath, parsers: Sequence[str]
) -> Iterator[tuple[KeyPath, str, str]]:
    yield from _names(pack, command, path=path)
    if command.parser not in parsers:
        yield (*path, "parser"), f"there is no parser {command.parser!r}", _near(command.parser, parsers, noun="known")
    if twice := (command.ok & command.findings) | (command.ok & command.empty) | (command.findings & command.empty):
        yield path, f"the exit code {min(twice)} has two meanings", ""
    uses = set(named(command.run))
    for what, is_wrong in (
        ("`each` goes with {file} or {stem} in `run`", command.each != bool(uses & {"file", "stem"})),
        ("`files` has to say which files are meant", bool(uses & {"file", "files", "list"}) and not command.files),
        ("with `shell`, `run` is one script", command.shell and len(command.run) != 1),
    ):
        if is_wrong:
            yield path, what, ""


def _names(pack: Pack, command: Command, *, path: KeyPath) -> Iterator[tuple[KeyPath, str, str]]:
    names = sorted(_known(pack))
    for key, texts, known in (
        ("run", command.run, names),
        ("whole", command.whole, names),
        ("narrow", command.narrow, names),
        ("env", tuple(command.env.values()), [*names, TURN]),
    ):
        for name in named(texts):
            if name not in known:
                yield (*path, key), f"{{{name}}} stands for nothing", _near(name, known, noun="known")
    for tool in command.needs:
        if tool not in pack.tools:
            yield (*path, "needs"), f"there is no tool {tool!r}", _near(tool, list(pack.tools), noun="known")


def _known(pack: Pack) -> set[str]:
    return {
        *FIXED,
        *pack.tools,
        *(f"config:{name}" for name in pack.configs),
        *(f"program:{name}" for name in pack.programs),
    }


def _dotted(path: KeyPath) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
