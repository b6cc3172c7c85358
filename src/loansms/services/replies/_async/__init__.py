"""The services, written once in `_async/`; `_sync/` is generated from it."""
