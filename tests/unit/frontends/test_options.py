"""The text of options becomes values, and every mistake is named."""

import pytest

from orchestrator.errors import InputError
from orchestrator.frontends.cli.options import pairs


def test_a_value_may_be_empty_and_may_hold_equals_signs() -> None:
    assert pairs(["a=", "b=c=d", "e= f "], "--input") == {"a": "", "b": "c=d", "e": " f "}
    assert pairs([], "--input") == {}


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        pairs(["a", "=b", "c=1", "c=2", ""], "--input")
    assert str(caught.value).splitlines() == [
        "--input a: it is not KEY=VALUE",
        "--input =b: it is not KEY=VALUE",
        "--input c=2: 'c' is given twice",
        "--input : it is not KEY=VALUE",
    ]
