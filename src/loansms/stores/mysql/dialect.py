"""How MySQL and MariaDB spell the ledger's statements, and which of them take many rows in one.

A list of keys travels as one JSON parameter; rows travel as one INSERT of many.

>>> dialect = MysqlDialect.make()
>>> new = dialect.skip("ledger_tag", ("tag", "subject"), ("tag", "subject"))
>>> dialect.many[new].values, dialect.many[new].key
('( %s, %s )', (0, 1))
>>> dialect.halting
set()
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Self

from attrs import field, frozen

from loansms.stores.mysql.literals import Literals
from loansms.stores.sql import statements as shared
from loansms.stores.sql.dialect import Dialect

_ROWS = 500  # rows an INSERT: a longer one is no quicker, and a packet has its limit

# A step changes hands only where it was definitely not sent. Two claims of one step key for different debtors lock
# different stripes, and a late answer may settle a step between a claim's look and its commit: the second to commit ends
# here, as no token may be NULL. Assigned first, for MySQL assigns from left to right and `state` follows.
_HELD = '"token" = IF("state" = \'rejected_retryable\', VALUES("token"), NULL), '

_HINTED = {
    # Without it the planner may sort, and then locks every job that is free, not only those it takes.
    shared.FREE_JOBS: shared.FREE_JOBS.replace(
        "{ledger_job} ", "{ledger_job} FORCE INDEX (ledger_job_turn) "
    ),
    # A sort of nearly no rows costs as much as their query. They are sorted here: Python's order of text is the same.
    shared.SUPPRESSIONS: shared.SUPPRESSIONS.replace(" ORDER BY s.debtor, s.code", ""),
}
_ORDERED = {shared.SUPPRESSIONS: 2}


@frozen
class Many:
    """An INSERT in its parts, and the places of its key in a row (none = rows may repeat)."""

    head: str
    values: str
    end: str
    key: tuple[int, ...]

    def inserts(self, rows: Sequence[Sequence[Any]], literals: Literals) -> Iterator[str]:
        """Yield statements of many rows, in the order of the keys.

        Two transactions that write in one order do not wait for each other in a circle.
        """
        if self.key:
            rows = sorted(rows, key=lambda row: [row[place] for place in self.key])
        for first in range(0, len(rows), _ROWS):
            places = ", ".join([literals.row(row) for row in rows[first : first + _ROWS]])
            yield f"{self.head}{places}{self.end}"


@frozen(kw_only=True)
class MysqlDialect(Dialect):
    """MySQL's spelling, and what its sessions know of a statement.

    ``many``: the parts of an INSERT. ``halting``: it waits for all who decide. ``ordered``: by how many of its first
    columns the rows are to be sorted.
    """

    many: dict[str, Many] = field(factory=dict[str, Many], init=False, repr=False, eq=False)
    halting: set[str] = field(factory=set[str], init=False, repr=False, eq=False)
    ordered: dict[str, int] = field(factory=dict[str, int], init=False, repr=False, eq=False)

    @classmethod
    def make(cls) -> Self:
        """Return the dialect."""
        return cls(
            name="MySQL",
            mark="%s",
            table="loansms_{}",
            # A longer value is no row's key: it becomes NULL and finds nothing.
            each=(
                "JSON_TABLE(%s, '$[*]' COLUMNS (value VARCHAR(255) CHARACTER SET utf8mb4 "
                "COLLATE utf8mb4_bin PATH '$'))"
            ),
            join="STRAIGHT_JOIN",
            # A row that is there already is told apart by lastrowid = 1: with CLIENT_FOUND_ROWS both count 1.
            insert_or_skip=" ON DUPLICATE KEY UPDATE <key> = IF(LAST_INSERT_ID(1) = 1, <key>, <key>)",
            insert_or_set=" ON DUPLICATE KEY UPDATE <set>",
            excluded="VALUES(<name>)",
            locked=" FOR UPDATE",
            taking=" FOR UPDATE SKIP LOCKED",
        )

    def sql(self, written: str) -> str:
        """Return a shared statement in this dialect."""
        statement = super().sql(_HINTED.get(written, written))
        if written in _ORDERED:
            self.ordered[statement] = _ORDERED[written]
        return statement

    def skip(self, table: str, columns: Sequence[str], key: Sequence[str]) -> str:
        """Return the INSERT that leaves an equal row as it is, and then counts 0."""
        statement = self._with_many(super().skip(table, columns, key), columns, key)
        if table == "ledger_stop":
            self.halting.add(statement)
        return statement

    def put(self, table: str, columns: Sequence[str], key: Sequence[str]) -> str:
        """Return the INSERT that writes over an equal row."""
        statement = super().put(table, columns, key)
        if table == "attempt":
            statement = statement.replace("UPDATE ", f"UPDATE {_HELD}", 1).replace(
                ', "token" = VALUES("token")', "", 1
            )
        return self._with_many(statement, columns, key)

    def insert(self, table: str, columns: Sequence[str]) -> str:
        """Return a plain INSERT."""
        return self._with_many(super().insert(table, columns), columns, ())

    def _with_many(self, one: str, columns: Sequence[str], key: Sequence[str]) -> str:
        if one not in self.many:
            head, _, rest = one.partition(" VALUES ")
            values, _, end = rest.partition(" )")
            places = tuple(columns.index(name) for name in key)
            self.many[one] = Many(f"{head} VALUES ", f"{values} )", end, places)
        return one
