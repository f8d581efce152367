"""Runs a plan: a synchronous machine decides, pure policies judge, one loop spawns."""
