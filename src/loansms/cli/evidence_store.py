"""`loansms evidence seal | show | export | verify` over a ledger: the journal sealed, shown, and taken out."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

from attrs import frozen
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from loansms.cli.output import written
from loansms.cli.session import Session
from loansms.errors import CallerError
from loansms.evidence import (
    Ed25519Signer,
    Ed25519Verifier,
    Verdict,
    export_loan,
    served,
    verify,
)
from loansms.evidence.canonical import canonical
from loansms.evidence.export_lines import RecordLine, read_line
from loansms.evidence.files import export_lines
from loansms.evidence.page import export_page
from loansms.insights.life import life_html
from loansms.model import Entry, Seal
from loansms.services import Sealer
from loansms.services.keeping.timeline import Timeline, TimelineLine
from loansms.stores import SqliteStore


@frozen
class Folder:
    """Checkpoints as files of a folder, one a seal: mount it from another machine, or copy it there."""

    path: Path

    def put(self, checkpoint: str) -> None:
        """Write the checkpoint under the size of its tree."""
        size = checkpoint.splitlines()[1]
        with suppress(OSError):  # where it cannot be made, writing says why
            self.path.mkdir()
        with written("--checkpoints", self.path / f"checkpoint-{size}.txt") as part:
            part.write_text(checkpoint, encoding="utf-8")


def new_key(session: Session, path: Path, name: str) -> None:
    """Write a new private key for seals, readable by its owner alone, and its public line beside it; say that one."""
    if path.exists():
        raise CallerError(
            f"{path.name}: exists already, and a key is never written over; give a new name",
            f"{path.name} 已存在，不会覆盖密钥，请换一个文件名",
        )
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    signer = Ed25519Signer(name, pem)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    path.with_name(f"{path.name}.pub").write_text(f"{signer.public}\n", encoding="utf-8")
    session.say(signer.public)


def seal(session: Session, store: Path, key: Path, name: str, checkpoints: Path | None) -> int:
    """Seal what is new in the journal; return how many entries."""
    signer = Ed25519Signer(name, read(key, "--key-file"))
    with opened(session, store) as ledger:
        outside = Folder(checkpoints) if checkpoints else None
        return Sealer(store=ledger, signer=signer, outside=outside).seal(session.clock.now())


def show(
    session: Session, store: Path, loan_id: str, html: Path | None, zone: str, *, as_json: bool = False
) -> bool:
    """Show a loan's life, or write it as a page; return whether anything is on record."""
    with opened(session, store) as ledger:
        entries = list(ledger.entries(loan_id=loan_id))
    lines = Timeline(entries).lines
    sent = {(one.claim.record.step_key, one.claim.record.at): one.files for one in served(entries)}
    where = ZoneInfo(zone)
    if html is not None:
        with written("--html", html) as part:
            part.write_text(life_html(lines, loan_id, where, session.lang), encoding="utf-8")
    if as_json:
        told = [_line(one, where) for one in lines]
        session.json({"command": "evidence show", "loan": loan_id, "lines": told})
    if html is not None or as_json:
        return bool(lines)
    for line in lines:
        when = line.at.astimezone(where)
        said = " · ".join(
            one for one in (line.what.value, line.channel, line.state, line.delivery, line.words) if one
        )
        session.say(f"{when:%Y-%m-%d %H:%M}  {said}")
        for file in sent.get((line.step_key, line.at), ()):
            session.say(f"    {file.name}  {file.media_type}  {file.size}  SHA-256 {file.sha256}")
    return bool(lines)


def _line(line: TimelineLine, where: ZoneInfo) -> dict[str, object]:
    """Return a line of a loan's life as a record; nothing in it is plain."""
    changed = line.changed_at.astimezone(where).isoformat() if line.changed_at else None
    return {
        "at": line.at.astimezone(where).isoformat(),
        "what": line.what.value,
        "step_key": line.step_key,
        "channel": line.channel,
        "purpose": line.purpose,
        "template": line.template,
        "words": line.words,
        "state": line.state,
        "delivery": line.delivery,
        "changed_at": changed,
        "record": json.loads(canonical(line.told)),
    }


