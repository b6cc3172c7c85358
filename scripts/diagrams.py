"""Write docs/reference/lives.md and its two drawings: a code's life and a message's, as the code lives them.

`scripts/lives.py` finds what may happen; here stand only the words, in English and Chinese, and where each box and
arrow is put. A way that is found and has no place here, or has one and is not found, is a fault. `--check` fails
when a file is not what this script would write.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, get_args

from drawing import Box, Way, svg
from lives import Move, code_life, message_life, report_life, unknown_code

from loansms.model import DeliveryStatus
from loansms.otp.profiles import LENDER
from loansms.otp.verdict import VerdictKind
from loansms.stores import AttemptState, Claimed, ClaimResult

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "reference" / "lives.md"
Points = tuple[tuple[int, int], ...]

STANDINGS: Final = {
    "open": ("open", "有效"),
    "used": ("used, grant out", "已使用，凭据已发"),
    "redeemed": ("redeemed", "凭据已兑付"),
    "locked": ("locked", "已锁定"),
    "expired": ("expired", "已过期"),
    "superseded": ("superseded", "已被新码取代"),
    "void": ("void", "作废"),
}
CODE_WORDS: Final = {
    "right": ("right code", "验证码正确"),
    "wrong": ("wrong code: counted", "错码：计次"),
    "wrong_often": ("too many wrong", "错误过多"),
    "resend": ("resend: same code, same budget", "重发：同码同次数"),
    "not_sent": ("certainly not sent", "确定未发出"),
    "newer": ("a newer code", "另发新码"),
    "redeem": ("redeemed, once", "兑付，仅一次"),
    "time": ("its time is over", "有效期已过"),
    "window": ("its time is over", "有效期已过"),
}
# Whatever it is then, it is dead before and after: a refund gives its limits back, a newer code outranks an old one.
CODE_UNDRAWN: Final = {
    ("locked", "void"),
    ("expired", "void"),
    ("superseded", "void"),
    ("expired", "superseded"),
}
CODE_WAYS: Final[Mapping[tuple[str, str], tuple[Points, tuple[int, int], str]]] = {
    ("open", "locked"): (((285, 160), (170, 160)), (228, 138), "middle"),
    ("open", "void"): (((310, 194), (310, 235), (95, 235), (95, 333)), (103, 285), "start"),
    ("open", "used"): (((345, 194), (345, 265), (275, 265), (275, 333)), (283, 300), "start"),
    ("open", "expired"): (((375, 194), (375, 265), (455, 265), (455, 333)), (463, 304), "start"),
    ("open", "superseded"): (((410, 194), (410, 235), (635, 235), (635, 333)), (627, 254), "end"),
    ("used", "redeemed"): (((275, 398), (275, 473)), (283, 448), "start"),
    ("locked", "expired"): (((20, 160), (10, 160), (10, 430), (455, 430), (455, 401)), (463, 420), "start"),
}

STATES: Final = {
    "due": ("a step is due", "步骤到期"),
    "attempting": ("claimed, on its way", "已领取，提交中"),
    "accepted": ("the provider has it", "通道已受理"),
    "rejected": ("refused", "通道拒收"),
    "rejected_retryable": ("not sent", "未发送，可再领取"),
    "unknown": ("unknown", "结果未知"),
}
MESSAGE_WORDS: Final = {
    "claimed": ("claimed", "领取"),
    "taken": ("answer: taken", "应答：受理"),
    "refused": ("answer: refused", "应答：拒收"),
    "refused_for_now": ("answer: refused for now", "应答：暂时拒收"),
    "no_answer": ("no answer", "无应答"),
    "lease_over": ("its holder fell silent", "领取者失联，租约到期"),
    "receipt": ("a receipt", "状态报告"),
    "receipt_delivered": ("a receipt: delivered", "状态报告：已送达"),
    "person_sent": ("a person: sent", "人工核定：已发"),
    "person_not_sent": ("a person: not sent", "人工核定：未发"),
}
MESSAGE_WAYS: Final[Mapping[tuple[str, str], tuple[Points, tuple[int, int], str]]] = {
    ("due", "attempting"): (((330, 68), (330, 147)), (338, 105), "start"),
    ("attempting", "accepted"): (((330, 214), (330, 567)), (322, 470), "end"),
    ("attempting", "rejected_retryable"): (((245, 170), (50, 170), (50, 317)), (58, 142), "start"),
    ("rejected_retryable", "attempting"): (((120, 317), (120, 195), (245, 195)), (128, 217), "start"),
    ("attempting", "unknown"): (((415, 190), (570, 190), (570, 317)), (425, 210), "start"),
    ("attempting", "rejected"): (((415, 165), (695, 165), (695, 600), (650, 600)), (425, 142), "start"),
    ("unknown", "accepted"): (((485, 360), (390, 360), (390, 567)), (398, 380), "start"),
    ("unknown", "rejected_retryable"): (((485, 335), (180, 335)), (188, 354), "start"),
    ("unknown", "rejected"): (((600, 384), (600, 567)), (592, 520), "end"),
    ("rejected", "accepted"): (((490, 600), (413, 600)), (390, 652), "start"),
    ("rejected_retryable", "accepted"): (((95, 384), (95, 600), (247, 600)), (103, 545), "start"),
}
REPORTS: Final = {
    "delivered": ("delivered", "已送达"),
    "partial": ("partial", "部分送达"),
    "accepted": ("accepted", "转发中"),
    "undelivered": ("undelivered", "未送达"),
    "expired": ("expired", "超时未达"),
    "rejected": ("rejected", "网关拒收"),
    "unknown": ("unknown", "状态不明"),
}
CLAIM_ANSWERS: Final = {
    "AlreadyDone": "已做过",
    "CapReached": "频次已满",
    "Suppressed": "已屏蔽",
    "Stopped": "已停发",
}


def pictures() -> dict[str, str]:
    """Return both drawings by the name of their file."""
    return {"challenge.svg": _challenge(), "message.svg": _message()}


def _challenge() -> str:
    moves = code_life()
    said = {
        at: f"check → {_said(moves, at, 'right').upper()}" for at in STANDINGS
    }  # what a right code is told there
    places = {
        "open": (360, 160, "open"),
        "locked": (95, 160, "bad"),
        "void": (95, 366, ""),
        "used": (275, 366, "good"),
        "expired": (455, 366, ""),
        "superseded": (635, 366, ""),
        "redeemed": (275, 506, "good"),
    }
    boxes = [Box(name, x, y, (*STANDINGS[name], said[name]), kind) for name, (x, y, kind) in places.items()]
    boxes += [
        Box("asked", 360, 45, ("a code is asked for", "申请验证码"), width=170),
        Box("nobody", 635, 506, ("never issued", "从未发出", f"check → {unknown_code().upper()}")),
    ]
    stays = [CODE_WORDS[by] for by in ("wrong", "resend") if _to(moves, "open", by) == "open"]
    ways = [
        Way(((330, 69), (330, 126)), (322, 95), ("admitted, sent once", "准许，发送一次"), "end"),
        Way(
            ((410, 126), (410, 88), (470, 88), (470, 160), (437, 160)),
            (478, 92),
            tuple(line for both in stays for line in both),
        ),
    ]
    ways += _ways(moves, CODE_WAYS, CODE_UNDRAWN, CODE_WORDS)
    return svg("The life of a one-time code 验证码的一生", 730, 560, boxes, ways)


def _message() -> str:
    moves = message_life()
    places = {
        "due": (330, 44, ""),
        "attempting": (330, 180, "open"),
        "rejected_retryable": (97, 350, ""),
        "unknown": (570, 350, "doubt"),
        "accepted": (330, 600, "good"),
        "rejected": (570, 600, "bad"),
    }
    boxes = [
        Box(name, x, y, (*STATES[name], *([name] if name != "due" else ())), kind, _width(name))
        for name, (x, y, kind) in places.items()
    ]
    barred = [one.__name__ for one in get_args(ClaimResult) if one is not Claimed]
    boxes.append(
        Box("barred", 610, 66, ("not claimed", *(f"{one} {CLAIM_ANSWERS[one]}" for one in barred)), "bad")
    )
    columns = ((320, "final 已定", "good"), (570, "not wholly 未全达", "bad"), (95, "no last word 未定", ""))
    boxes += [
        Box(title, x, 740, (title, *(" ".join(REPORTS[one]) for one in told)), kind, 160)
        for (x, title, kind), told in zip(columns, _reports(), strict=True)
    ]
    ways = [
        Way(((415, 44), (535, 44)), (475, 38), ("or not",), "middle"),
        Way(((320, 634), (320, 713)), (312, 664), ("says", "报告"), "end"),
        Way(((265, 634), (265, 690), (95, 690), (95, 704)), (0, 0), ()),
        Way(((378, 634), (378, 690), (570, 690), (570, 693)), (0, 0), ()),
        Way(((175, 740), (238, 740)), (0, 0), ()),
        Way(((490, 740), (402, 740)), (0, 0), ()),
        Way(
            ((95, 775), (95, 804), (570, 804), (570, 791)),
            (330, 820),
            ("the latest word stands, delivered is final  以最新报告为准，已送达不再改变",),
            "middle",
            both=True,
        ),
    ]
    ways += _ways(moves, MESSAGE_WAYS, set(), MESSAGE_WORDS)
    return svg("The life of a message 一条消息的一生", 730, 840, boxes, ways)


def _width(name: str) -> int:
    return 170 if name in ("due", "attempting", "rejected_retryable", "unknown") else 160


def _reports() -> tuple[list[str], list[str], list[str]]:
    """Sort the words of a report: nothing changes it; it settles a step for good or ill; it settles nothing."""
    final = [
        one.value
        for one in DeliveryStatus
        if all(move.to == one.value for move in report_life() if move.at == one.value)
    ]
    empty = {
        one.value
        for one in DeliveryStatus
        if one is DeliveryStatus.ACCEPTED
        or _to(message_life(), "unknown", f"receipt_{one.value}") == "unknown"
    }
    failed = [one.value for one in DeliveryStatus if one.value not in {*final, *empty}]
    return final, failed, [one.value for one in DeliveryStatus if one.value in empty]


def _ways(
    moves: Sequence[Move],
    places: Mapping[tuple[str, str], tuple[Points, tuple[int, int], str]],
    undrawn: set[tuple[str, str]],
    words: Mapping[str, tuple[str, str]],
) -> list[Way]:
    found = _pairs(moves)
    if found.keys() != {*places, *undrawn}:
        odd = sorted(found.keys() ^ {*places, *undrawn})
        raise SystemExit(f"scripts/diagrams.py: found or placed, but not both: {odd}")
    return [
        Way(points, at, _lines(found[pair], words), anchor) for pair, (points, at, anchor) in places.items()
    ]


def _pairs(moves: Sequence[Move]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for move in moves:
        if move.at != move.to:
            found.setdefault((move.at, move.to), []).append(move.by)
    return found


def _causes(acts: Sequence[str], words: Mapping[str, tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the words of `acts`, receipts of several kinds as one."""
    receipts = [one for one in acts if one.startswith("receipt_")]
    short = [one if one not in receipts or len(receipts) == 1 else "receipt" for one in acts]
    return list(dict.fromkeys(words[one] for one in short))


