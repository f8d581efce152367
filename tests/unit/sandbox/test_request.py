"""What the engine writes the supervisor reads, byte for byte."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.command import Command
from orchestrator.errors import InputError
from orchestrator.sandbox import supervisor
from orchestrator.sandbox.request import check, encode

TEXT = st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
NAME = TEXT.filter(lambda text: text != "" and "=" not in text)


@given(st.lists(TEXT, min_size=1), st.dictionaries(NAME, TEXT))
def test_the_supervisor_reads_what_was_written(argv: list[str], env: dict[str, str]) -> None:
    command = Command(argv=tuple(argv), cwd="/tmp/a b", env=env)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(encode(command, "/bin/x"))
        cwd, program, count, *rest = supervisor.read_request(theirs.fileno())
    assert (cwd, program) == (b"/tmp/a b", b"/bin/x")
    assert [text.decode() for text in rest[: int(count)]] == argv
    assert [text.decode() for text in rest[int(count) :]] == [f"{name}={value}" for name, value in env.items()]


REFUSED = {
    "no program": (Command(argv=(), cwd="/"), "argv: the command names no program"),
    "an empty program": (Command(argv=("",), cwd="/"), "argv: the command names no program"),
    "a relative directory": (Command(argv=("x",), cwd="src"), "cwd: the working directory 'src' is not absolute"),
    "NUL in the directory": (Command(argv=("x",), cwd="/a\0"), "cwd: a NUL byte"),
    "NUL in an argument": (Command(argv=("x", "a\0b"), cwd="/"), r"argv\[1\]: a NUL byte"),
    "NUL in a value": (Command(argv=("x",), cwd="/", env={"A": "\0"}), r"env\.A: a NUL byte"),
    "NUL in a name": (Command(argv=("x",), cwd="/", env={"A\0": "b"}), r"env\.A\?: a NUL byte"),
    "no name": (Command(argv=("x",), cwd="/", env={"": "b"}), "'' cannot be the name"),
    "a name with an equals sign": (Command(argv=("x",), cwd="/", env={"A=B": "b"}), "'A=B' cannot be the name"),
}


@pytest.mark.parametrize(("command", "message"), REFUSED.values(), ids=REFUSED)
def test_what_no_process_can_be_given_is_refused(command: Command, message: str) -> None:
    with pytest.raises(InputError, match=message):
        check(command)


def test_an_ordinary_command_is_let_through() -> None:
    check(Command(argv=("x", "", "a=b"), cwd="/", env={"INPUT_MY-NAME": "", "A": "x=y"}))
