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
from types import TracebackType

from loansms.errors import CallerError, StoreError
from loansms.stores.sqlite.schema import APPLICATION_ID, MIGRATIONS, VERSION


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
        self._name = str(path)
        self._place = _identity(self._name)
        try:
            self._prepare(busy_for)
        except BaseException:
            self._closing()
            raise

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        with self._lock:
            self._closing()

    def writing(self) -> Writing:
        """One immediate transaction: committed and flushed when the block ends, undone when it raises."""
        return Writing(self)

    def begin(self) -> sqlite3.Connection:
        """Take the write lock, and this process's; `commit` or `undo` gives both back."""
        self._lock.acquire()
        try:
            self._check_process()
            self._db.execute("BEGIN IMMEDIATE")
        except BaseException as wrong:
            self._lock.release()
            if isinstance(wrong, sqlite3.Error):
                raise self.fault(wrong) from wrong
            raise
        return self._db

    def commit(self) -> None:
        """Keep what was written since `begin`; when that fails, nothing of it."""
        try:
            self._db.execute("COMMIT")
            self._check_there()
        except BaseException as wrong:
            self.undo()
            if isinstance(wrong, sqlite3.Error):
                raise self.fault(wrong) from wrong
            raise
        self._lock.release()

    def undo(self) -> None:
        """Forget what was written since `begin`."""
        try:
            # SQLite may have undone it already, for example on a full disk.
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
        finally:
            self._lock.release()

    def truncate_log(self) -> bool:
        """Bring the write-ahead log into the file and empty it; False when another process reads just now.

        Then old pages stay in the log until the next call, or until the last connection closes.
        """
        with self._lock, self._told():
            self._check_process()
            busy: int = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return busy == 0

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

    @contextmanager
    def joining(self, host: sqlite3.Connection) -> Generator[sqlite3.Cursor]:
        """One step inside a transaction that the host holds on this file; the host ends it, either way.

        The cursor gives plain tuples, whatever row factory the host has.
        """
        with self._told():
            cursor = host.cursor()
        cursor.row_factory = None
        try:
            with self._told():
                self._check_joins(host, cursor)
                yield cursor
        finally:
            cursor.close()

    def _check_joins(self, host: sqlite3.Connection, cursor: sqlite3.Cursor) -> None:
        """Refuse a connection to another file, or one that would commit by itself."""
        # Text may come as bytes: that is up to the host's text factory.
        main = [row[2] for row in cursor.execute("PRAGMA database_list") if row[0] == 0]
        if _identity(os.fsdecode(main[0])) != self._place:
            raise CallerError(
                f"conn: expected a connection whose main file is {self.path}",
                f"conn：连接的主数据库应为 {self.path}",
            )
        if not host.in_transaction:
            raise CallerError(
                "conn: expected a connection in a transaction; execute BEGIN IMMEDIATE first",
                "conn：连接应处于事务中：请先执行 BEGIN IMMEDIATE",
            )

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
            # What is deleted is overwritten with zeros: a shredded key must not lie in a free page.
            self._db.execute("PRAGMA secure_delete = ON")

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
        if _identity(self._name) != self._place:
            raise StoreError(
                f"{self.path}: the ledger was deleted, moved or replaced while it was open; put it back and run "
                "again, else steps may be sent twice",
                f"{self.path}：账本在使用中被删除、移动或替换；请恢复原文件后重试，否则可能重复发送",
            )

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
            raise self.fault(wrong) from wrong

    def fault(self, wrong: sqlite3.Error) -> StoreError:
        """Return the one line for a fault of SQLite."""
        name = getattr(wrong, "sqlite_errorname", "") or type(wrong).__name__
        english, chinese = _told_of(name, str(wrong))
        return StoreError(f"{self.path}: {english}", f"{self.path}：{chinese}")


class Writing:
    """A transaction as a block; a class, because a generator would cost a tenth of a short one."""

    __slots__ = ("_file",)

    def __init__(self, file: LedgerFile) -> None:
        self._file = file

    def __enter__(self) -> sqlite3.Connection:
        return self._file.begin()

    def __exit__(
        self, _kind: type[BaseException] | None, wrong: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if wrong is None:
            self._file.commit()
        else:
            self._file.undo()
            if isinstance(wrong, sqlite3.Error):
                raise self._file.fault(wrong) from wrong


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


def _identity(path: str) -> tuple[int, int] | None:
    """Return which file lies at `path`, None for no file."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _close(db: sqlite3.Connection, pid: int) -> None:
    # A forked child must not close what it inherited: that would drop the parent's locks.
    if os.getpid() == pid:
        db.close()
