"""What green runs look like."""

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.validation.triage.templates import Templates, masked


def test_words_that_vary_are_wildcards() -> None:
    line = "2024-01-01T00:00:00Z Took 12ms for /tmp/x at 0xdeadbeef by worker-7 of https://x/y deadbeef12"
    assert " ".join(masked(line)) == "Took <*> for <*> at <*> by <*> of <*> <*>"


def test_a_line_of_a_green_run_is_known_whatever_its_numbers() -> None:
    known = Templates()
    known.learn(["[WARN] retry 3 of 5 failed after 12ms", ""])
    assert known.knows("[WARN] retry 4 of 5 failed after 99ms")
    assert not known.knows("[WARN] retry 4 of 5 succeeded at last")
    assert not known.knows("[WARN] retry 4 of 5 failed after 99ms for good")
    assert not known.knows("")


def test_a_word_that_differed_between_green_lines_may_be_any() -> None:
    known = Templates()
    known.learn(f"error while closing the channel named {name} again" for name in ("red", "blue"))
    assert known.knows("error while closing the channel named green again")
    assert not known.knows("error while opening the channel named green again")


@given(st.lists(st.text(max_size=60), max_size=30))
def test_every_line_that_was_learnt_is_known(lines: list[str]) -> None:
    known = Templates()
    known.learn(lines)
    assert all(known.knows(line) for line in lines if masked(line))
