"""Where work is done and kept: repositories, trees, edits and the merge train."""
