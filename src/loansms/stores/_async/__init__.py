"""The stores that speak to a server, written once in `_async/`; `_sync/` is generated from it."""
