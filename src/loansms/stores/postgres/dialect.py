"""How PostgreSQL spells the ledger's statements, and how it takes many rows in one.

A list of keys and a list of rows both travel as one JSON parameter: one statement however many rows, prepared once.

>>> dialect = PostgresDialect.of("ledger")
>>> new = dialect.skip("ledger_tag", ("tag", "subject"), ("tag", "subject"))
>>> new
'INSERT INTO ledger.ledger_tag ( "tag", "subject" ) VALUES ( %s, %s ) ON CONFLICT DO NOTHING'
>>> dialect.many[new].statement.partition(" SELECT ")[2]
'e.r->>0, e.r->>1 FROM jsonb_array_elements(%s) AS e (r) ON CONFLICT DO NOTHING'
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Self

from attrs import field, frozen

from loansms.stores.sql.dialect import Dialect

# What is not text, of the tables that are written many rows at a time; 004_ledger.sql has the same.
_TYPES: Mapping[str, Mapping[str, str]] = {
    "attempt": dict.fromkeys(
        ("at", "lease_until", "finished_at", "delivery_at", "tries", "segments"), "::bigint"
    ),
    "ledger_entry": {"at": "::bigint"},
    "ledger_sealed": {"value": "::bytea", "at": "::bigint", "keep_until": "::bigint"},
    "ledger_part": {},
    "ledger_tag": {},
    "deferred": {"until": "::bigint"},
    "ledger_job": {"priority": "::integer", "not_before": "::bigint", "deadline": "::bigint"},
    "ledger_key": {"wrapped": "::bytea"},
}


@frozen
class Many:
    """The INSERT of any number of rows: its statement, and the places of its key in a row (none = rows may repeat)."""

    statement: str
    key: tuple[int, ...]

    def value(self, rows: Sequence[Sequence[Any]]) -> str:
        """Return the one parameter: of rows with an equal key the last, in the order of the keys.

        One statement may not write a row twice; and two transactions that write in one order do not wait for each
        other in a circle.
        """
        if self.key:
            last = {tuple([row[place] for place in self.key]): row for row in rows}
            rows = [last[one] for one in sorted(last)]
        return json.dumps(rows, ensure_ascii=False, separators=(",", ":"), default=_hex)


@frozen(kw_only=True)
class PostgresDialect(Dialect):
    """PostgreSQL's spelling; `many` has the form for many rows of an INSERT that was asked for."""

    many: dict[str, Many] = field(factory=dict[str, Many], init=False, repr=False, eq=False)

    @classmethod
    def of(cls, schema: str) -> Self:
        """Return the dialect for the tables of a schema."""
        return cls(
            name="PostgreSQL",
            mark="%s",
            table=f"{schema}.{{}}",
            each="json_array_elements_text(%s)",
            join="JOIN",
            insert_or_skip=" ON CONFLICT DO NOTHING",
            insert_or_set=" ON CONFLICT (<keys>) DO UPDATE SET <set>",
            excluded="excluded.<name>",
            locked=" FOR UPDATE",
            taking=" FOR UPDATE SKIP LOCKED",
        )

    def skip(self, table: str, columns: Sequence[str], key: Sequence[str]) -> str:
        """Return the INSERT that leaves an equal row as it is, and then counts 0."""
        return self._with_many(super().skip(table, columns, key), table, columns, key)

    def put(self, table: str, columns: Sequence[str], key: Sequence[str]) -> str:
        """Return the INSERT that writes over an equal row."""
        return self._with_many(super().put(table, columns, key), table, columns, key)

    def insert(self, table: str, columns: Sequence[str]) -> str:
        """Return a plain INSERT."""
        return self._with_many(super().insert(table, columns), table, columns, ())

    def _with_many(self, one: str, table: str, columns: Sequence[str], key: Sequence[str]) -> str:
        types = _TYPES.get(table)
        if types is not None and one not in self.many:
            head, _, end = one.partition(" VALUES ")
            taken = ", ".join(
                f"(e.r->>{place}){types[name]}" if name in types else f"e.r->>{place}"
                for place, name in enumerate(columns)
            )
            rest = end[end.index(")") + 1 :]
            self.many[one] = Many(
                " ".join((head, "SELECT", taken, "FROM jsonb_array_elements(%s) AS e (r)")) + rest,
                tuple(columns.index(name) for name in key),
            )
        return one


def _hex(value: bytes) -> str:
    return "\\x" + value.hex()
