import io
import sys

import pytest

from orchestrator.report.redirection import Redirection


class Stream(io.StringIO):
    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


def replaced(monkeypatch: pytest.MonkeyPatch) -> tuple[Stream, Stream]:
    """A terminal as stdout, a file as stderr; called in a test's body, for pytest captures each phase anew."""
    streams = Stream(is_terminal=True), Stream(is_terminal=False)
    monkeypatch.setattr(sys, "stdout", streams[0])
    monkeypatch.setattr(sys, "stderr", streams[1])
    return streams


def test_lines_are_kept_until_they_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = replaced(monkeypatch)
    redirection = Redirection()
    redirection.start()
    sys.stdout.write("one\ntwo\nthr")
    assert redirection.take() == ["one", "two"]
    sys.stdout.write("ee\n")
    assert redirection.take() == ["three"]
    assert redirection.take() == []
    redirection.stop()
    assert streams[0].getvalue() == ""


def test_a_stream_that_is_no_terminal_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = replaced(monkeypatch)
    redirection = Redirection()
    redirection.start()
    sys.stderr.write("kept\n")
    assert redirection.take() == []
    assert streams[1].getvalue() == "kept\n"
    redirection.stop()


def test_what_was_not_taken_is_written_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = replaced(monkeypatch)
    redirection = Redirection()
    redirection.start()
    stand_in = sys.stdout
    sys.stdout.write("one\nhalf a li")
    redirection.stop()
    assert sys.stdout is streams[0]
    assert streams[0].getvalue() == "one\nhalf a li"
    stand_in.write("ne\n")
    stand_in.flush()
    assert streams[0].getvalue() == "one\nhalf a line\n"


def test_a_stream_that_somebody_else_put_in_place_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = replaced(monkeypatch)
    redirection = Redirection()
    redirection.start()
    sys.stdout = other = Stream(is_terminal=True)
    redirection.stop()
    assert sys.stdout is other
    assert streams[0].getvalue() == ""


def test_a_program_without_streams_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    redirection = Redirection()
    redirection.start()
    redirection.stop()
    assert sys.stdout is None


def test_the_stand_in_answers_like_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    replaced(monkeypatch)
    real = sys.stdout
    redirection = Redirection()
    redirection.start()
    assert sys.stdout.isatty()
    assert sys.stdout.writable()
    assert sys.stdout.encoding == real.encoding
    with pytest.raises(io.UnsupportedOperation):
        sys.stdout.fileno()
    redirection.stop()
