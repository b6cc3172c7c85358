"""The SQL of the ledger's verbs, once for all databases (see `dialect`)."""

from __future__ import annotations

from loansms.model import ContactKind
from loansms.stores.claims import AttemptState
from loansms.stores.rows import COLUMNS

_NAMES = ", ".join(COLUMNS)
_SELECT = " ".join(("SELECT", _NAMES, "FROM {attempt} WHERE "))
_COUNTING = ", ".join(f"'{state}'" for state in AttemptState if state.counts)

# What an ending changes; the rest of the row, and its indexes, stay untouched.
WRITE_OUTCOME = (
    "UPDATE {attempt} SET state = ?, finished_at = ?, provider_message_id = ?, code = ?, "
    "delivery = ?, delivery_at = ?, delivery_code = ? WHERE step_key = ?"
)
BY_KEY = _SELECT + "step_key = ?{locked}"
BY_KEY_AND_TOKEN = _SELECT + "step_key = ? AND token = ?{locked}"
BY_PROVIDER_ID = _SELECT + "provider_message_id = ? ORDER BY at DESC, step_key DESC LIMIT 1{locked}"
BY_PART = "".join((_SELECT, "step_key = (SELECT step_key FROM {ledger_part} WHERE provider_id = ?){locked}"))
SILENT = _SELECT + "state = 'attempting' AND lease_until <= ?{taking}"
PAGE = _SELECT + "step_key > ?<state><since> ORDER BY step_key LIMIT ?"
PARTS = (
    "SELECT provider_id, status FROM {ledger_part} WHERE step_key = "
    "(SELECT step_key FROM {ledger_part} WHERE provider_id = ?) ORDER BY provider_id"
)
SEGMENT_IDS = (
    "SELECT p.provider_id, a.provider_message_id FROM {ledger_part} AS p JOIN {attempt} AS a ON a.step_key = p.step_key "
    "WHERE a.at >= ? AND a.provider_message_id IS NOT NULL ORDER BY p.provider_id"
)
WRITE_PART = "UPDATE {ledger_part} SET status = ? WHERE provider_id = ?"

STATES = "SELECT a.step_key, a.state, a.tries FROM {each} AS k {join} {attempt} AS a ON a.step_key = k.value"
CONTACTS = " ".join(
    (
        "SELECT a.debtor, a.channel, a.at,",
        f"'{ContactKind.MESSAGE}'",
        ", a.purpose, a.loan_id FROM {each} AS d {join} {attempt} AS a ON a.debtor = d.value AND a.at >= ?",
        "WHERE a.state IN (",
        _COUNTING,
        ") UNION ALL SELECT c.debtor, c.channel, c.at, c.kind, c.purpose, c.loan_id FROM {each} AS d",
        "{join} {contact} AS c ON c.debtor = d.value AND c.at >= ?",
    )
)
SUPPRESSIONS = (
    "SELECT s.debtor, s.code, s.at, s.until, s.purposes FROM {each} AS d "
    "{join} {suppression} AS s ON s.debtor = d.value ORDER BY s.debtor, s.code"
)
# By debtor in the primary key; the claim asks for consents only of those who revoked something.
CONSENTS = (
    "SELECT c.debtor, c.at, c.purposes, c.channels, c.scopes, c.text_version, c.source, c.evidence, c.given_to, "
    "c.expires_at FROM {each} AS d {join} {ledger_consent} AS c ON c.debtor = d.value"
)
REVOCATIONS = (
    "SELECT r.debtor, r.at, r.purposes, r.channels, r.scopes FROM {each} AS d "
    "{join} {ledger_revocation} AS r ON r.debtor = d.value"
)
HOLDS = (
    "SELECT h.debtor, h.kind, h.until, h.loan_id FROM {each} AS d "
    "{join} {ledger_hold} AS h ON h.debtor = d.value WHERE h.released_at IS NULL"
)
PAYMENTS = (
    "SELECT p.debtor, p.loan_id, p.amount, p.currency, p.at FROM {each} AS d "
    "{join} {ledger_payment} AS p ON p.debtor = d.value"
)
PREFERENCES = (
    "SELECT p.debtor, p.at, p.source_id, p.told FROM {each} AS d "
    "{join} {ledger_preference} AS p ON p.debtor = d.value"
)
STOPS = 'SELECT scope, named, at, "by", why FROM {ledger_stop} ORDER BY scope, named'
STEPS = (
    "SELECT a.debtor, a.loan_id, a.step, a.due_on, a.state FROM {each} AS d "
    "{join} {attempt} AS a ON a.debtor = d.value"
)
DEFERRED = "SELECT f.debtor, f.loan_id, f.step, f.due_on FROM {each} AS d {join} {deferred} AS f ON f.debtor = d.value"
UNDEFER = "DELETE FROM {deferred} WHERE debtor = ? AND loan_id = ? AND step = ? AND due_on = ?"
RELEASE = "DELETE FROM {suppression} WHERE debtor = ? AND code = ?"
RELEASE_HOLDS = (
    "UPDATE {ledger_hold} SET released_at = ? WHERE debtor = ? AND kind = ? AND released_at IS NULL<loan>"
)
RESUME = "DELETE FROM {ledger_stop} WHERE scope = ? AND named = ?"
AUDIT_TRAIL = 'SELECT at, "by", act, subject, detail FROM {audit} ORDER BY id'

