"""Applies the edits of a reply: all of them or none, in memory; what comes out is values."""

from collections.abc import Sequence

from orchestrator.errors import EditError, EditMissError, RejectedEditsError, ReplyError
from orchestrator.workspace.edits.choice import choose
from orchestrator.workspace.edits.draft import Draft
from orchestrator.workspace.edits.lines import bare_lines, rewritten, with_final_newline
from orchestrator.workspace.edits.matching import Miss, find_place, growth, put
from orchestrator.workspace.edits.nearest import nearest_region
from orchestrator.workspace.edits.paths import PathPolicy, check_mode
from orchestrator.workspace.edits.reply import parse_reply
from orchestrator.workspace.edits.splicing import new_text
from orchestrator.workspace.edits.values import Edit, FileChange, FileDiff, Hunk, Read, Replacement, Snippet, WholeFile

_MISSING = "the file does not exist"


def _missed(text: str, hunk: Hunk, *, miss: Miss, what: str) -> EditMissError:
    if miss.starts:
        lines = ", ".join(map(str, miss.starts[:10]))
        hint = "add lines around it until it fits only one"
        return EditMissError(f"{what} fits {len(miss.starts)} places (lines {lines})", hint=hint)
    region = nearest_region(bare_lines(text), hunk.search)
    error = EditMissError(f"{what} fits nowhere", hint="copy the lines exactly as the file has them")
    return error.nearest(region.lines, region.line) if region else error


def _replaced(text: str, hunk: Hunk) -> str:
    place = find_place(text, hunk)
    if isinstance(place, Miss):
        raise _missed(text, hunk, miss=place, what="SEARCH")
    return put(text, place)


def _apply_replacement(draft: Draft, edit: Replacement) -> None:
    text = draft.text(edit.path)
    if edit.hunk.search:
        if text is None:
            raise EditMissError(_MISSING, hint="leave SEARCH empty to make it")
        draft.write(edit.path, _replaced(text, edit.hunk))
        return
    if text:
        raise EditMissError("SEARCH is empty, but the file exists", hint="put the lines to replace into SEARCH")
    draft.write(edit.path, rewritten(edit.hunk.replace, None))


def _apply_whole(draft: Draft, edit: WholeFile) -> None:
    text = draft.text(edit.path)
    if text and text.strip() and not any(line.strip() for line in edit.lines):
        raise ReplyError("an empty block would empty the file", hint="send a diff to delete it")
    draft.write(edit.path, rewritten(edit.lines, text))


def _apply_snippet(draft: Draft, edit: Snippet) -> None:
    text = draft.text(edit.path)
    for block in choose(edit.blocks, edit.path, before=text):
        text = new_text(text, block.lines, path=edit.path)
    draft.write(edit.path, text)


def _patched(text: str, edit: FileDiff) -> str:
    """``text`` after all hunks of a diff."""
    shift = 0
    for number, hunk in enumerate(edit.hunks, 1):
        if not hunk.search and text:
            raise EditMissError(f"hunk {number} has no line that the file has", hint="send lines around it, too")
        place = find_place(text, hunk, shift=shift) if hunk.search else ()
        if isinstance(place, Miss):
            raise _missed(text, hunk, miss=place, what=f"hunk {number}")
        text = put(text, place) if hunk.search else rewritten(hunk.replace, None)
        shift += growth(place)
    return with_final_newline(text, wanted=edit.final_newline)


def _create(draft: Draft, path: str, *, edit: FileDiff) -> None:
    if draft.text(path) is not None:
        raise EditMissError("the diff makes a file that exists", hint="send a diff against the file as it is")
    if any(hunk.search for hunk in edit.hunks):
        raise ReplyError("the diff of a new file has lines that are not added")
    draft.write(path, _patched("", edit))


def _change(draft: Draft, old: str, *, edit: FileDiff) -> None:
    text = draft.text(old)
    if text is None:
        raise EditMissError(_MISSING, hint="name '/dev/null' as the old file to make it")
    patched = _patched(text, edit)
    if edit.new is None:
        if patched:
            raise ReplyError("the diff deletes a file of which it leaves lines")
        draft.write(old, None)
        return
    if edit.new != old:
        if draft.text(edit.new) is not None:
            raise EditMissError("the diff renames a file to one that exists")
        draft.write(old, None)
    draft.write(edit.new, patched)


def _apply_diff(draft: Draft, edit: FileDiff) -> None:
    path = edit.new if edit.new is not None else edit.old or ""
    for mode in edit.modes:
        check_mode(mode, path)
    if edit.old is None:
        _create(draft, path, edit=edit)
    else:
        _change(draft, edit.old, edit=edit)
    if edit.new_mode and edit.new is not None:
        draft.modes[edit.new] = edit.new_mode


def _apply_one(draft: Draft, edit: Edit) -> None:
    match edit:
        case Replacement():
            _apply_replacement(draft, edit)
        case WholeFile():
            _apply_whole(draft, edit)
        case Snippet():
            _apply_snippet(draft, edit)
        case FileDiff():
            _apply_diff(draft, edit)


def _path_of(edit: Edit) -> str:
    return (edit.new or edit.old or "") if isinstance(edit, FileDiff) else edit.path


def _fault_of(draft: Draft, edit: Edit) -> EditError | None:
    """Apply ``edit`` to ``draft``; what is wrong with it, if something is, with its file and line filled in."""
    try:
        _apply_one(draft, edit)
    except EditError as error:
        error.path, error.line = error.path or _path_of(edit), error.line or edit.line
        return error
    return None


def _contradictions(edits: Sequence[Edit]) -> list[EditError]:
    """Whole files that a reply sends twice, differing."""
    seen: dict[str, tuple[str, ...]] = {}
    wholes = [edit for edit in edits if isinstance(edit, WholeFile)]
    what = "the reply holds the whole file twice, differing"
    return [
        ReplyError(what, path=edit.path, line=edit.line)
        for edit in wholes
        if seen.setdefault(edit.path, edit.lines) != edit.lines
    ]


def apply_edits(edits: Sequence[Edit], *, read: Read, policy: PathPolicy) -> tuple[FileChange, ...]:
    """What becomes of the files if all of ``edits`` are applied, one after the other.

    Returns:
        One change for each file that differs in the end, by path; ``()`` where none does.

    Raises:
        EditError: one edit cannot be applied, or what comes out of it may not be; its subclass says why.
        RejectedEditsError: several cannot; it holds every fault, so that one answer can mend all.
    """
    draft = Draft(read, policy)
    faults = _contradictions(edits)
    faults += [fault for edit in edits if (fault := _fault_of(draft, edit)) is not None]
    faults = faults or draft.faults()
    if faults:
        raise faults[0] if len(faults) == 1 else RejectedEditsError(faults)
    return draft.changes()


def changes_from_reply(text: str, *, targets: Sequence[str], read: Read, policy: PathPolicy) -> tuple[FileChange, ...]:
    """What a model's reply makes of the files: :func:`parse_reply`, then :func:`apply_edits`; the errors of both."""
    return apply_edits(parse_reply(text, targets=targets, read=read), read=read, policy=policy)
