"""With which words a person allowed, in a workflow or on the command line, what is held otherwise."""

from orchestrator.expressions import to_text
from orchestrator.task import Task


def consented(task: Task, key: str) -> frozenset[str]:
    """The words of the node's ``key``, a list of templates, separated by commas or blanks; none without the key."""
    texts = task.spec.body.get(key, ())
    assert isinstance(texts, list | tuple), "checked when the workflow was loaded"
    words = (to_text(task.text(str(text))) for text in texts)
    return frozenset(word for words_of_one in words for word in words_of_one.replace(",", " ").split())
