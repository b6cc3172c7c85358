"""What a connection is set to, and which servers cannot keep the promise of a ledger.

>>> good = {"version": "10.11.6-MariaDB", "autocommit": "ON", "tx_isolation": "READ-COMMITTED",
...     "innodb_flush_log_at_trx_commit": "1", "log_bin": "OFF"}
>>> refusal(good)
>>> refusal({**good, "innodb_flush_log_at_trx_commit": "2"})[0]
'innodb_flush_log_at_trx_commit is 2, so a claim may be lost with the power; set it to 1'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from attrs import frozen

from loansms.stores.mysql.schema import MODE

# Whatever the server's configuration or its init_connect says; a limit on the rows of a SELECT would hide contacts.
_SETTING = (
    "SET SESSION sql_mode = '{mode}', time_zone = '+00:00', autocommit = 1, completion_type = 0, "
    "sql_select_limit = 18446744073709551615, sql_safe_updates = 0, unique_checks = 1, "
    "innodb_lock_wait_timeout = {seconds}, lock_wait_timeout = {seconds}"
)
_ISOLATED = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"

_OLDEST = {"MariaDB": (10, 6), "MySQL": (8, 0)}  # JSON_TABLE and SKIP LOCKED


@frozen
class Demand:
    """A variable of the server, what it must be, and why; a server that has no such variable passes."""

    name: str
    passes: Callable[[str], bool]
    english: str
    chinese: str
    binlog: bool = False


def _is(*values: str) -> Callable[[str], bool]:
    return lambda value: value.upper() in values


_READ_ONLY = (
    "is read-only (a replica?); a store needs a server that can write",
    "只读（可能是从库）；存储需要可写的服务器",
)
_SEVERAL = (
    "{name} is {value}: locks of one node are unknown to the others, so caps would not hold; use one writable node",
    "{name} 为 {value}：各节点的锁互不可见，无法保证频次上限；请使用单一可写节点",
)
_ISOLATION = (
    "the connection's isolation is {value} and not READ COMMITTED; what is changing it?",
    "连接的隔离级别为 {value}，应为 READ COMMITTED；请检查是谁改动的",
)
_DEMANDS = (
    *(
        Demand(name, _is("OFF", "0"), *_READ_ONLY)
        for name in ("read_only", "super_read_only", "innodb_read_only")
    ),
    Demand(
        "innodb_flush_log_at_trx_commit",
        _is("1"),
        "{name} is {value}, so a claim may be lost with the power; set it to 1",
        "{name} 为 {value}，断电时已确认的占用可能丢失；请设为 1",
    ),
    # With a binary log it is this log that recovery goes by.
    Demand(
        "sync_binlog",
        _is("1"),
        "log_bin is on and {name} is {value}, so a claim may be lost with the power; set it to 1",
        "log_bin 已开启而 {name} 为 {value}，断电时已确认的占用可能丢失；请设为 1",
        binlog=True,
    ),
    Demand(
        "binlog_format",
        _is("ROW", "MIXED"),
        "{name} is {value}; READ COMMITTED needs ROW or MIXED",
        "{name} 为 {value}；READ COMMITTED 需要 ROW 或 MIXED",
        binlog=True,
    ),
    Demand("wsrep_on", _is("OFF", "0"), *_SEVERAL),
    Demand("group_replication_single_primary_mode", _is("ON", "1"), *_SEVERAL),
    Demand(
        "autocommit",
        _is("ON", "1"),
        "the connection does not keep autocommit on; what is changing it?",
        "连接未保持 autocommit 开启；请检查是谁改动的",
    ),
    Demand("tx_isolation", _is("READ-COMMITTED"), *_ISOLATION),
    Demand("transaction_isolation", _is("READ-COMMITTED"), *_ISOLATION),
)
SHOW = "SHOW VARIABLES WHERE Variable_name IN ({})".format(
    ", ".join(
        f"'{name}'" for name in ("version", "version_comment", "log_bin", *(one.name for one in _DEMANDS))
    )
)


def settings(seconds: int) -> tuple[str, str]:
    """Return what a connection is set to; `seconds` is how long it may wait for a lock."""
    return _SETTING.format(mode=MODE, seconds=seconds), _ISOLATED


def refusal(told: Mapping[str, str]) -> tuple[str, str] | None:
    """Return why a server with these variables cannot be used, None when it can."""
    version = told.get("version", "")
    kind = "MariaDB" if "mariadb" in (version + told.get("version_comment", "")).lower() else "MySQL"
    numbers = re.match(r"(\d+)\.(\d+)", version)
    oldest = _OLDEST[kind]
    if numbers is None or (int(numbers[1]), int(numbers[2])) < oldest:
        least = ".".join(map(str, oldest))
        return f"this {kind} is older than {least}", f"此 {kind} 版本低于 {least}"
    for demand in _DEMANDS:
        value = told.get(demand.name)
        if value is None or demand.passes(value) or (demand.binlog and told.get("log_bin") != "ON"):
            continue
        sentences = (demand.english, demand.chinese)
        english, chinese = (one.format(name=demand.name, value=value) for one in sentences)
        return english, chinese
    return None
