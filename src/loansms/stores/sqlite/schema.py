"""The SQLite tables of ledger and codes, as forward-only migrations: entry N brings a file to user_version N + 1.

Times are whole microseconds since 1970-01-01T00:00Z, so every comparison is exact. No column holds a phone,
a name, a text or a code. A host may keep tables of its own in the file: those of codes and consents have a prefix.
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
    # WITHOUT ROWID suits short rows only, to a twentieth of a page (sqlite.org/withoutrowid.html).
    # No index by time: every wrong code would have to write it too, and only the sweep reads by time.
    (
        """
        CREATE TABLE code_challenge (
            id               TEXT NOT NULL PRIMARY KEY,
            budget           TEXT,
            more_budgets     TEXT NOT NULL,
            tag              BLOB NOT NULL,
            sealed           BLOB NOT NULL,
            issued_at        INTEGER NOT NULL,
            expires_at       INTEGER NOT NULL,
            device           TEXT NOT NULL,
            line             TEXT NOT NULL,
            state            TEXT NOT NULL,
            sends            INTEGER NOT NULL,
            sent_at          INTEGER NOT NULL,
            taken            INTEGER NOT NULL,
            refunded         INTEGER NOT NULL,
            grant_tag        BLOB NOT NULL,
            grant_expires_at INTEGER NOT NULL,
            redeemed         INTEGER NOT NULL,
            guards           TEXT NOT NULL
        )
        """,
        """
        CREATE TABLE code_budget (
            id       TEXT NOT NULL PRIMARY KEY,
            failures TEXT NOT NULL DEFAULT '',
            cleared  INTEGER NOT NULL DEFAULT 0,
            known    TEXT NOT NULL DEFAULT '',
            newest   TEXT NOT NULL DEFAULT '',
            ends     INTEGER NOT NULL
        )
        """,
        """
        CREATE TABLE code_use (
            bucket   TEXT NOT NULL,
            at       INTEGER NOT NULL,
            sent     INTEGER NOT NULL,
            verified INTEGER NOT NULL,
            ends     INTEGER NOT NULL,
            PRIMARY KEY (bucket, at)
        ) WITHOUT ROWID
        """,
    ),
    # Named with a prefix: a host may have consents of its own. Sets of words as sorted JSON lists; `text_version`, `source` and `evidence` are ids, never a text.
    (
        """
        CREATE TABLE ledger_consent (
            debtor       TEXT NOT NULL,
            source_id    TEXT NOT NULL,
            at           INTEGER NOT NULL,
            purposes     TEXT NOT NULL,
            channels     TEXT NOT NULL,
            scopes       TEXT NOT NULL,
            text_version TEXT NOT NULL,
            source       TEXT NOT NULL,
            evidence     TEXT NOT NULL,
            given_to     TEXT NOT NULL,
            expires_at   INTEGER,
            PRIMARY KEY (debtor, source_id)
        )
        """,
        """
        CREATE TABLE ledger_revocation (
            debtor    TEXT NOT NULL,
            source_id TEXT NOT NULL,
            at        INTEGER NOT NULL,
            purposes  TEXT NOT NULL,
            channels  TEXT NOT NULL,
            scopes    TEXT NOT NULL,
            PRIMARY KEY (debtor, source_id)
        ) WITHOUT ROWID
        """,
    ),
    # What the brakes, the figures and unsigned receipts ask about an attempt; and all else a ledger keeps.
    (
        "ALTER TABLE attempt ADD COLUMN tenant TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE attempt ADD COLUMN stage TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE attempt ADD COLUMN route TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE attempt ADD COLUMN segments INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE attempt ADD COLUMN number TEXT NOT NULL DEFAULT ''",
        """
        CREATE TABLE ledger_hold (
            debtor      TEXT NOT NULL,
            source_id   TEXT NOT NULL,
            kind        TEXT NOT NULL,
            until       TEXT,
            loan_id     TEXT,
            at          INTEGER NOT NULL,
            released_at INTEGER,
            PRIMARY KEY (debtor, source_id)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE ledger_payment (
            debtor    TEXT NOT NULL,
            source_id TEXT NOT NULL,
            loan_id   TEXT NOT NULL,
            amount    TEXT NOT NULL,
            currency  TEXT NOT NULL,
            at        INTEGER NOT NULL,
            PRIMARY KEY (debtor, source_id)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE ledger_part (
            provider_id TEXT NOT NULL PRIMARY KEY,
            step_key    TEXT NOT NULL,
            status      TEXT
        ) WITHOUT ROWID
        """,
        "CREATE INDEX ledger_part_step ON ledger_part (step_key)",
        """
        CREATE TABLE ledger_stop (
            scope TEXT NOT NULL,
            named TEXT NOT NULL,
            at    INTEGER NOT NULL,
            by    TEXT NOT NULL,
            why   TEXT NOT NULL,
            PRIMARY KEY (scope, named)
        ) WITHOUT ROWID
        """,
        # AUTOINCREMENT: a number that was deleted is never used again. `place`, `hash` and `chain` are the sealer's.
        """
        CREATE TABLE ledger_entry (
            number   INTEGER PRIMARY KEY AUTOINCREMENT,
            at       INTEGER NOT NULL,
            kind     TEXT NOT NULL,
            debtor   TEXT NOT NULL,
            loan_id  TEXT NOT NULL,
            step_key TEXT NOT NULL,
            data     TEXT NOT NULL,
            place    INTEGER,
            hash     BLOB,
            chain    BLOB
        )
        """,
        "CREATE INDEX ledger_entry_debtor ON ledger_entry (debtor, number)",
        "CREATE INDEX ledger_entry_loan ON ledger_entry (loan_id, number)",
        "CREATE UNIQUE INDEX ledger_entry_place ON ledger_entry (place) WHERE place IS NOT NULL",
        "CREATE INDEX ledger_entry_unsealed ON ledger_entry (number) WHERE place IS NULL",
        """
        CREATE TABLE ledger_seal (
            size      INTEGER NOT NULL PRIMARY KEY,
            root      BLOB NOT NULL,
            chain     BLOB NOT NULL,
            at        INTEGER NOT NULL,
            suite     TEXT NOT NULL,
            key_id    TEXT NOT NULL,
            signature BLOB NOT NULL,
            frontier  BLOB NOT NULL,
            stamp     BLOB NOT NULL,
            previous  BLOB NOT NULL
        )
        """,
        "CREATE TABLE ledger_cursor (reader TEXT NOT NULL PRIMARY KEY, place INTEGER NOT NULL) WITHOUT ROWID",
        """
        CREATE TABLE ledger_key (
            subject TEXT NOT NULL PRIMARY KEY,
            suite   TEXT NOT NULL,
            kek_id  TEXT NOT NULL,
            wrapped BLOB NOT NULL
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE ledger_sealed (
            subject    TEXT NOT NULL,
            name       TEXT NOT NULL,
            in_row     TEXT NOT NULL,
            value      BLOB NOT NULL,
            at         INTEGER NOT NULL,
            keep_until INTEGER,
            PRIMARY KEY (subject, in_row, name)
        )
        """,
        "CREATE INDEX ledger_sealed_ends ON ledger_sealed (keep_until) WHERE keep_until IS NOT NULL",
        "CREATE TABLE ledger_tag (tag TEXT NOT NULL, subject TEXT NOT NULL, PRIMARY KEY (tag, subject)) WITHOUT ROWID",
        "CREATE INDEX ledger_tag_subject ON ledger_tag (subject)",
        """
        CREATE TABLE ledger_job (
            step_key    TEXT NOT NULL PRIMARY KEY,
            tenant      TEXT NOT NULL,
            borrower_id TEXT NOT NULL,
            loan_id     TEXT NOT NULL,
            priority    INTEGER NOT NULL,
            not_before  INTEGER NOT NULL,
            deadline    INTEGER,
            token       TEXT NOT NULL DEFAULT '',
            lease_until INTEGER NOT NULL DEFAULT 0
        )
        """,
        "CREATE INDEX ledger_job_turn ON ledger_job (priority DESC, not_before, step_key)",
    ),
    # What people asked for about how they are written to: a JSON object of words, hours and ids.
    (
        """
        CREATE TABLE ledger_preference (
            debtor    TEXT NOT NULL,
            source_id TEXT NOT NULL,
            at        INTEGER NOT NULL,
            told      TEXT NOT NULL,
            PRIMARY KEY (debtor, source_id)
        ) WITHOUT ROWID
        """,
    ),
)

VERSION = len(MIGRATIONS)
