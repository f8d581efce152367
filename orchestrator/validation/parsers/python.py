"""What the Python interpreter prints for an exception that nobody catches, and for source that does not compile."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from orchestrator.domain.finding import FailureClass, Finding
from orchestrator.domain.verdict import Report
from orchestrator.validation.parsers.classes import of_exception
from orchestrator.validation.parsers.output import Context, Output
from orchestrator.validation.parsers.stack import locate
from orchestrator.validation.parsers.text import clipped, first_line, lines

_HEADER = re.compile(r"(?:Exception Group )?Traceback \(most recent call last\):$")
_FRAME = re.compile(r'  File "(?P<file>[^"]+)", line (?P<line>\d{1,9})')
_RAISED = re.compile(r"(?P<name>[A-Za-z_][\w.]{0,200})(?:: (?P<message>.*))?$")
_SORRY = re.compile(
    r"Sorry: (?P<name>\w+): (?P<message>.*) \((?P<file>[^()]+), line (?P<line>\d{1,9})\)$"
    r"|\*\*\* Error compiling '(?P<whole>.+)'\.\.\.$"
)
_CHAIN = ("The above exception was the direct cause", "During handling of the above exception")
_GROUP = re.compile(r"  [|+] ")
_SYNTAX = frozenset({"SyntaxError", "IndentationError", "TabError"})


@dataclass(slots=True)
class _Trace:
    """One exception with all that led to it."""

    rows: list[str] = field(default_factory=list)
    name: str = ""
    message: str = ""


@dataclass(slots=True)
class _Reader:
    """Puts traces together, line by line."""

    done: list[_Trace] = field(default_factory=list)
    trace: _Trace | None = None
    is_open: bool = False
    """Whether the exception is still to come."""

    def read(self, line: str) -> None:
        """Take in one line."""
        if self.is_open and self.trace:
            self._inside(self.trace, line)
        elif self.trace and line.startswith(_CHAIN):
            self.trace.rows.append(line)
            self.is_open = True
        elif _HEADER.match(line) or _FRAME.match(line):
            self.end()
            self.trace, self.is_open = _Trace([line]), True
        elif line.strip():
            self.end()

    def end(self) -> None:
        """What was begun ends here; without an exception it was none."""
        if self.trace and self.trace.name:
            self.done.append(self.trace)
        self.trace, self.is_open = None, False

    def _inside(self, trace: _Trace, line: str) -> None:
        raised = _RAISED.match(line)
        trace.rows.append(line)
        if raised and (_HEADER.match(trace.rows[0]) or raised["name"] in _SYNTAX):
            trace.name, trace.message, self.is_open = raised["name"], raised["message"] or "", False
        elif line[:1].strip() and not _HEADER.match(line) and not _HEADER.match(trace.rows[0]):
            self.end()


def parse(output: Output, context: Context) -> Report:
    """A finding for each exception; of a chain the last one, with the whole chain in ``detail``."""
    text = output.text
    found = (*(_finding(trace, context) for trace in _traces(text)), *_sorry(text, context))
    return Report(findings=found)


def _traces(text: str) -> list[_Trace]:
    reader = _Reader()
    for line in lines(text):
        reader.read(_GROUP.sub("", line, count=1) if line.startswith("  ") else line)
    reader.end()
    return reader.done


def _sorry(text: str, context: Context) -> Iterator[Finding]:
    """Compileall tells some errors on one line, with the name of the file alone; its folder stands above."""
    whole = ""
    for match in filter(None, map(_SORRY.match, lines(text))):
        if match["whole"]:
            whole = match["whole"]
        else:
            yield Finding(
                tool="python",
                code=match["name"],
                message=f"{match['name']}: {first_line(match['message'])}",
                file=context.path(whole if whole.endswith(match["file"]) else match["file"]),
                line=int(match["line"]),
                failure_class=of_exception(match["name"]),
            )


def _finding(trace: _Trace, context: Context) -> Finding:
    name = trace.name.rpartition(".")[2]
    file, line = _syntax_place(trace, context) if name in _SYNTAX else locate("\n".join(trace.rows), context)
    message = first_line(trace.message)
    return Finding(
        tool="python",
        code=name,
        message=f"{name}: {message}" if message else name,
        file=file,
        line=line,
        column=_column(trace) if name in _SYNTAX else 0,
        failure_class=of_exception(trace.name) if name else FailureClass.UNKNOWN,
        detail=clipped(trace.rows),
    )


def _syntax_place(trace: _Trace, context: Context) -> tuple[str, int]:
    """The last file that is named is the one that does not compile."""
    frames = [match for match in map(_FRAME.match, trace.rows) if match]
    return (context.path(frames[-1]["file"]), int(frames[-1]["line"])) if frames else ("", 0)


def _column(trace: _Trace) -> int:
    """From the caret below the source line, which is printed indented by four; 0 without one."""
    carets = [row for row in trace.rows if row.strip() and not row.strip("^ ")]
    return max(0, len(carets[-1]) - len(carets[-1].lstrip()) - 4 + 1) if carets else 0
