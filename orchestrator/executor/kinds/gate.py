"""``gate``: the run goes on only when a person says so."""

from orchestrator.domain.outcome import Blocked, Failed, Outcome, Succeeded
from orchestrator.domain.retry import FailureKind
from orchestrator.expressions import to_text
from orchestrator.task import Task


async def perform_gate(task: Task) -> Outcome:
    """Ask whoever is there; where nobody is, the node is blocked with its question."""
    question = to_text(task.text(str(task.spec.body.get("prompt", "")))) or f"Approve {task.spec.id}?"
    answer = task.answer.approve if task.answer else await _ask(task, question)
    if answer is None:
        return Blocked(question)
    if not answer:
        return Failed(f"rejected: {question}", FailureKind.ERROR)
    return Succeeded({"approved": True, **task.outputs()})


async def _ask(task: Task, question: str) -> bool | None:
    person = task.services.person
    return await person.ask(task.spec.id, question) if person else None
