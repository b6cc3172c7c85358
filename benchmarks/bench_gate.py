"""`evaluate` for one message with a full pack, beside reading its text and beside one `re` alternation of 500 words.

The words of a message from a proved template are not read again (decision 9), so that is the gate as services ask it; the
raw text shows what reading costs. Printed beside the ratios: the median in microseconds of one message on this machine.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from zoneinfo import ZoneInfo

from attrs import evolve
from bench_wording import hard, word_list

from loansms.compliance import Context, RulePack, evaluate
from loansms.model import Channel, Contact, ContactKind, Draft, Party, Purpose
from loansms.privacy import Secret
from loansms.text import normalise

ROUNDS = 2000
TEXTS = {
    "CN": "您尾号1234借款已逾期3天,截至9月24日应还1,256.30元,到期日9月21日,请通过安信消费APP还款。如有困难请致电400-000-0000协商。",
    "US": "Example Lending: your payment of $310.15 was due on September 21. Pay in the app or call 800-555-0100 to "
    "talk about a plan. Reply STOP to opt out.",
}
ZONES = {"CN": "Asia/Shanghai", "US": "America/New_York"}


def timed(work: Callable[[datetime], object], start: datetime) -> float:
    """Return the median of one call, each at a moment of its own."""
    taken: list[float] = []
    for number in range(ROUNDS):
        now = start + timedelta(milliseconds=number)
        began = time.perf_counter()
        work(now)
        taken.append(time.perf_counter() - began)
    return median(taken)


def _found(alternation: re.Pattern[str], text: str, _now: datetime) -> list[str]:
    found: list[str] = alternation.findall(normalise(text).text)
    return found


def run() -> list[tuple[str, float, str]]:
    """Return the gate's time as ratios, by country."""
    alternation = re.compile("|".join(map(re.escape, word_list(hard()))))
    rows: list[tuple[str, float, str]] = []
    for country, text in TEXTS.items():
        pack = RulePack.load(country)
        now = datetime(2026, 9, 24, 10, 30, tzinfo=ZoneInfo(ZONES[country]))
        past = [
            Contact(
                channel=Channel.SMS,
                at=now - timedelta(days=9),
                kind=ContactKind.MESSAGE,
                purpose=Purpose.COLLECTION,
            )
        ]
        known = Context(
            jurisdiction=country,
            party=Party.FIRST,
            zones=(ZONES[country],),
            provider="direct_carrier",
            past_contacts=past,
        )
        bare = Draft(purpose=Purpose.COLLECTION, channel=Channel.SMS, signature="示例金融", locale="zh-CN")
        raw = evolve(bare, text=Secret(text))
        proved = evolve(raw, reviewed=True)
        floor = timed(partial(_found, alternation, text), now)
        for name, draft in (("no text", bare), ("a proved text", proved), ("a raw text, reviewed", raw)):
            took = timed(partial(evaluate, draft, known, [pack]), now)
            told = f"{country}, {name}: median {took * 1e6:.0f} us"
            rows.append((told, took / floor, "re alternation of 500 words over the text"))
    return rows


if __name__ == "__main__":
    for name, ratio, floor in run():
        print(f"{name:50} {ratio:8.2f} x  {floor}")
