"""What a model is told."""

import re

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.events import AttemptFailed
from orchestrator.domain.ids import NodeId
from orchestrator.domain.retry import FailureKind
from orchestrator.repair.prompt import FORMAT, fenced, system_prompt, user_prompt


def failure(attempt: int, reason: str, detail: str = "") -> AttemptFailed:
    return AttemptFailed(1.0, NodeId("n"), attempt, FailureKind.VALIDATION, reason, 0.0, detail)


def test_the_nodes_own_words_come_before_how_to_answer() -> None:
    assert system_prompt("") == FORMAT
    assert system_prompt("You write Go.") == f"You write Go.\n\n{FORMAT}"


def test_the_parts_come_in_order_task_files_failure() -> None:
    text = user_prompt(
        "Do it.", {"a.py": "a\n", "b.py": None}, failures=[failure(1, "old"), failure(2, "new", "why\n")]
    )
    assert text == (
        "Do it.\n\na.py\n```\na\n```\n\nb.py does not exist yet.\n\nYour last attempt was rejected: new\n```\nwhy\n```"
    )


def test_a_failure_without_detail_is_one_line() -> None:
    assert user_prompt("Do it.", {}, failures=[failure(1, "new")]) == "Do it.\n\nYour last attempt was rejected: new"


@given(st.text(st.sampled_from("`a\n ~"), max_size=40))
def test_no_text_ends_its_own_fence(text: str) -> None:
    fence, *lines, last = fenced(text).split("\n")
    assert fence == last
    assert set(fence) == {"`"}
    assert not any(re.match(rf" *{fence}", line) for line in lines)
    assert "\n".join(lines) == text.removesuffix("\n")
