import pytest

from orchestrator.domain.ids import NodeId, called_id, is_authored_id, item_id, item_key, iteration_id


@pytest.mark.parametrize("text", ["a", "_x", "build-green", "A1"])
def test_an_author_may_write(text: str) -> None:
    assert is_authored_id(text)


@pytest.mark.parametrize("text", ["", "1a", "a/b", "../x", "a b", "ä", "a\n", "x" * 101, "a[1]", "a#1"])
def test_an_author_may_not_write(text: str) -> None:
    assert not is_authored_id(text)


def test_ids_of_children_tell_where_they_came_from() -> None:
    assert item_id(NodeId("fix"), item_key("src/a b.c")) == "fix[src-a-b.c]"
    assert iteration_id(NodeId("loop"), 2, child=NodeId("build")) == "loop#2/build"
    assert called_id(NodeId("release"), NodeId("tag")) == "release/tag"


def test_an_item_key_is_never_empty_and_never_long() -> None:
    assert item_key("///") == "item"
    assert len(item_key("x" * 500)) == 80
