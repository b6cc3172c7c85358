"""A whole ledger over one SQL database."""

from __future__ import annotations

from loansms.stores.sql.journal import SqlJournal
from loansms.stores.sql.queue import SqlQueue
from loansms.stores.sql.registers import SqlRegisters
from loansms.stores.sql.vault import SqlVault


class SqlLedger(SqlRegisters, SqlJournal, SqlVault, SqlQueue):
    """Claims, registers, journal, vault and queue; a store adds its connection and what it promises."""
