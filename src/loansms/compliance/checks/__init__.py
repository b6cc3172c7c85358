"""One file per family of checks; a pack names them by type."""
