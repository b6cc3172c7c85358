"""What one database writes differently: parameters, lists, upserts, names of tables.

A statement is written once, with ``?`` for a value, ``{table}`` for a table, ``{each}`` for the rows of a list that
travels as one JSON parameter (its column is ``value``) and ``{join}`` for a join that starts from that list.

>>> SQLITE.sql("SELECT a.state FROM {each} AS k {join} {attempt} AS a ON a.step_key = k.value")
'SELECT a.state FROM json_each(?) AS k CROSS JOIN attempt AS a ON a.step_key = k.value'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import field, frozen

TABLES = (
    "attempt",
    "contact",
    "suppression",
    "deferred",
    "audit",
    "ledger_consent",
    "ledger_revocation",
    "ledger_hold",
    "ledger_payment",
    "ledger_preference",
    "ledger_part",
    "ledger_stop",
    "ledger_entry",
    "ledger_seal",
    "ledger_cursor",
    "ledger_key",
    "ledger_sealed",
    "ledger_tag",
    "ledger_job",
)


@frozen(kw_only=True)
class Dialect:
    """How a database spells what the statements share.

    ``table`` is the pattern of a table's full name. ``each`` gives the rows of a JSON list. ``join`` keeps the planner
    from starting at the other side, where it would. ``locked`` ends the SELECT of rows that are then written, ``taking``
    one that leaves out what others have locked. ``insert_or_skip`` ``insert_or_set`` end an INSERT that meets an equal key: <keys> are its columns, <key> one of them, <set>
    what is assigned, `excluded` how a value that was to be inserted is named.
    """

    name: str
    mark: str = "?"
    table: str = "{}"
    each: str
    join: str
    insert_or_skip: str
    insert_or_set: str
    excluded: str
    locked: str = ""
    taking: str = ""
    _known: dict[str, str] = field(factory=dict[str, str], init=False, repr=False, eq=False)

    def sql(self, written: str) -> str:
        """Return a shared statement in this dialect."""
        found = self._known.get(written)
        if found is None:
            names = {one: self.table.format(one) for one in TABLES}
            filled = written.format(
                each=self.each, join=self.join, locked=self.locked, taking=self.taking, **names
            )
            found = self._known[written] = filled.replace("?", self.mark) if self.mark != "?" else filled
        return found

    def skip(self, table: str, columns: Sequence[str], key: Sequence[str]) -> str:
        """Return the INSERT that leaves an equal row as it is, and then counts 0."""
        return self.sql(
            _insert(table, columns)
            + self.insert_or_skip.replace("<keys>", _names(key)).replace("<key>", _quoted(key[0]))
        )

    def put(self, table: str, columns: Sequence[str], key: Sequence[str]) -> str:
        """Return the INSERT that writes over an equal row."""
        rest = [one for one in columns if one not in key]
        settings = ", ".join(
            f"{_quoted(one)} = {self.excluded.replace('<name>', _quoted(one))}" for one in rest
        )
        if not rest:
            return self.skip(table, columns, key)
        return self.sql(
            _insert(table, columns)
            + self.insert_or_set.replace("<keys>", _names(key)).replace("<set>", settings)
        )

    def insert(self, table: str, columns: Sequence[str]) -> str:
        """Return a plain INSERT."""
        return self.sql(_insert(table, columns))


def _insert(table: str, columns: Sequence[str]) -> str:
    marks = ", ".join("?" * len(columns))
    return " ".join(("INSERT INTO", f"{{{table}}}", "(", _names(columns), ") VALUES (", marks, ")"))


def _names(columns: Sequence[str]) -> str:
    return ", ".join(map(_quoted, columns))


def _quoted(name: str) -> str:
    return f'"{name}"'


SQLITE = Dialect(
    name="SQLite",
    each="json_each(?)",
    join="CROSS JOIN",  # keeps SQLite from walking the whole table (sqlite.org/optoverview.html, 7.3)
    insert_or_skip=" ON CONFLICT DO NOTHING",
    insert_or_set=" ON CONFLICT (<keys>) DO UPDATE SET <set>",
    excluded="excluded.<name>",
)

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "contact": ("debtor", "source_id", "channel", "at", "kind", "purpose", "loan_id"),
    "suppression": ("debtor", "code", "at", "until", "purposes"),
    "deferred": ("debtor", "loan_id", "step", "due_on", "until"),
    "audit": ("at", "by", "act", "subject", "detail"),
    "ledger_consent": (
        "debtor",
        "source_id",
        "at",
        "purposes",
        "channels",
        "scopes",
        "text_version",
        "source",
        "evidence",
        "given_to",
        "expires_at",
    ),
    "ledger_revocation": ("debtor", "source_id", "at", "purposes", "channels", "scopes"),
    "ledger_hold": ("debtor", "source_id", "kind", "until", "loan_id", "at"),
    "ledger_payment": ("debtor", "source_id", "loan_id", "amount", "currency", "at"),
    "ledger_preference": ("debtor", "source_id", "at", "told"),
    "ledger_part": ("provider_id", "step_key", "status"),
    "ledger_stop": ("scope", "named", "at", "by", "why"),
    "ledger_entry": ("at", "kind", "debtor", "loan_id", "step_key", "data"),
    "ledger_seal": (
        "size",
        "root",
        "chain",
        "at",
        "suite",
        "key_id",
        "signature",
        "frontier",
        "stamp",
        "previous",
    ),
    "ledger_cursor": ("reader", "place"),
    "ledger_key": ("subject", "suite", "kek_id", "wrapped"),
    "ledger_sealed": ("subject", "name", "in_row", "value", "at", "keep_until"),
    "ledger_tag": ("tag", "subject"),
    "ledger_job": ("step_key", "tenant", "borrower_id", "loan_id", "priority", "not_before", "deadline"),
}
"""The columns a store writes of each table, in order; those of an attempt are the fields of its record."""
