"""Who needs whom: every need exists, nobody needs itself, nothing goes round in a circle."""

from collections.abc import Mapping

from orchestrator.graph import find_cycle
from orchestrator.workflow.place import Place
from orchestrator.workflow.tree import quoted


def check_needs(needs: Mapping[str, Mapping[str, str]], nodes: Place) -> None:
    """Note what is wrong with ``needs`` (node -> its needs) among the nodes written at ``nodes``."""
    known = frozenset(nodes.names)
    for node, wanted in needs.items():
        for number, need in enumerate(wanted):
            if need == node:
                _need(nodes.at(node, "needs"), need, number=number).note(
                    f"the node {quoted(node)} needs itself", "remove it"
                )
            elif need not in known:
                hint = nodes.near(need, known, noun="nodes")
                _need(nodes.at(node, "needs"), need, number=number).note(f"there is no node {quoted(need)}", hint)
    others = {node: [need for need in wanted if need != node] for node, wanted in needs.items()}
    if cycle := find_cycle(others):
        what = f"nodes need each other in a circle: {' -> '.join(cycle)}"
        nodes.at(cycle[0], "needs").note(what, "to repeat nodes until something holds, use a loop")


def _need(place: Place, need: str, *, number: int) -> Place:
    """Where in the needs at ``place`` one is written: below its key in a map, at its index in a list, else alone."""
    return next((one for one in (place.at(need), place.at(number)) if one.tree is not None), place)
