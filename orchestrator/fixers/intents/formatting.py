"""Formatting files, and sorting their imports, with the tools that do it: many files at once, by their own settings."""

from collections.abc import Container, Iterator, Mapping, Sequence

from orchestrator.domain.fixing import FixStep
from orchestrator.domain.jsonvalue import JsonObject
from orchestrator.fixers.bench import Probe
from orchestrator.fixers.intents.workshop import Done, Workshop, asked, last_line

_RUFF = ("ruff", "format", "--no-cache", "--force-exclude")
_CLANG = ("clang-format", "-i")
_PRETTIER = ("node_modules/.bin/prettier", "--log-level=error", "--write")
FORMATTERS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys((".py", ".pyi"), _RUFF),
    ".go": ("gofmt", "-w"),
    ".rs": ("rustfmt", "--edition", "2021"),
    **dict.fromkeys((".c", ".h", ".cc", ".cpp", ".hpp"), _CLANG),
    **dict.fromkeys((".js", ".jsx", ".ts", ".tsx", ".css"), _PRETTIER),
}
"""Suffix -> a command that rewrites the files whose names follow."""
_SORT = ("ruff", "check", "--no-cache", "--force-exclude", "--quiet", "--output-format=concise", "--select=I", "--fix")
SORTERS: Mapping[str, tuple[str, ...]] = dict.fromkeys((".py", ".pyi"), _SORT)
"""As :data:`FORMATTERS`, for the order of imports."""

_OF_NODE = "node_modules/"
_AT_ONCE = 200
"""Files of one command: their names have to fit on its line."""
_NAMED = 5


async def format_files(shop: Workshop, arguments: JsonObject) -> Done:
    """Every file as its formatter writes it, by the project's own settings.

    Raises:
        EditError: a formatter is missing.
    """
    del arguments
    return await _rewritten(shop, FORMATTERS, doing="format")


async def sort_imports(shop: Workshop, arguments: JsonObject) -> Done:
    """The imports of every Python file sorted, by the project's own settings.

    Raises:
        EditError: ruff is missing.
    """
    del arguments
    return await _rewritten(shop, SORTERS, doing="sort the imports of")


async def _rewritten(shop: Workshop, tools: Mapping[str, tuple[str, ...]], *, doing: str) -> Done:
    steps, undone = [], []
    changes: dict[str, str] = {}
    for (argv, folder), files in _work(shop.texts, tools).items():
        name = argv[0].rpartition("/")[2]
        for some in _portions(files):
            inner = tuple(file.removeprefix(f"{folder}/") if folder else file for file in some)
            run = await asked(shop, Probe(argv=(*argv, *(f"./{file}" for file in inner))), folder=folder)
            undone += [f"{name}: {last_line(run)}"] if run.exit_code else []
        new = {file: text for file, text in shop.now(files).items() if text != shop.texts[file]}
        steps += [FixStep(source=name, message=f"{doing} {_named(list(new))}")] if new else []
        changes |= new
    return Done(changes=changes, steps=tuple(steps), undone=tuple(undone))


def _work(
    files: Mapping[str, str], tools: Mapping[str, tuple[str, ...]]
) -> dict[tuple[tuple[str, ...], str], list[str]]:
    """Command and the folder that it is run in -> the files that it rewrites; those without a tool are left out."""
    found: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for file in files:
        argv = tools.get(f".{file.rpartition('.')[2]}")
        folder = _home(file, argv, files=files) if argv else None
        if argv and folder is not None:
            found.setdefault((argv, folder), []).append(file)
    return found


def _home(file: str, argv: Sequence[str], *, files: Container[str]) -> str | None:
    """Where the tool is run: one of node where the package is that has it; ``None`` where there is no such package."""
    if not argv[0].startswith(_OF_NODE):
        return ""
    folder = file
    while folder:
        folder = folder.rpartition("/")[0]
        if (f"{folder}/package.json" if folder else "package.json") in files:
            return folder
    return None


def _portions(files: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(files), _AT_ONCE):
        yield files[start : start + _AT_ONCE]


def _named(files: Sequence[str]) -> str:
    more = f" and {len(files) - _NAMED} more" if len(files) > _NAMED else ""
    return f"{', '.join(files[:_NAMED])}{more}"
