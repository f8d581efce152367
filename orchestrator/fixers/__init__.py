"""Repair without a model: deterministic suggestions, each kept only where a judge says that it helps."""
