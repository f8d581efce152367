"""The files as they stand while a reply is being applied: a copy that is thrown away unless all of it holds."""

import re
from collections import Counter
from dataclasses import dataclass, field

from orchestrator.errors import EditError, ElisionError, PathError, ReplyError
from orchestrator.workspace.edits.elision import find_elided
from orchestrator.workspace.edits.lines import bare_lines
from orchestrator.workspace.edits.paths import PathPolicy, check_path
from orchestrator.workspace.edits.values import FileChange, Read

_MARKER = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: .*)?$|^[<>]{5,9} ?(?:SEARCH|REPLACE)\b")


@dataclass(slots=True)
class Draft:
    """What the files hold so far. Every path is checked before it is read or written.

    Attributes:
        read: gives the files as they were.
        policy: what may be touched.
        modes: path -> the mode that it gets.
    """

    read: Read
    policy: PathPolicy
    modes: dict[str, str] = field(default_factory=dict)
    _before: dict[str, str | None] = field(default_factory=dict)
    _after: dict[str, str | None] = field(default_factory=dict)

    def text(self, path: str) -> str | None:
        """The file as it stands now; ``None`` where there is none.

        Raises:
            PathError: it may not be touched.
        """
        check_path(path, self.policy)
        return self._current(path)

    def write(self, path: str, text: str | None) -> None:
        """Set the file's text; ``None`` deletes it.

        Raises:
            PathError: it may not be touched, or not be made.
        """
        before = self.text(path)
        check_path(path, self.policy, creates=before is None and text is not None)
        self._after[path] = text

    def _current(self, path: str) -> str | None:
        if path not in self._before:
            self._before[path] = self._after[path] = self.read(path)
        return self._after[path]

    def changes(self) -> tuple[FileChange, ...]:
        """What differs from before, by path."""
        changed = (p for p in self._after if self._after[p] != self._before[p] or (p in self.modes))
        return tuple(
            FileChange(path=p, before=self._before[p], after=self._after[p], mode=self.modes.get(p, ""))
            for p in sorted(changed)
        )

    def faults(self) -> list[EditError]:
        """What is wrong with the outcome as a whole."""
        found: list[EditError] = []
        for change in self.changes():
            if change.after is not None:
                found += _text_faults(change.path, change.before, after=change.after)
            if change.before is None:
                found += self._folder_faults(change.path)
        return found

    def _folder_faults(self, path: str) -> list[EditError]:
        """A new file cannot stand below another file."""
        levels = path.split("/")
        parents = ("/".join(levels[:count]) for count in range(1, len(levels)))
        blocking = next((parent for parent in parents if self._current(parent) is not None), "")
        return [PathError(f"{blocking!r} is a file, not a folder", path=path)] if blocking else []


def _text_faults(path: str, before: str | None, *, after: str) -> list[EditError]:
    found: list[EditError] = []
    known = Counter(line for line in bare_lines(before or "") if _MARKER.match(line))
    markers = Counter(line for line in bare_lines(after) if _MARKER.match(line)) - known
    if markers:
        found.append(ReplyError(f"the result holds a conflict marker: {next(iter(markers))!r}", path=path))
    elided = find_elided(before, after, path=path)
    if elided:
        what = f"code is left out at {elided[0].text!r} (line {elided[0].line} of the result)"
        found.append(ElisionError(what, path=path, hint="write all of it out, or send SEARCH/REPLACE blocks"))
    return found
