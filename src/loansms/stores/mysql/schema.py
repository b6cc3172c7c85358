"""The tables of a ledger in MySQL or MariaDB, as forward-only migrations: entry N brings a database to version N + 1.

Every name has a prefix, because the database is the host's. Text compares by its bytes (utf8mb4_bin), and times are
whole microseconds since 1970-01-01T00:00Z. DDL commits by itself here: each statement can be run again.
"""

from __future__ import annotations

from typing import Final

from loansms.stores.mysql.dialect import PREFIX
from loansms.stores.sql.database import STRIPES

_END: Final = ") ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin"

_TABLES: Final = {
    "attempt": """
        id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        step_key VARCHAR(191) NOT NULL, debtor VARCHAR(255) NOT NULL, borrower_id VARCHAR(255) NOT NULL,
        loan_id VARCHAR(255), step VARCHAR(191) NOT NULL, due_on VARCHAR(10), recipient VARCHAR(32) NOT NULL,
        purpose VARCHAR(32) NOT NULL, channel VARCHAR(16) NOT NULL, template VARCHAR(191) NOT NULL,
        fingerprint VARCHAR(191) NOT NULL, at BIGINT NOT NULL, versions TEXT NOT NULL, state VARCHAR(24) NOT NULL,
        lease_until BIGINT NOT NULL, tries INT NOT NULL, finished_at BIGINT, provider_message_id VARCHAR(191),
        code VARCHAR(191) NOT NULL, delivery VARCHAR(24), delivery_at BIGINT, delivery_code VARCHAR(191) NOT NULL,
        token VARCHAR(64) NOT NULL, tenant VARCHAR(191) NOT NULL, stage VARCHAR(191) NOT NULL,
        route VARCHAR(191) NOT NULL, segments INT NOT NULL, number VARCHAR(191) NOT NULL,
        UNIQUE KEY attempt_step (step_key), KEY attempt_debtor (debtor, at), KEY attempt_lease (state, lease_until),
        KEY attempt_provider_id (provider_message_id)
    """,
    "contact": """
        debtor VARCHAR(255) NOT NULL, source_id VARCHAR(255) NOT NULL, channel VARCHAR(16) NOT NULL,
        at BIGINT NOT NULL, kind VARCHAR(32) NOT NULL, purpose VARCHAR(32), loan_id VARCHAR(255),
        PRIMARY KEY (debtor, source_id), KEY contact_debtor (debtor, at)
    """,
    "suppression": """
        debtor VARCHAR(255) NOT NULL, code VARCHAR(191) NOT NULL, at BIGINT NOT NULL, until BIGINT, purposes TEXT,
        PRIMARY KEY (debtor, code)
    """,
    "deferred": """
        debtor VARCHAR(255) NOT NULL, loan_id VARCHAR(191) NOT NULL, step VARCHAR(191) NOT NULL,
        due_on VARCHAR(10) NOT NULL, until BIGINT NOT NULL, PRIMARY KEY (debtor, loan_id, step, due_on)
    """,
    "audit": """
        id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, at BIGINT NOT NULL, "by" VARCHAR(255) NOT NULL,
        act VARCHAR(64) NOT NULL, subject VARCHAR(255) NOT NULL, detail TEXT NOT NULL
    """,
    "ledger_consent": """
        debtor VARCHAR(255) NOT NULL, source_id VARCHAR(255) NOT NULL, at BIGINT NOT NULL, purposes TEXT NOT NULL,
        channels TEXT NOT NULL, scopes TEXT NOT NULL, text_version VARCHAR(191) NOT NULL,
        source VARCHAR(191) NOT NULL, evidence VARCHAR(255) NOT NULL, given_to VARCHAR(32) NOT NULL,
        expires_at BIGINT, PRIMARY KEY (debtor, source_id)
    """,
    "ledger_revocation": """
        debtor VARCHAR(255) NOT NULL, source_id VARCHAR(255) NOT NULL, at BIGINT NOT NULL, purposes TEXT NOT NULL,
        channels TEXT NOT NULL, scopes TEXT NOT NULL, PRIMARY KEY (debtor, source_id)
    """,
    "ledger_hold": """
        debtor VARCHAR(255) NOT NULL, source_id VARCHAR(255) NOT NULL, kind VARCHAR(32) NOT NULL,
        until VARCHAR(10), loan_id VARCHAR(255), at BIGINT NOT NULL, released_at BIGINT,
        PRIMARY KEY (debtor, source_id)
    """,
    "ledger_payment": """
        debtor VARCHAR(255) NOT NULL, source_id VARCHAR(255) NOT NULL, loan_id VARCHAR(255) NOT NULL,
        amount VARCHAR(64) NOT NULL, currency VARCHAR(8) NOT NULL, at BIGINT NOT NULL,
        PRIMARY KEY (debtor, source_id)
    """,
    "ledger_part": """
        provider_id VARCHAR(191) NOT NULL PRIMARY KEY, step_key VARCHAR(191) NOT NULL, status VARCHAR(24),
        KEY ledger_part_step (step_key)
    """,
    "ledger_stop": """
        scope VARCHAR(16) NOT NULL, named VARCHAR(191) NOT NULL, at BIGINT NOT NULL, "by" VARCHAR(255) NOT NULL,
        why TEXT NOT NULL, PRIMARY KEY (scope, named)
    """,
    "ledger_entry": """
        number BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, at BIGINT NOT NULL, kind VARCHAR(24) NOT NULL,
        debtor VARCHAR(255) NOT NULL, loan_id VARCHAR(255) NOT NULL, step_key VARCHAR(191) NOT NULL,
        data LONGTEXT NOT NULL, place BIGINT, hash VARBINARY(64), chain VARBINARY(64),
        KEY ledger_entry_debtor (debtor, number), KEY ledger_entry_loan (loan_id, number),
        UNIQUE KEY ledger_entry_place (place)
    """,
    "ledger_seal": """
        size BIGINT NOT NULL PRIMARY KEY, root VARBINARY(64) NOT NULL, chain VARBINARY(64) NOT NULL,
        at BIGINT NOT NULL, suite VARCHAR(16) NOT NULL, key_id VARCHAR(191) NOT NULL,
        signature VARBINARY(1024) NOT NULL, frontier BLOB NOT NULL, stamp LONGBLOB NOT NULL,
        previous VARBINARY(64) NOT NULL
    """,
    "ledger_cursor": "reader VARCHAR(191) NOT NULL PRIMARY KEY, place BIGINT NOT NULL",
    "ledger_key": """
        subject VARCHAR(255) NOT NULL PRIMARY KEY, suite VARCHAR(16) NOT NULL, kek_id VARCHAR(191) NOT NULL,
        wrapped VARBINARY(2048) NOT NULL
    """,
    "ledger_sealed": """
        subject VARCHAR(255) NOT NULL, name VARCHAR(64) NOT NULL, in_row VARCHAR(191) NOT NULL,
        value LONGBLOB NOT NULL, at BIGINT NOT NULL, keep_until BIGINT,
        PRIMARY KEY (subject, in_row, name), KEY ledger_sealed_ends (keep_until)
    """,
    "ledger_tag": """
        tag VARCHAR(191) NOT NULL, subject VARCHAR(255) NOT NULL, PRIMARY KEY (tag, subject),
        KEY ledger_tag_subject (subject)
    """,
    "ledger_job": """
        step_key VARCHAR(191) NOT NULL PRIMARY KEY, tenant VARCHAR(191) NOT NULL, borrower_id VARCHAR(255) NOT NULL,
        loan_id VARCHAR(255) NOT NULL, priority INT NOT NULL, not_before BIGINT NOT NULL, deadline BIGINT,
        token VARCHAR(64) NOT NULL DEFAULT '', lease_until BIGINT NOT NULL DEFAULT 0,
        KEY ledger_job_turn (priority DESC, not_before, step_key)
    """,
    # The locks under which debtors are decided about: rows that are never changed.
    "stripe": "number INT NOT NULL PRIMARY KEY",
}

_STRIPES: Final = f'INSERT IGNORE INTO "{PREFIX}stripe" VALUES ' + ", ".join(  # noqa: S608 - numbers of our own
    f"({number})" for number in range(STRIPES)
)

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        *(
            f'CREATE TABLE IF NOT EXISTS "{PREFIX}{name}" ({" ".join(columns.split())}{_END}'
            for name, columns in _TABLES.items()
        ),
        _STRIPES,
    ),
)
VERSION: Final = len(MIGRATIONS)
"""The version of the tables this code knows."""

VERSIONS: Final = f'CREATE TABLE IF NOT EXISTS "{PREFIX}migration" (version INT NOT NULL PRIMARY KEY{_END}'
"""Where the version of the tables is written down."""


def script(since: int = 0) -> str:
    """Return the SQL that brings a database from version `since` (0 = nothing there) to the newest, for a DBA."""
    lines = ["SET SESSION sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')", VERSIONS]
    for version, statements in enumerate(MIGRATIONS[since:], since + 1):
        lines += [*statements, f'INSERT IGNORE INTO "{PREFIX}migration" VALUES ({version})']  # noqa: S608 - ours
    return ";\n".join(lines) + ";\n"
