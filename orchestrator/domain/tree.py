"""Names for states of a repository."""

from typing import NewType

TreeId = NewType("TreeId", str)
"""Object id of a git tree: what a candidate is."""

CommitId = NewType("CommitId", str)
"""Object id of a git commit."""
