"""The SQL of the code verbs: read by id, write only what changed.

A budget or a bucket that is not there yet is made by the write that changes it; a clock that stepped back
brings its end no nearer.
"""

from __future__ import annotations

CHALLENGE_COLUMNS = (
    "id, budget, more_budgets, tag, sealed, issued_at, expires_at, device, line, state, sends, sent_at, taken, refunded, "
    "grant_tag, grant_expires_at, redeemed, guards"
)
CHALLENGE = " ".join(("SELECT", CHALLENGE_COLUMNS, "FROM code_challenge WHERE id = ?"))
# All that a check of a code needs, in one step; nearly every challenge has one budget.
ASKED = """
    SELECT c.budget, c.more_budgets, c.tag, c.issued_at, c.expires_at, c.device, c.line, c.state,
        c.guards, b.failures, b.cleared, b.known, b.newest
    FROM code_challenge AS c LEFT JOIN code_budget AS b ON b.id = c.budget WHERE c.id = ?
"""
EXISTS = "SELECT 1 FROM code_challenge WHERE id = ?"
ADD_CHALLENGE = " ".join(
    (
        "INSERT INTO code_challenge (",
        CHALLENGE_COLUMNS,
        ") VALUES (",
        ", ".join("?" * len(CHALLENGE_COLUMNS.split(","))),
        ")",
    )
)
WRITE_SEND = "UPDATE code_challenge SET sends = ?, sent_at = ?, taken = ? WHERE id = ?"
WRITE_TAKEN = "UPDATE code_challenge SET taken = ? WHERE id = ?"
WRITE_REFUND = "UPDATE code_challenge SET refunded = ?, state = ? WHERE id = ?"
WRITE_USED = "UPDATE code_challenge SET state = ?, grant_tag = ?, grant_expires_at = ? WHERE id = ?"

# These two also run on a host's connection, whose TEMP tables must not stand in for the file's. They return
# neither text nor NULL, so the host's text factory does not matter.
GRANT = """
    SELECT state = 'used', grant_tag, grant_expires_at, redeemed FROM main.code_challenge WHERE id = ?
"""
WRITE_REDEEMED = "UPDATE main.code_challenge SET redeemed = 1 WHERE id = ?"

BUDGET = "SELECT failures, cleared, known, newest FROM code_budget WHERE id = ?"
WRITE_FAILED = """
    INSERT INTO code_budget (failures, ends, id) VALUES (?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET failures = excluded.failures, ends = max(ends, excluded.ends)
"""
WRITE_PASSED = """
    INSERT INTO code_budget (cleared, known, ends, id) VALUES (?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET cleared = excluded.cleared, known = excluded.known, ends = max(ends, excluded.ends)
"""
WRITE_NEWEST = """
    INSERT INTO code_budget (newest, ends, id) VALUES (?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET newest = excluded.newest, ends = max(ends, excluded.ends)
"""

# The uses of a bucket: added to in place (`loansms.otp.admission.added`), old ones dropped at every use.
LOG = "SELECT at, sent, verified FROM code_use WHERE bucket = ? ORDER BY at"
DROP_OLD = "DELETE FROM code_use WHERE bucket = ? AND at <= ?"
ADD_SENT = """
    INSERT INTO code_use (bucket, at, sent, verified, ends) VALUES (?, ?, 1, 0, ?)
    ON CONFLICT DO UPDATE SET sent = sent + 1, ends = max(ends, excluded.ends)
"""
ADD_VERIFIED = """
    INSERT INTO code_use (bucket, at, sent, verified, ends) VALUES (?, ?, 0, 1, ?)
    ON CONFLICT DO UPDATE SET verified = verified + 1, ends = max(ends, excluded.ends)
"""
TAKE_BACK = "UPDATE code_use SET sent = max(sent - 1, 0) WHERE bucket = ? AND at = ?"
DROP_UNUSED = "DELETE FROM code_use WHERE bucket = ? AND at = ? AND sent = 0 AND verified = 0"

# A sweep goes through a table page by page: where the page ends, and what of it is over. A blob is greater than
# every text, so a last page has no end.
SWEEPS = (
    (
        "SELECT id FROM code_challenge WHERE id > :after ORDER BY id LIMIT 1 OFFSET :most",
        """
        DELETE FROM code_challenge WHERE id > :after AND id <= coalesce(:upto, x'')
            AND max(expires_at, grant_expires_at) + :day <= :at
        """,
    ),
    (
        "SELECT id FROM code_budget WHERE id > :after ORDER BY id LIMIT 1 OFFSET :most",
        "DELETE FROM code_budget WHERE id > :after AND id <= coalesce(:upto, x'') AND ends <= :at",
    ),
    (
        "SELECT bucket FROM code_use WHERE bucket > :after ORDER BY bucket LIMIT 1 OFFSET :most",
        "DELETE FROM code_use WHERE bucket > :after AND bucket <= coalesce(:upto, x'') AND ends <= :at",
    ),
)
