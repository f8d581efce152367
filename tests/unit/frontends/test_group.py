"""Each row of the table leads to a verb, and the verb is the row's."""

from importlib import import_module
from pathlib import Path

import click
import pytest

import orchestrator.frontends.cli.verbs as package
from orchestrator.frontends.cli.group import VERBS, rung


@pytest.mark.parametrize("name", VERBS)
def test_the_module_of_a_row_has_the_command_of_that_name(name: str) -> None:
    command = import_module(VERBS[name].module).command
    assert isinstance(command, click.Command)
    assert command.name == name
    assert rung.get_command(click.Context(rung), name) is command


def test_every_module_of_a_verb_has_a_row() -> None:
    assert package.__file__
    modules = {path.stem for path in Path(package.__file__).parent.glob("*.py")} - {"__init__"}
    assert modules == set(VERBS)


def test_a_word_that_is_no_verb_has_no_command() -> None:
    assert rung.get_command(click.Context(rung), "fly") is None
