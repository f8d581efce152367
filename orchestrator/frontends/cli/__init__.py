"""The command line ``rung``: one file for each verb, loaded when the verb is used."""

from orchestrator.frontends.cli.entry import main

__all__ = ["main"]
