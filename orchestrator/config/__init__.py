"""Configuration: layers of settings, each value with the place that it comes from."""

from orchestrator.config.load import Loaded, load_settings
from orchestrator.config.origin import Layer, Origin
from orchestrator.config.settings import Settings

__all__ = ["Layer", "Loaded", "Origin", "Settings", "load_settings"]