def _lines(acts: Sequence[str], words: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    return tuple(line for cause in _causes(acts, words) for line in cause)


def _to(moves: Sequence[Move], at: str, by: str) -> str:
    return next(move.to for move in moves if (move.at, move.by) == (at, by))


def _said(moves: Sequence[Move], at: str, by: str) -> str:
    return next(move.said for move in moves if (move.at, move.by) == (at, by))


INTRO: Final = """# A life in two drawings

What a code and a message go through. Both drawings, and the tables below them, are written by
`python scripts/diagrams.py`, which tries every act in every state of the memory store, the reference of all stores, and
writes down what it answers. English and Chinese stand side by side; the small words are those of the code.

## A one-time code

![The life of a one-time code, the same as the tables below](lives/challenge.svg)

`check` is what the service's `verify` is told. Everything that is not accepted looks the same outside. The numbers are those of
`profiles.LENDER`: {failures} wrong codes lock the subject and action for longer than a code lives, and only a new
code follows. [Profiles](otp-profiles.md) has the numbers, [what attackers do about codes](../explanation/otp-threats.md) the reasons.

"""
MIDDLE: Final = """
## A message

![The life of a message, the same as the table below](lives/message.svg)

`unknown` has no way back to the wire by itself: a receipt, a late answer or a person settles it. Only what was certainly
not sent is claimed anew. A claim that is not granted says why: {barred}.

"""


def page() -> str:
    """Return the page with its tables."""
    barred = ", ".join(f"`{one.__name__}`" for one in get_args(ClaimResult) if one is not Claimed)
    return (
        INTRO.format(failures=LENDER.failures)
        + _answers()
        + "\n"
        + _table(code_life(), STANDINGS, CODE_WORDS)
        + MIDDLE.format(barred=barred)
        + _table(message_life(), STATES, MESSAGE_WORDS)
    )


def _answers() -> str:
    rows = [
        "| standing | 状态 | a right code | a wrong code | a resend | the grant is redeemed |",
        "|---|---|---|---|---|---|",
    ]
    for name, (en, zh) in STANDINGS.items():
        told = [f"`{_said(code_life(), name, by)}`" for by in ("right", "wrong", "resend", "redeem")]
        rows.append(f"| {en} | {zh} | {' | '.join(told)} |")
    rows.append(
        f"| never issued | 从未发出 | `{unknown_code()}` | `{unknown_code()}` | `unknown` | `False` |"
    )
    return "\n".join(rows) + "\n"


def _table(
    moves: Sequence[Move], names: Mapping[str, tuple[str, str]], words: Mapping[str, tuple[str, str]]
) -> str:
    rows = ["| from | what happens | to | 从 | 发生 | 到 |", "|---|---|---|---|---|---|"]
    for (at, to), acts in _pairs(moves).items():
        for en, zh in _causes(acts, words):
            rows.append(
                f"| {names[at][0]} | {en} | {names[to][0]} | {names[at][1]} | {zh} | {names[to][1]} |"
            )
    return "\n".join(rows) + "\n"


def main(check: bool) -> int:
    """Write the page and its drawings, or with `check` say which are stale."""
    told = {one.value for one in VerdictKind} - {move.said for move in code_life()} - {unknown_code()}
    untold = told | ({one.value for one in AttemptState} - STATES.keys())
    if untold:
        print(f"scripts/lives.py never comes to: {sorted(untold)}")
        return 1
    stale = 0
    for path, text in {
        PAGE: page(),
        **{PAGE.parent / "lives" / name: text for name, text in pictures().items()},
    }.items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if check:
            print(f"not what scripts/diagrams.py writes: {path.relative_to(ROOT)}")
            stale = 1
            continue
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return stale


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
