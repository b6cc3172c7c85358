"""Written here, once; `_sync/` is generated from it."""
