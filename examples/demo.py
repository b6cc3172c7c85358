"""Play loan books on the sandbox: `make demo`, or `make demo BOOK=path` for a book of your own.

Without a book: both example books for seven days each, and one borrower's life by events. With one: a single
run on the day the book was made, or at `--now`. Everything lands in demo-out/, nothing leaves the machine. The
language follows LANG (zh or not) unless `--lang` says otherwise.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections import Counter
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import make_books
import one_life
from ending import ending
from papers import write_papers
from week import Show, Week, play

from loansms import Lender
from loansms.cli.language import chosen_language
from loansms.clock import require_aware
from loansms.errors import LoansmsError
from loansms.portfolio import Book, read_book
from loansms.services import Outcome

# By country: policy, and an hour at which the whole country's window is open (08:00 in Honolulu).
_PLAYED = {
    "CN": ("cn-consumer", time(10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))),
    "US": ("us-first-party", time(14, 0, tzinfo=ZoneInfo("America/New_York"))),
}
_SAMPLES = 4
_MARK = ".loansms-demo"
_TOLD = {
    "samples": ("What some of them read (made-up people, numbers masked):", "部分短信内容（虚构人物，号码已掩码）："),
    "life": ("One borrower's life, told by events; each event was told twice and sent once:", "一位借款人的一生，按事件通知；每个事件通知两次，只发送一次："),
    "not_ours": (
        "{out}: holds files of yours; give an empty or a new folder with --out",
        "{out}：文件夹中有其他文件，请用 --out 指定空文件夹或新文件夹",
    ),
    "no_day": (
        "{book}: cannot tell the day it was made; give it as --now 2026-09-24T10:00:00+08:00",
        "{book}：无法判断数据日期，请用 --now 2026-09-24T10:00:00+08:00 指明",
    ),
    "no_country": (
        "{book}: the example lenders lend in CN and US only; use `loansms run` with your own profile",
        "{book}：示例机构仅限 CN 与 US，请用 loansms run 并提供自己的机构档案",
    ),
}  # fmt: skip


def say(key: str, lang: str, **values: object) -> str:
    """Return one phrase in `lang` (en or zh-CN)."""
    return _TOLD[key][lang.startswith("zh")].format(**values)


def main(arguments: list[str] | None = None) -> int:
    """Play what the arguments ask for; return the exit code."""
    asked = _arguments(arguments)
    try:
        shows = [_own(asked)] if asked.book else _examples(asked)
        _empty(asked.out, [show.book for show in shows])
    except LoansmsError as wrong:
        print(wrong.told(asked.lang), file=sys.stderr)
        return 2
    for show in shows:
        week = play(show)
        write_papers(week)
        _tell(week)
    if not asked.book:
        _tell_life(asked.out, asked.lang)
    return 0


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Play loan books through simulated days on the sandbox.")
    parser.add_argument("book", nargs="?", type=Path, help="a loan book: .csv, .parquet or .xlsx")
    parser.add_argument("--now", type=_moment, help="when the run of BOOK happens, with its offset from UTC")
    parser.add_argument("--encoding", default="utf-8", help="of BOOK, such as gb18030")
    parser.add_argument("--columns", help="a TOML map from the headers of BOOK to ours")
    parser.add_argument("--days", type=int, default=7, help="how many days the example books are played")
    parser.add_argument("--lang", choices=("en", "zh-CN"), default=chosen_language([], os.environ))
    parser.add_argument("--out", type=Path, default=Path("demo-out"), help="a folder of the demo's own")
    return parser.parse_args(arguments)


def _moment(text: str) -> datetime:
    try:
        return require_aware(datetime.fromisoformat(text))
    except ValueError:
        told = "expected a moment with its offset, such as 2026-09-24T10:00:00+08:00"
        raise argparse.ArgumentTypeError(told) from None


def _empty(out: Path, books: list[Path]) -> None:
    """Empty the demo's folder; a folder that an earlier demo did not make, or that holds the book, is left."""
    mark = out / _MARK
    theirs = out.exists() and any(out.iterdir()) and not mark.exists()
    if theirs or any(out.resolve() in book.resolve().parents for book in books):
        raise LoansmsError(*(say("not_ours", lang, out=out) for lang in ("en", "zh-CN")))
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    mark.touch()


def _examples(asked: argparse.Namespace) -> list[Show]:
    return [
        _show(asked, make_books.BOOKS / f"{country.lower()}.csv", country, make_books.DAY, asked.days)
        for country in ("US", "CN")
    ]


def _own(asked: argparse.Namespace) -> Show:
    """Return the show of a book somebody brings: its country and its day are read from it."""
    book = _understood(asked)
    countries = Counter(row.account.borrower.country for row in book.rows)
    country = countries.most_common(1)[0][0] if countries else "CN"
    if country not in _PLAYED:
        raise LoansmsError(*(say("no_country", lang, book=asked.book.name) for lang in ("en", "zh-CN")))
    if asked.now is None and book.as_of is None:
        raise LoansmsError(*(say("no_day", lang, book=asked.book.name) for lang in ("en", "zh-CN")))
    return _show(asked, asked.book, country, book.as_of or asked.now.date(), 1)


def _understood(asked: argparse.Namespace) -> Book:
    """Read a book whose country nobody has told: as it stands, else as a mainland one."""
    reading = {"encoding": asked.encoding, "columns": asked.columns}
    book = read_book(asked.book, **reading)
    return book if book.rows else read_book(asked.book, default_country="CN", **reading)


def _show(asked: argparse.Namespace, book: Path, country: str, day: date, days: int) -> Show:
    policy, hour = _PLAYED[country]
    return Show(
        name=book.stem,
        book=book,
        lender=Lender.example(country),
        policy=policy,
        start=asked.now or datetime.combine(day, hour),
        days=days,
        out=asked.out,
        lang=asked.lang,
        encoding=asked.encoding,
        columns=asked.columns,
    )


def _tell(week: Week) -> None:
    show = week.show
    print()
    for number, line in enumerate(ending(week)):
        print(line if number == 0 else f"  {line}")
    if show.book.parent == make_books.BOOKS:  # texts of a book of one's own stay in its files
        print(f"  {say('samples', show.lang)}")
        for phone, text in _samples(week):
            print(f"    {phone}  {text}")


def _samples(week: Week) -> list[tuple[str, str]]:
    """Return a few sent texts of different templates, each with the masked number it went to."""
    show, found = week.show, dict[str, tuple[str, str]]()
    for one in week.rows:
        row = one.row
        if one.outcome is Outcome.SUBMITTED and row.text is not None and row.account is not None:
            # Mainland carriers show the signature in brackets; American texts name the sender themselves.
            text = f"【{row.signature}】" * (show.lender.jurisdiction == "CN") + row.text.reveal()
            found.setdefault(row.template, (str(row.account.borrower.phone), text))
    return list(found.values())[:_SAMPLES]


def _tell_life(folder: Path, lang: str) -> None:
    print(f"\n{say('life', lang)}")
    for event, row in one_life.live(folder):
        if row.outcome is not Outcome.ALREADY_DONE:
            text = row.row.text.reveal() if row.row.text else row.row.reasons[0].told(lang)
            print(f"  {event.at:%Y-%m-%d} {row.outcome.value}  {text}")


if __name__ == "__main__":
    sys.exit(main())
