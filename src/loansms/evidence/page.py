"""The export as a page for a court or a regulator: what happened, what proves it, and how to check it without us.

It is made from the lines of the export and checks them first, so that what it shows is what the file proves. It needs
no network and runs no script; both files of the check are inside it.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from html import escape

from loansms.clock import require_aware
from loansms.errors import CallerError
from loansms.evidence.canonical import entry_bytes
from loansms.evidence.export_check import verify_export
from loansms.evidence.export_lines import HeadLine, RecordLine, SealLine, read_line
from loansms.evidence.field_words import field_name
from loansms.evidence.files import checker_text, page_style
from loansms.evidence.finding import Verdict
from loansms.evidence.keys import Verifier
from loansms.evidence.served import Served, served
from loansms.evidence.suites import SUITES
from loansms.evidence.wording import TOLD, say
from loansms.model.record import Json, Seal

_TERMS = ("record", "leaf", "root", "path", "chain", "seal", "signature", "stamp", "body", "suite")
_LIMITS = ("left_out", "before", "clock", "rewritten")
_COMMAND = "python verify_export.py evidence.jsonl [checkpoint.txt] [document.pdf]"


def export_page(
    lines: Sequence[str],
    verifiers: Iterable[Verifier],
    *,
    lender: str,
    zone: tzinfo,
    now: datetime,
    lang: str = "en",
) -> str:
    """Return the page of an export in `lang` (en or zh-CN), with times in the lender's `zone` and in UTC.

    An export that does not hold gets a page that says so, and what; CallerError for lines that are none of an export.
    """
    read = [read_line(line) for line in lines]
    if not read or not isinstance(read[0], HeadLine):
        raise CallerError(
            "export: line 1: expected the head of loansms.export/1", "export：首行应为 loansms.export/1 的头"
        )
    page = _Page(lang, zone, verify_export(lines, verifiers))
    seals = [line.seal for line in read if isinstance(line, SealLine)]
    records = [line for line in read if isinstance(line, RecordLine)]
    title = page.say("page.title", loan=read[0].loan_id)
    issued = page.say("page.by", lender=lender, at=page.time(require_aware(now)))
    head = f"<header><h1>{escape(title)}</h1><p>{escape(issued)}</p></header>"
    return page.document(
        title,
        head,
        page.short(read[0].keys),
        page.served(records),
        page.records(records, seals),
        page.seals(seals),
        page.meanings(),
        page.limits(),
        page.how("\n".join(lines) + "\n"),
    )


class _Page:
    """The parts of a page; whatever comes from a record is escaped here."""

    def __init__(self, lang: str, zone: tzinfo, verdict: Verdict) -> None:
        self._lang = "zh-CN" if lang.casefold().startswith("zh") else "en"
        self._zone = zone
        self._verdict = verdict

    def say(self, key: str, **values: object) -> str:
        """Return words of the page, not escaped."""
        return say(key, self._lang, **{name: str(value) for name, value in values.items()})

    def time(self, at: datetime) -> str:
        """Return a moment in the lender's zone and in UTC."""
        there = at.astimezone(self._zone)
        return f"{there:%Y-%m-%d %H:%M:%S} ({there:%Z}), {at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"

    def short(self, keys: Iterable[str]) -> str:
        """Return whether it holds, and by which key."""
        verdict = self._verdict
        if verdict.is_proved:
            until = self.time(verdict.until) if verdict.until else "-"
            told = self.say("page.holds", records=verdict.records, sealed=verdict.sealed, until=until)
            said = [f'<p class="holds">{escape(told)}</p>']
        else:
            told = self.say("page.fails", count=len(verdict.findings))
            listed = "".join(f"<li>{escape(one.told(self._lang))}</li>" for one in verdict.findings)
            said = [f'<p class="fails">{escape(told)}</p><h3>{self._h("page.found")}</h3><ul>{listed}</ul>']
        for key, count in (("page.unsealed", verdict.unsealed), ("page.unchecked", verdict.unchecked_stamps)):
            if count:
                said.append(f"<p>{escape(self.say(key, count=count))}</p>")
        said.append(f"<p>{self._h('page.key')}</p>")
        said += [f"<p><code>{escape(key)}</code></p>" for key in keys]
        return self._section("page.short", "".join(said))

    def records(self, records: Iterable[RecordLine], seals: Iterable[Seal]) -> str:
        """Return what happened, one block a record."""
        by_size = {seal.size: seal for seal in reversed(list(seals))}
        zone = escape(self.say("page.records.note", zone=str(self._zone)))
        blocks = "".join(self._record(line, by_size.get(line.seal or 0)) for line in records)
        return self._section("page.records", f'<p class="note">{zone}</p>{blocks}')

    def served(self, records: Iterable[RecordLine]) -> str:
        """Return each document that went with a message, joined with its agreement and its times; nothing without one."""
        found = served(one.entry for one in records)
        if not found:
            return ""
        note = f'<p class="note">{self._h("page.served.note")}</p>'
        return self._section("page.served", note + "".join(map(self._served, found)))

    def _served(self, one: Served) -> str:
        record = one.claim.record
        agreed = self.say("page.agreed.none")
        if one.agreement:
            named = {key: str(value) or "-" for key, value in one.agreement.items()}
            agreed = self.say("page.agreed.told", **{**named, "at": self.time(_moment(named["at"]))})
        rows = [(self.say("page.agreed"), agreed)]
        rows += [
            (
                self.say("page.file"),
                self.say(
                    "page.file.told",
                    name=file.name,
                    type=file.media_type,
                    bytes=file.size,
                    sha256=file.sha256,
                ),
            )
            for file in one.files
        ]
        road = " · ".join(str(record.data.get(key, "")) for key in ("channel", "route"))
        rows += [(self.say("page.by_road"), road), (self.say("page.claimed"), self.time(record.at))]
        for entry in one.after:
            data = entry.record.data
            told = [f"{key} {_shown(data[key])}" for key in TOLD if data.get(key) not in (None, "")]
            kind = self.say(f"kind.{entry.record.kind.value}")
            rows.append((kind, "; ".join([self.time(entry.record.at), *told])))
        name = self.say("page.record", number=one.claim.number)
        return f"<article><h3>{escape(one.files[0].name)} <small>{escape(name)}</small></h3>{_list(rows)}</article>"

    def _record(self, line: RecordLine, seal: Seal | None) -> str:
        entry, record = line.entry, line.entry.record
        rows = [("page.time", self.time(record.at))]
        rows += [("page.step", record.step_key)] if record.step_key else []
        rows += [("page.debtor", record.debtor)] if record.debtor else []
        told = [(self.say(key), value) for key, value in rows]
        told += [(field_name(path, self._lang), value) for path, value in _flat(record.data) if value]
        if line.place is None or seal is None or seal.suite not in SUITES:
            told.append((self.say("page.sealed_at"), self.say("page.not_sealed")))
        else:
            told.append((self.say("page.sealed_at"), self.time(seal.at)))
            told.append((self.say("page.place"), self.say("page.where", place=line.place, seal=line.seal)))
            told.append((self.say("page.leaf"), SUITES[seal.suite].leaf(entry_bytes(entry)).hex()))
        name = self.say("page.record", number=entry.number)
        kind = self.say(f"kind.{record.kind.value}")
        return f"<article><h3>{escape(kind)} <small>{escape(name)}</small></h3>{_list(told)}</article>"

    def seals(self, seals: Iterable[Seal]) -> str:
        """Return the seals, one block each."""
        blocks = [
            _list(
                [
                    (self.say("page.size"), str(seal.size)),
                    (self.say("page.time"), self.time(seal.at)),
                    (self.say("page.root"), seal.root.hex()),
                    (self.say("page.signer"), seal.key_id),
                    (self.say("page.stamp"), self.say("page.yes" if seal.stamp else "page.no")),
                ]
            )
            for seal in seals
        ]
        note = f'<p class="note">{self._h("page.seals.note")}</p>'
        return self._section("page.seals", note + "".join(f"<article>{block}</article>" for block in blocks))

    def meanings(self) -> str:
        """Return every term in one line."""
        return self._section(
            "page.terms", _list([(self.say(f"term.{one}"), self.say(f"means.{one}")) for one in _TERMS])
        )

    def limits(self) -> str:
        """Return what is not proved."""
        return self._section(
            "page.limits",
            "<ul>" + "".join(f"<li>{self._h(f'limit.{one}')}</li>" for one in _LIMITS) + "</ul>",
        )

    def how(self, data: str) -> str:
        """Return how to check it, both files inside."""
        files = (
            ("check.data", "evidence.jsonl", data),
            ("check.program", "verify_export.py", checker_text()),
        )
        items = "".join(
            f'<li><a download="{name}" href="data:application/octet-stream;base64,'
            f'{b64encode(said.encode()).decode()}">{self._h(key)}</a><br>{self._h("check.digest")}'
            f"<code>{hashlib.sha256(said.encode()).hexdigest()}</code></li>"
            for key, name, said in files
        )
        run = f"<p>{self._h('check.run')}</p><p><code>{_COMMAND}</code></p>"
        return self._section("page.check", f"<p>{self._h('check.save')}</p><ol>{items}</ol>{run}")

    def document(self, title: str, *parts: str) -> str:
        """Return the whole page."""
        policy = "default-src 'none'; style-src 'unsafe-inline'"
        head, *rest = parts
        return (
            f'<!doctype html>\n<html lang="{self._lang}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
            '<meta name="referrer" content="no-referrer">'
            f"<title>{escape(title)}</title><style>\n{page_style()}</style></head><body>{head}"
            f"<main>{''.join(rest)}</main><footer><p>{self._h('page.private')}</p></footer></body></html>\n"
        )

    def _h(self, key: str) -> str:
        return escape(self.say(key))

    def _section(self, key: str, content: str) -> str:
        return f"<section><h2>{self._h(key)}</h2>{content}</section>"


def _moment(said: str) -> datetime:
    return datetime.fromisoformat(said)


def _list(rows: Iterable[tuple[str, str]]) -> str:
    shown = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in rows)
    return f"<dl>{shown}</dl>"


def _flat(data: Mapping[str, Json], before: str = "") -> list[tuple[str, str]]:
    """Return every value of a record by the path of its key."""
    rows: list[tuple[str, str]] = []
    for key, value in data.items():
        if isinstance(value, Mapping):
            rows += _flat(value, f"{before}{key}.")
        elif isinstance(value, str) or value is None or isinstance(value, int):
            rows.append((f"{before}{key}", _shown(value)))
        else:
            tables = {str(at): one for at, one in enumerate(value)}
            simple = all(one is None or isinstance(one, str | int) for one in value)
            rows += (
                [(f"{before}{key}", ", ".join(map(_shown, value)))]
                if simple
                else _flat(tables, f"{before}{key}.")
            )
    return rows


def _shown(value: Json) -> str:
    if value is None or isinstance(value, bool):
        return {None: "-", True: "true", False: "false"}[value]
    return str(value)
