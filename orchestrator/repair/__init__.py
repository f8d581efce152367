"""Attempts at one edit: base, model, edit, checks; a failed check comes back as feedback, one rung higher."""
