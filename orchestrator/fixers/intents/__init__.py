"""Jobs that need no model: format, sort imports, rename, add headers, write lock files and recorded outputs anew."""
