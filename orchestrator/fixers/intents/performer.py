"""Does the jobs of the table, and holds what a person has to allow."""

from dataclasses import dataclass

from orchestrator.domain.fixing import Fixed
from orchestrator.domain.intent import IntentOrder
from orchestrator.errors import EditError
from orchestrator.fixers.intents.table import INTENTS
from orchestrator.fixers.intents.workshop import Done, Workshops

__all__ = ["Performer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Performer:
    """Implements :class:`orchestrator.ports.Doer`."""

    workshops: Workshops

    async def perform(self, order: IntentOrder) -> Fixed:
        """See the port."""
        async with self.workshops.workshop(order) as shop:
            try:
                done = await INTENTS[order.name](shop, order.arguments)
            except EditError as error:
                return Fixed(why=str(error))
        return _fixed(done, order)


def _fixed(done: Done, order: IntentOrder) -> Fixed:
    if not done.changes:
        return Fixed(held=done.undone)
    consent = order.rules.consent
    if consent and consent not in order.accept:
        held = tuple(f"{one.source}: {one.message}; accept: [{consent}] takes it" for one in done.steps)
        return Fixed(held=(*held, *done.undone), why=f"a person has to allow it: {held[0]}")
    return Fixed(changes=done.changes, steps=done.steps, held=done.undone)
