"""The order in which a view is mounted."""

from orchestrator.sandbox.mounts import BindMount, SealMount, TmpMount, ordered


def test_a_folder_comes_before_what_lies_in_it_and_seals_come_last() -> None:
    inner, outer, seal = BindMount("/a/b", "/x"), TmpMount("/a"), SealMount("/a")
    assert ordered([seal, inner, outer]) == (outer, inner, seal)


def test_what_is_named_twice_is_mounted_once_and_another_one_at_its_place_covers_it() -> None:
    first, other = BindMount("/a", "/x"), BindMount("/a", "/y")
    assert ordered([first, first, other, first]) == (first, other)
