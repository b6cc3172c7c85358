"""The tables and functions on PostgreSQL: numbered, forward-only, printed for whoever may create them.

Entry N of the folder `postgres/` brings a schema to version N; what was applied is recorded in its table
`migration`, under an advisory lock, so that processes that start at once apply it once.

>>> script(schema="codes").splitlines()[0]
'begin;'
>>> plain_name("schema", "Codes; drop")
Traceback (most recent call last):
loansms.errors.ConfigurationError: schema: expected 1 to 63 of a-z, 0-9 and _, not beginning with a digit
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from loansms.errors import ConfigurationError

MIGRATIONS = (
    "001_budgets.sql",
    "002_admission.sql",
    "003_verbs.sql",
    "004_ledger.sql",
    "005_preferences.sql",
)
VERSION = len(MIGRATIONS)

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_PREPARE = """\
select pg_advisory_xact_lock(hashtextextended('loansms schema @schema@', 0));
do $$
begin
    -- IF NOT EXISTS would ask for the right to create one even where it is there.
    if to_regnamespace('@schema@') is null then
        create schema @schema@;
    end if;
end $$;
create table if not exists @schema@.migration (
    version    integer primary key,
    applied_at timestamptz not null default clock_timestamp()
);
"""
_GRANTS = """\
grant usage on schema @schema@ to @role@;
grant select, insert, update, delete on all tables in schema @schema@ to @role@;
grant execute on all functions in schema @schema@ to @role@;
do $$
begin
    -- What was shredded leaves its pages by VACUUM; before 17 only the owner may run it.
    if current_setting('server_version_num')::integer >= 170000 then
        execute 'grant maintain on @schema@.ledger_key, @schema@.ledger_sealed, @schema@.ledger_tag to @role@';
    end if;
end $$;
"""
_RECORD = "insert into @schema@.migration (version) values ({version});\n"


def plain_name(what: str, name: str) -> str:
    """Return `name` when it is plain and lower-case, so that it needs no quotes anywhere."""
    if not _NAME.fullmatch(name):
        raise ConfigurationError(
            f"{what}: expected 1 to 63 of a-z, 0-9 and _, not beginning with a digit",
            f"{what} 应为 1 至 63 个小写字母、数字或下划线，且不以数字开头",
        )
    return name


def placed(text: str, schema: str) -> str:
    """Return SQL with the schema's name in its places."""
    return text.replace("@schema@", schema)


def preparation(schema: str) -> str:
    """Return what locks out other processes and makes room for the record of migrations."""
    return placed(_PREPARE, schema)


def migrations(schema: str, since: int) -> str:
    """Return what brings a schema from version `since` to VERSION, and records it."""
    parts = [
        _migration(name) + _RECORD.format(version=number)
        for number, name in enumerate(MIGRATIONS, 1)
        if number > since
    ]
    return placed("\n".join(parts), schema)


def script(*, schema: str, since: int = 0) -> str:
    """Return one transaction for psql that brings a schema from version `since` to the newest."""
    return f"begin;\n{preparation(plain_name('schema', schema))}\n{migrations(schema, since)}commit;\n"


def grants(*, schema: str, role: str) -> str:
    """Return what the login `role` of the service needs, no more, for the owner to run."""
    return placed(_GRANTS, plain_name("schema", schema)).replace("@role@", plain_name("role", role))


@cache
def _migration(name: str) -> str:
    return (files("loansms.stores.postgres") / name).read_text(encoding="utf-8")
