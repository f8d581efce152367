"""Jobs that need no model: format, sort imports, rename, add a licence header, regenerate a lock file."""
