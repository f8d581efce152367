"""What a person's words let repairs change."""

from orchestrator.domain.intent import Guarded, permitted


def test_each_word_permits_what_it_is_about_and_never_a_test() -> None:
    assert permitted({"dependencies"}) == {Guarded.LOCKS, Guarded.DEPENDENCIES}
    assert permitted({"expectations"}) == {Guarded.EXPECTATIONS}
    assert permitted({"plausible", "anything"}) == permitted(set()) == frozenset()
    assert Guarded.TESTS not in permitted({"dependencies", "expectations", "plausible", "tests"})
