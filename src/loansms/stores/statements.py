"""The SQL of the ledger's verbs.

A list of keys travels as one JSON parameter; CROSS JOIN keeps SQLite from walking the whole table instead.
A value used twice is named (:since), never numbered (?1): Python 3.12.0 to 3.12.3 warn of numbers.
"""

from __future__ import annotations

from loansms.model import ContactKind
from loansms.stores.claims import AttemptState
from loansms.stores.rows import COLUMNS

_NAMES = ", ".join(COLUMNS)
_SELECT = " ".join(("SELECT", _NAMES, "FROM attempt WHERE"))
_COUNTING = ", ".join(f"'{state}'" for state in AttemptState if state.counts)


def _where(condition: str) -> str:
    return " ".join((_SELECT, condition))


# Every column but the key is written anew when a refused step is claimed again.
WRITE_ATTEMPT = " ".join(
    (
        "INSERT INTO attempt (",
        _NAMES,
        ") VALUES (",
        ", ".join("?" * len(COLUMNS)),
        ") ON CONFLICT (step_key) DO UPDATE SET",
        ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:]),
    )
)
# What an ending changes; the rest of the row, and its indexes, stay untouched.
WRITE_OUTCOME = """
    UPDATE attempt SET state = ?, finished_at = ?, provider_message_id = ?, code = ?,
        delivery = ?, delivery_at = ?, delivery_code = ? WHERE step_key = ?
"""
BY_KEY = _where("step_key = ?")
BY_KEY_AND_TOKEN = _where("step_key = ? AND token = ?")
BY_PROVIDER_ID = _where("provider_message_id = ? ORDER BY at DESC, step_key DESC LIMIT 1")
SILENT = _where("state = 'attempting' AND lease_until <= ?")
PAGE = _where(
    "step_key > :after AND (:state IS NULL OR state = :state) AND (:since IS NULL OR at >= :since)"
    " ORDER BY step_key LIMIT :most"
)

STATES = """
    SELECT a.step_key, a.state, a.tries
    FROM json_each(?) AS k CROSS JOIN attempt AS a ON a.step_key = k.value
"""
CONTACTS = " ".join(
    (
        "SELECT a.debtor, a.channel, a.at,",
        f"'{ContactKind.MESSAGE}'",
        ", a.purpose, a.loan_id FROM json_each(:debtors) AS d",
        "CROSS JOIN attempt AS a ON a.debtor = d.value AND a.at >= :since WHERE a.state IN (",
        _COUNTING,
        ") UNION ALL SELECT c.debtor, c.channel, c.at, c.kind, c.purpose, c.loan_id FROM json_each(:debtors) AS d",
        "CROSS JOIN contact AS c ON c.debtor = d.value AND c.at >= :since",
    )
)
SUPPRESSIONS = """
    SELECT s.debtor, s.code, s.at, s.until, s.purposes
    FROM json_each(?) AS d CROSS JOIN suppression AS s ON s.debtor = d.value ORDER BY s.debtor, s.code
"""
# By debtor in the primary key; the claim asks for consents only of those who revoked something.
CONSENTS = """
    SELECT c.debtor, c.at, c.purposes, c.channels, c.scopes, c.text_version, c.source, c.evidence, c.given_to,
        c.expires_at
    FROM json_each(?) AS d CROSS JOIN ledger_consent AS c ON c.debtor = d.value
"""
REVOCATIONS = """
    SELECT r.debtor, r.at, r.purposes, r.channels, r.scopes
    FROM json_each(?) AS d CROSS JOIN ledger_revocation AS r ON r.debtor = d.value
"""
STEPS = """
    SELECT a.debtor, a.loan_id, a.step, a.due_on, a.state
    FROM json_each(?) AS d CROSS JOIN attempt AS a ON a.debtor = d.value
"""
DEFERRED = """
    SELECT f.debtor, f.loan_id, f.step, f.due_on
    FROM json_each(?) AS d CROSS JOIN deferred AS f ON f.debtor = d.value
"""

ADD_CONTACT = "INSERT INTO contact VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
DEFER = "INSERT OR REPLACE INTO deferred VALUES (?, ?, ?, ?, ?)"
UNDEFER = "DELETE FROM deferred WHERE debtor = ? AND loan_id = ? AND step = ? AND due_on = ?"
SUPPRESS = "INSERT OR REPLACE INTO suppression VALUES (?, ?, ?, ?, ?)"
RELEASE = "DELETE FROM suppression WHERE debtor = ? AND code = ?"
ADD_CONSENT = "INSERT INTO ledger_consent VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
ADD_REVOCATION = "INSERT INTO ledger_revocation VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
ADD_AUDIT = "INSERT INTO audit (at, by, act, subject, detail) VALUES (?, ?, ?, ?, ?)"
AUDIT_TRAIL = "SELECT at, by, act, subject, detail FROM audit ORDER BY id"
