"""Test doubles that ship with Rung: each passes the contract tests of the port that it stands in for."""
