"""A ledger and a store of codes in one process's memory."""

from loansms.stores.memory.store import MemoryStore

__all__ = ["MemoryStore"]
