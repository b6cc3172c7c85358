"""The SQLite tables of the ledger, as forward-only migrations: entry N brings a file to user_version N + 1.

Times are whole microseconds since 1970-01-01T00:00Z, so every comparison is exact. No column holds a phone,
a name or a text.
"""

from __future__ import annotations

APPLICATION_ID = 0x6C736D73  # "lsms": tells a ledger from another program's SQLite file

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE attempt (
            id                  INTEGER PRIMARY KEY,
            step_key            TEXT NOT NULL UNIQUE,
            debtor              TEXT NOT NULL,
            borrower_id         TEXT NOT NULL,
            loan_id             TEXT,
            step                TEXT NOT NULL,
            due_on              TEXT,
            recipient           TEXT NOT NULL,
            purpose             TEXT NOT NULL,
            channel             TEXT NOT NULL,
            template            TEXT NOT NULL,
            fingerprint         TEXT NOT NULL,
            at                  INTEGER NOT NULL,
            versions            TEXT NOT NULL,
            state               TEXT NOT NULL,
            lease_until         INTEGER NOT NULL,
            tries               INTEGER NOT NULL,
            finished_at         INTEGER,
            provider_message_id TEXT,
            code                TEXT NOT NULL,
            delivery            TEXT,
            delivery_at         INTEGER,
            delivery_code       TEXT NOT NULL,
            token               TEXT NOT NULL
        )
        """,
        "CREATE INDEX attempt_debtor ON attempt (debtor, at)",
        # Partial: these hold only what a sweep or a receipt looks for, and cost a claim nearly nothing.
        "CREATE INDEX attempt_lease ON attempt (lease_until) WHERE state = 'attempting'",
        "CREATE INDEX attempt_provider_id ON attempt (provider_message_id) WHERE provider_message_id IS NOT NULL",
        """
        CREATE TABLE contact (
            debtor    TEXT NOT NULL,
            source_id TEXT NOT NULL,
            channel   TEXT NOT NULL,
            at        INTEGER NOT NULL,
            kind      TEXT NOT NULL,
            purpose   TEXT,
            loan_id   TEXT,
            PRIMARY KEY (debtor, source_id)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX contact_debtor ON contact (debtor, at)",
        """
        CREATE TABLE suppression (
            debtor   TEXT NOT NULL,
            code     TEXT NOT NULL,
            at       INTEGER NOT NULL,
            until    INTEGER,
            purposes TEXT,
            PRIMARY KEY (debtor, code)
        ) WITHOUT ROWID
        """,
        # '' stands for "no due date": a NULL would make two equal marks differ.
        """
        CREATE TABLE deferred (
            debtor  TEXT NOT NULL,
            loan_id TEXT NOT NULL,
            step    TEXT NOT NULL,
            due_on  TEXT NOT NULL,
            until   INTEGER NOT NULL,
            PRIMARY KEY (debtor, loan_id, step, due_on)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE audit (
            id      INTEGER PRIMARY KEY,
            at      INTEGER NOT NULL,
            by      TEXT NOT NULL,
            act     TEXT NOT NULL,
            subject TEXT NOT NULL,
            detail  TEXT NOT NULL
        )
        """,
    ),
)

VERSION = len(MIGRATIONS)
