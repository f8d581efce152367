"""Recorded expectations of tests (snapshots): recorded anew in a copy, and only where a person asked for that."""
