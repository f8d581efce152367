"""A model's reply, or a patch, as changes of files: text in, values out; nothing is read or written here.

:func:`changes_from_reply` is the way in. All or nothing: an edit that fits nowhere, in several places, leaves code
out, or leaves the permitted paths refuses the whole reply, and the error is fit for feedback to its author.
"""

from orchestrator.workspace.edits.apply import apply_edits, changes_from_reply
from orchestrator.workspace.edits.paths import PathPolicy, check_mode, check_path, path_fault
from orchestrator.workspace.edits.reply import parse_reply
from orchestrator.workspace.edits.values import Edit, FileChange, Read

__all__ = [
    "Edit",
    "FileChange",
    "PathPolicy",
    "Read",
    "apply_edits",
    "changes_from_reply",
    "check_mode",
    "check_path",
    "parse_reply",
    "path_fault",
]
