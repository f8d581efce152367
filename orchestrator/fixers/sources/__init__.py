"""A file for each tool or family of messages: what it would change, as suggestions. Pure."""
