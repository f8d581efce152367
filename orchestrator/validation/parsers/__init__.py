"""Readers of what tools print: text in, a report out, nothing else."""
