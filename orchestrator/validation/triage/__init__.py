"""Reads a failed log: what sort of failure it is, who has to act, and which lines matter. No model, no project."""
