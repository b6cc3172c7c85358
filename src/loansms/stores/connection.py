"""One SQLite connection to a ledger file: opened, checked, brought up to date, and its faults told plainly.

WAL lets readers and a writer work side by side; synchronous = FULL because a claim that power loss could take
back would be sent twice (sqlite.org, PRAGMA synchronous: NORMAL may lose the last commits in WAL mode).
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from loansms.errors import StoreError
from loansms.stores.schema import APPLICATION_ID, MIGRATIONS, VERSION


class LedgerFile:
    """An open ledger file, shared by the threads of one process; other processes open their own."""

    def __init__(self, path: Path, busy_for: timedelta) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._pid = os.getpid()
        self._check_place()
        new = not path.exists()
        with self._told():
            # Transactions are written out below; several threads take turns under the lock.
            self._db = sqlite3.connect(
                path, timeout=busy_for.total_seconds(), isolation_level=None, check_same_thread=False
            )
        # A store that is dropped without close() lets go of its file all the same.
        self._closing = weakref.finalize(self, _close, self._db, self._pid)
        if new:
            # Who owes is nobody else's to read. By name: closing a second handle on the file would drop
            # SQLite's locks (sqlite.org/howtocorrupt.html, 2.2).
            with suppress(OSError):
                path.chmod(0o600)
        self._place = self._on_disk()
        try:
            self._prepare(busy_for)
        except BaseException:
            self._closing()
            raise

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        with self._lock:
            self._closing()

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """One immediate transaction: committed and flushed when the block ends, undone when it raises."""
        with self._lock, self._told():
            self._check_process()
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
                self._check_there()
            except BaseException:
                # SQLite may have undone it already, for example on a full disk.
                with suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """One consistent view of the file."""
        with self._lock, self._told():
            self._check_process()
            self._db.execute("BEGIN")
            try:
                yield self._db
            finally:
                with suppress(sqlite3.Error):
                    self._db.execute("COMMIT")

    def _prepare(self, busy_for: timedelta) -> None:
        with self._told():
            self._db.execute("PRAGMA foreign_keys = ON")
            self._check_ours()
        with self.writing() as db:
            self._check_ours()
            self._migrate(db)
        with self._told():
            deadline = time.monotonic() + busy_for.total_seconds()
            while not self._in_wal() and time.monotonic() < deadline:
                time.sleep(0.01)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")

    def _in_wal(self) -> bool:
        """Ask for WAL; False while another process is opening the same new file, for which SQLite never waits."""
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as wrong:
            if wrong.sqlite_errorname.startswith("SQLITE_BUSY"):
                return False
            raise
        return True

    def _migrate(self, db: sqlite3.Connection) -> None:
        """Apply what is missing; the lock of the transaction keeps a second process out."""
        version = self._number("user_version")
        for statements in MIGRATIONS[version:]:
            for statement in statements:
                db.execute(statement)
        if version != VERSION:
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {VERSION}")

    def _check_ours(self) -> None:
        version = self._number("user_version")
        tables = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables and self._number("application_id") != APPLICATION_ID:
            raise StoreError(
                f"{self.path}: another program's SQLite file; give a ledger of loansms or a new file name",
                f"{self.path}：这是其他程序的 SQLite 文件，请指定 loansms 账本或新文件名",
            )
        if version > VERSION:
            raise StoreError(
                f"{self.path}: written by a newer loansms (ledger version {version}, this one knows {VERSION}); "
                "upgrade loansms",
                f"{self.path}：由更新版本的 loansms 写入（账本版本 {version}，本版本支持到 {VERSION}），请升级",
            )

    def _check_place(self) -> None:
        if str(self.path) in {":memory:", ""}:
            raise StoreError(
                "a SQLite ledger needs a file name; for a ledger in memory use MemoryStore",
                "SQLite 账本需要文件名；内存账本请用 MemoryStore",
            )
        if self.path.is_dir():
            raise StoreError(
                f"{self.path}: a folder; expected the name of a ledger file in it",
                f"{self.path}：这是文件夹，请给出账本文件名",
            )
        if not self.path.parent.is_dir():
            raise StoreError(
                f"{self.path}: the folder {self.path.parent} does not exist; create it first",
                f"{self.path}：文件夹 {self.path.parent} 不存在，请先创建",
            )

    def _check_there(self) -> None:
        """After a commit: was it to the file that the next run will open?"""
        if self._on_disk() != self._place:
            raise StoreError(
                f"{self.path}: the ledger was deleted, moved or replaced while it was open; put it back and run "
                "again, else steps may be sent twice",
                f"{self.path}：账本在使用中被删除、移动或替换；请恢复原文件后重试，否则可能重复发送",
            )

    def _on_disk(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _check_process(self) -> None:
        if os.getpid() != self._pid:
            raise StoreError(
                f"{self.path}: opened before a fork; open the store again in the child process",
                f"{self.path}：在 fork 之前打开，请在子进程中重新打开",
            )

    def _number(self, name: str) -> int:
        return int(self._db.execute(f"PRAGMA {name}").fetchone()[0])

    @contextmanager
    def _told(self) -> Generator[None]:
        """Turn SQLite's faults into one line; its own words name no value of ours."""
        try:
            yield
        except sqlite3.Error as wrong:
            name = getattr(wrong, "sqlite_errorname", "") or type(wrong).__name__
            english, chinese = _told_of(name, str(wrong))
            raise StoreError(f"{self.path}: {english}", f"{self.path}：{chinese}") from wrong


_FAULTS = {
    "SQLITE_NOTADB": (
        "not a SQLite file; give a ledger or a new file name",
        "不是 SQLite 文件，请指定账本或新文件名",
    ),
    "SQLITE_CANTOPEN": (
        "cannot be opened or created; check the folder's rights",
        "无法打开或创建，请检查目录权限",
    ),
    "SQLITE_READONLY": ("is read-only; a ledger must be writable", "只读；账本必须可写"),
    "SQLITE_BUSY": ("is locked by another process for too long; try again", "被其他进程长时间锁定，请重试"),
    "SQLITE_FULL": ("the disk is full; nothing was recorded", "磁盘已满，未写入任何记录"),
    "SQLITE_IOERR": (
        "the disk did not read or write; nothing was recorded, check the disk and its free space",
        "磁盘读写失败，未写入任何记录，请检查磁盘及剩余空间",
    ),
    "SQLITE_CORRUPT": ("is damaged; restore it from a backup", "已损坏，请从备份恢复"),
}


def _told_of(name: str, words: str) -> tuple[str, str]:
    for code, told in _FAULTS.items():
        if name.startswith(code):
            return told
    return words, words


def _close(db: sqlite3.Connection, pid: int) -> None:
    # A forked child must not close what it inherited: that would drop the parent's locks.
    if os.getpid() == pid:
        db.close()
