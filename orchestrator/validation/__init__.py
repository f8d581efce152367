"""Judges trees: what tools say becomes findings, findings become verdicts."""
