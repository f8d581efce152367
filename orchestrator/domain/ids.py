"""Ids, and how the id of a child is made from its parent's.

A top-level node has the id that its author wrote: ``[A-Za-z_][A-Za-z0-9_-]*``. Nodes that are added
while running carry their parent's id in front, so that an id tells where a node came from and two
expansions never meet:

=====================  =============================  ==========================
added by               id                             example
=====================  =============================  ==========================
``foreach``, matrix    ``parent[key]``                ``fix[src-a.c]``
a loop's iteration     ``parent#n/child``             ``build-green#2/rebuild``
a called workflow      ``parent/child``               ``release/tag``
=====================  =============================  ==========================
"""

import re
from typing import NewType

NodeId = NewType("NodeId", str)
RunId = NewType("RunId", str)

AUTHORED_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,99}\Z")
_UNSAFE_IN_KEY = re.compile(r"[^A-Za-z0-9_.-]+")


def is_authored_id(text: str) -> bool:
    """Whether ``text`` may be written as a node id in a workflow file (at most 100 characters)."""
    return AUTHORED_ID.match(text) is not None


def item_key(text: str) -> str:
    """``text`` as it may stand between the brackets of an item's id; never empty, at most 80 characters."""
    return _UNSAFE_IN_KEY.sub("-", text).strip("-")[:80] or "item"


def item_id(parent: NodeId, key: str) -> NodeId:
    """The id of the child that ``parent`` adds for the list item ``key`` (made safe by :func:`item_key`)."""
    return NodeId(f"{parent}[{key}]")


def iteration_id(parent: NodeId, iteration: int, *, child: NodeId) -> NodeId:
    """The id of ``child`` in the given 1-based iteration of the loop ``parent``."""
    return NodeId(f"{parent}#{iteration}/{child}")


def called_id(parent: NodeId, child: NodeId) -> NodeId:
    """The id of ``child`` inside the workflow that ``parent`` calls."""
    return NodeId(f"{parent}/{child}")
