"""A contact ledger and a store of codes in one SQLite file."""

from loansms.stores.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
