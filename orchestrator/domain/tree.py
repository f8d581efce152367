"""Names for states of a repository."""

from typing import NewType

TreeId = NewType("TreeId", str)
"""Id of a tree object in full, hexadecimal: 40 digits for sha1, 64 for sha256."""

CommitId = NewType("CommitId", str)
"""Id of a commit object, written as :data:`TreeId` is."""