ENTRIES = (
    "SELECT number, at, kind, debtor, loan_id, step_key, data FROM {ledger_entry} "
    "WHERE number > ?<whose> ORDER BY number LIMIT ?"
)
UNSEALED = (
    "SELECT number, at, kind, debtor, loan_id, step_key, data FROM {ledger_entry} "
    "WHERE place IS NULL ORDER BY number LIMIT ?"
)
SIZE = "SELECT COALESCE(MAX(size), 0) FROM {ledger_seal}"
WRITE_LEAF = "UPDATE {ledger_entry} SET place = ?, hash = ?, chain = ? WHERE number = ? AND place IS NULL"
LEAVES = (
    "SELECT place, number, hash, chain, number, at, kind, debtor, loan_id, step_key, data FROM {ledger_entry} "
    "WHERE place >= ? AND place < ? ORDER BY place"
)
SEALS = "SELECT size, root, chain, at, suite, key_id, signature, frontier, stamp, previous FROM {ledger_seal} ORDER BY size"
CURSOR = "SELECT place FROM {ledger_cursor} WHERE reader = ?"
MOVE_CURSOR = "UPDATE {ledger_cursor} SET place = ? WHERE reader = ? AND place = ?"

KEYS = "SELECT k.subject, k.suite, k.kek_id, k.wrapped FROM {each} AS s {join} {ledger_key} AS k ON k.subject = s.value"
KEYS_AFTER = (
    "SELECT subject, suite, kek_id, wrapped FROM {ledger_key} WHERE subject > ? ORDER BY subject LIMIT ?"
)
REWRAP = "UPDATE {ledger_key} SET kek_id = ?, wrapped = ? WHERE subject = ? AND suite = ? AND kek_id = ? AND wrapped = ?"
SEALED = (
    "SELECT subject, name, in_row, value, at, keep_until FROM {ledger_sealed} WHERE subject = ?<row> "
    "ORDER BY in_row, name"
)
TAGGED = "SELECT t.subject FROM {each} AS v {join} {ledger_tag} AS t ON t.tag = v.value"
SHRED = (
    "DELETE FROM {ledger_key} WHERE subject = ?",
    "DELETE FROM {ledger_sealed} WHERE subject = ?",
    "DELETE FROM {ledger_tag} WHERE subject = ?",
)
FORGET_NUMBERS = "UPDATE {attempt} SET number = '' WHERE debtor = ? AND number <> ''"
SWEEP = "DELETE FROM {ledger_sealed} WHERE keep_until <= ?"

FREE_JOBS = (
    "SELECT step_key, tenant, borrower_id, loan_id, priority, not_before, deadline FROM {ledger_job} "
    "WHERE not_before <= ? AND lease_until <= ? ORDER BY priority DESC, not_before, step_key LIMIT ?{taking}"
)
TAKE_JOB = "UPDATE {ledger_job} SET token = ?, lease_until = ? WHERE step_key = ?"
END_JOB = "DELETE FROM {ledger_job} WHERE step_key = ? AND token = ?"
GIVE_BACK_JOB = (
    "UPDATE {ledger_job} SET token = '', lease_until = 0, not_before = ? WHERE step_key = ? AND token = ?"
)
COUNT_JOBS = "SELECT COUNT(*) FROM {ledger_job}"
OLDEST_JOB = "SELECT MIN(not_before) FROM {ledger_job}"