def export(
    session: Session, store: Path, loan_id: str, keys: Sequence[str], out: Path, html: Path | None, zone: str
) -> None:
    """Write the evidence of a loan as a file anybody can check, and as a page."""
    verifiers = [Ed25519Verifier(public_key(key)) for key in keys]
    with opened(session, store) as ledger:
        leaves = {leaf.number: leaf for leaf, entry in ledger.leaves() if entry.record.loan_id == loan_id}
        own = [(entry, leaves.get(entry.number)) for entry in ledger.entries(loan_id=loan_id)]
        if not own:
            raise CallerError(
                f"{loan_id}: nothing of this loan is in the journal; expected a loan id of this store",
                f"{loan_id}：日志中没有该借据的记录，应为本存储中的借据号",
            )
        hashes = (leaf.hash for leaf, _ in ledger.leaves())
        lines = export_loan(loan_id, own, hashes, ledger.seals(), verifiers)
    with written("--out", out) as part:
        part.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    if html is not None:
        page = export_page(
            lines, verifiers, lender="", zone=ZoneInfo(zone), now=session.clock.now(), lang=session.lang
        )
        with written("--html", html) as part:
            part.write_text(page, encoding="utf-8")


def public_key(given: str) -> str:
    """Return a public line given as such or as the name of a file that holds it."""
    path = Path(given)
    try:
        return path.read_text(encoding="utf-8").strip() if path.is_file() else given
    except (OSError, UnicodeDecodeError):
        return given


def entries_of(session: Session, path: Path) -> list[Entry]:
    """Return the entries of a ledger, or of an export."""
    if is_ledger(path):
        with opened(session, path) as ledger:
            return list(ledger.entries())
    return [line.entry for text in export_lines(path) if (line := _record_line(text)) is not None]


def _record_line(text: str) -> RecordLine | None:
    try:
        line = read_line(text.removesuffix("\n"))
    except CallerError:  # told as a finding of its own
        return None
    return line if isinstance(line, RecordLine) else None


def is_ledger(path: Path) -> bool:
    """Return whether a file is a SQLite one (its first sixteen bytes, sqlite.org/fileformat.html)."""
    try:
        with path.open("rb") as file:
            return file.read(16) == b"SQLite format 3\0"
    except OSError:
        return False


def verify_store(session: Session, store: Path, keys: Sequence[str], outside: Sequence[Seal]) -> Verdict:
    """Check a ledger's whole journal against its seals and the checkpoints from outside."""
    if not keys:
        raise CallerError(
            "--key: a ledger is checked with the published public key; give it",
            "--key：核验账本须给出机构公布的公钥",
        )
    with opened(session, store) as ledger:
        leaves = [leaf for leaf, _ in ledger.leaves()]
        return verify(
            _entries(ledger),
            leaves,
            ledger.seals(),
            [Ed25519Verifier(public_key(key)) for key in keys],
            outside,
        )


def opened(session: Session, store: Path) -> SqliteStore:
    """Open a ledger that must be there."""
    if not store.exists():
        raise CallerError(
            f"--store: {store.name}: no such file; expected the store of your runs",
            f"--store：{store.name} 不存在，应为历次运行所用的存储文件",
        )
    return SqliteStore(store, clock=session.clock)


def _entries(ledger: SqliteStore) -> Iterator[Entry]:
    """Yield the sealed entries by place, then the others: the order in which a check reads them fastest."""
    sealed: set[int] = set()
    for leaf, entry in ledger.leaves():
        sealed.add(leaf.number)
        yield entry
    yield from _others(ledger.entries(), sealed)


def _others(entries: Iterable[Entry], sealed: set[int]) -> Iterator[Entry]:
    for entry in entries:
        if entry.number not in sealed:
            yield entry


def read(path: Path, option: str) -> bytes:
    """Return what a file holds; CallerError naming `option` where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as wrong:
        raise CallerError(
            f"{option}: {path.name}: {wrong.strerror}; mend that or give another name",
            f"{option}：{path.name}：{wrong.strerror}；请排除后重试或换一个文件名",
        ) from None
