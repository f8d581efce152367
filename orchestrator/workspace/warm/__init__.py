"""Warm checkouts, and candidates laid over them.

Start at :func:`open_places`. To build each candidate from nothing would cost minutes; to build them all in one folder
would mix them up. So one checkout is set up and built once (:mod:`~orchestrator.workspace.warm.making`), is kept for
all runs of the project (:mod:`~orchestrator.workspace.warm.shelf`), and is never written again. A candidate is an
overlay on it: a few files (:mod:`~orchestrator.workspace.warm.layer`), all newer than anything in the checkout, so
that build systems make anew what depends on them, and nothing else.
"""

from orchestrator.workspace.warm.key import WarmKey
from orchestrator.workspace.warm.place import How, Place, Step, WarmUp
from orchestrator.workspace.warm.places import Placed, Places, Terms, open_places
from orchestrator.workspace.warm.shelf import Shelf, Swept

__all__ = ["How", "Place", "Placed", "Places", "Shelf", "Step", "Swept", "Terms", "WarmKey", "WarmUp", "open_places"]
