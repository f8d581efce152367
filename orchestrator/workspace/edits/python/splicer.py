"""Takes a block of Python into a file."""

import ast
from collections.abc import Sequence

from orchestrator.errors import ReplyError
from orchestrator.workspace.edits.lines import bare_lines, rejoin, rewritten, without_indent
from orchestrator.workspace.edits.python.examples import is_example
from orchestrator.workspace.edits.python.source import Definition, covers, indent_of, is_docstring, keys_of, parsed
from orchestrator.workspace.edits.python.splice import splice_module

_BOM = "\ufeff"


def _dedented(lines: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """``lines`` as they can stand at the level of a module, and the indent taken off them."""
    indent = next((indent_of(line) for line in lines if line.strip()), "")
    plain = without_indent(lines, indent)
    return plain, indent if plain != tuple(lines) else ""


def _tree(lines: Sequence[str]) -> ast.Module:
    """The tree of a block.

    Raises:
        ReplyError: it does not parse.
    """
    tree = parsed("\n".join(lines))
    if tree is None:
        raise ReplyError(
            "the block does not parse as Python", hint="send complete functions, classes or the whole file"
        )
    return tree


def _is_whole(old: ast.Module, new: ast.Module) -> bool:
    """Whether the block can be the file: nothing gets lost, and no example of use gets in."""
    known = {key for node in old.body for key in keys_of(node)}
    strange = [node for node in new.body if not isinstance(node, Definition) and not set(keys_of(node)) <= known]
    has_examples = any(is_example(node, new.body) and not _binds(node) for node in strange)
    return covers(new.body, old.body) and not has_examples


def _binds(node: ast.stmt) -> bool:
    return is_docstring(node) or any(key[0] in {"import", "name"} for key in keys_of(node))


class PythonSplicer:
    """The row of Python (see :class:`orchestrator.workspace.edits.splicing.Splicer`)."""

    def names_in(self, lines: Sequence[str]) -> frozenset[str] | None:
        """The functions, methods and classes of a block; ``None`` where it does not parse."""
        tree = parsed("\n".join(_dedented(lines)[0]))
        if tree is None:
            return None
        return frozenset(node.name for node in ast.walk(tree) if isinstance(node, Definition))

    def splice(self, before: str, lines: Sequence[str]) -> str | None:
        """The text of ``before`` after taking in a block, as the whole file if that loses nothing."""
        try:
            return _spliced(before, lines)
        except RecursionError:
            raise ReplyError("the block or the file is nested too deeply to be spliced") from None


def _spliced(before: str, lines: Sequence[str]) -> str | None:
    text = before.removeprefix(_BOM)
    old = parsed(text)
    if old is None:
        return None
    plain, drop = _dedented(lines)
    new = _tree(plain)
    if not drop and _keeps_head(text, old, lines=lines) and _is_whole(old, new):
        return rewritten(lines, before)
    mark = _BOM if before.startswith(_BOM) else ""
    return mark + rejoin(splice_module(text, old, new=new, block=plain, drop=drop), text)


def _keeps_head(text: str, old: ast.Module, *, lines: Sequence[str]) -> bool:
    """Whether the block has the comments above the file's first statement: who may run it, and whose it is."""
    first = min((node.lineno for node in old.body), default=1) - 1
    comments = [line.strip() for line in bare_lines(text)[:first] if line.lstrip().startswith("#")]
    return set(comments) <= {line.strip() for line in lines}
