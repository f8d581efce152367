"""Tables merge, lists replace, and the rule of each key decides what a repository may say."""

from typing import Annotated

import pytest
from pydantic import Field

from orchestrator.config.merge import admitted, merge, origins
from orchestrator.config.origin import Layer, Origin, Source
from orchestrator.config.rules import Repository, Table
from orchestrator.config.settings import Settings, leaves


class Inner(Table):
    cap: Annotated[int, Repository.NARROW] = 10
    words: Annotated[list[str], Repository.FREE] = Field(default_factory=list)
    secret: Annotated[str, Repository.NEVER] = ""


class Tree(Table):
    inner: Inner = Inner()


def source(layer: Layer, line: int, **inner: object) -> Source:
    return Source(layer, {"inner": inner}, {("inner", key): Origin(layer, "f", line) for key in inner})


def test_tables_merge_and_lists_replace() -> None:
    merged = merge([source(Layer.USER, 1, cap=3, words=["a", "b"]), source(Layer.REPOSITORY, 2, words=["c"])])
    assert merged == {"inner": {"cap": 3, "words": ["c"]}}


def test_merging_leaves_the_sources_as_they_were() -> None:
    first = source(Layer.USER, 1, cap=3)
    merge([first, source(Layer.REPOSITORY, 2, cap=4)])
    assert first.data == {"inner": {"cap": 3}}


def test_the_origin_is_that_of_the_last_layer_that_says_something() -> None:
    found = origins([source(Layer.USER, 1, cap=3, secret="s"), source(Layer.REPOSITORY, 2, cap=2)], Tree)
    assert found[("inner", "cap")] == Origin(Layer.REPOSITORY, "f", 2)
    assert found[("inner", "secret")] == Origin(Layer.USER, "f", 1)
    assert found[("inner", "words")] == Origin(Layer.DEFAULT)


@pytest.mark.parametrize(("bound", "value", "kept"), [(10, 9, True), (10, 10, True), (10, 11, False), (10, 0, False),
                                                      (0, 0, True), (0, 5, True)])  # fmt: skip
def test_a_cap_may_only_shrink_and_zero_is_the_widest(bound: int, value: int, *, kept: bool) -> None:
    given = source(Layer.REPOSITORY, 7, cap=value)
    left, notices = admitted(given, {"inner": {"cap": bound, "words": [], "secret": ""}}, model=Tree)
    assert ("cap" in left.data["inner"]) is kept
    assert [(notice.line, notice.path) for notice in notices] == ([] if kept else [(7, "inner.cap")])


def test_a_free_key_may_be_set_and_a_private_one_never() -> None:
    given = source(Layer.REPOSITORY, 7, words=["x"], secret="x")
    left, [notice] = admitted(given, {"inner": {"cap": 1, "words": [], "secret": ""}}, model=Tree)
    assert left.data == {"inner": {"words": ["x"]}}
    assert notice.path == "inner.secret"


def test_every_setting_says_what_a_repository_may_do_to_it() -> None:
    assert leaves(Settings)[("limits", "max_parallel")] is Repository.NARROW

    class Careless(Table):
        key: int = 1

    with pytest.raises(TypeError, match="key does not say"):
        leaves(Careless)
