"""What every table of settings has in common, and what a repository may do to a key."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

__all__ = ["Repository", "Table"]


class Repository(StrEnum):
    """What the repository's own file may do to a key; it comes with the code and is not trusted by itself."""

    NARROW = "narrow"
    """Lower it below what the user or the default says; 0 means no cap and is the widest value. Once its user trusts
    the file: anything."""
    TRUSTED = "trusted"
    """Nothing, until its user trusts the file: then anything."""
    FREE = "free"
    """Set it to anything."""
    NEVER = "never"
    """Nothing, trusted or not: the key is the user's own."""


class Table(BaseModel):
    """A table of settings: closed, frozen, and as strict as TOML's own types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
