"""The columns of a loan book: which are known, which are required, and how a lender's own headers map to them.

A header is recognised, in this order: by the lender's own map (``--columns map.toml``), by our names (case,
spaces and hyphens do not matter), by the shipped preset of Chinese headers. All other columns are kept for
audiences under the header they have.

>>> seen = recognise(["借据号", "客户号", "手机号", "币种", "应还金额", "最早逾期日", "渠道"])
>>> sorted(seen.known)
['amount_due', 'borrower_id', 'currency', 'loan_id', 'oldest_unpaid_due_on', 'phone']
>>> dict(seen.extra)
{'渠道': 6}
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from attrs import field, frozen

from loansms.errors import UnreadableBook
from loansms.portfolio import parse
from loansms.portfolio.files import ColumnMap, chinese_headers, stop_headers

# None: the parser needs the rest of the row, so the row itself calls it.
COLUMNS: Mapping[str, parse.Parser | None] = {
    "loan_id": parse.identifier,
    "borrower_id": parse.identifier,
    "lender_id": parse.identifier,
    "country": parse.country,
    "region": parse.text,
    "timezone": parse.zone,
    "language": parse.language,
    "phone": None,
    "name": parse.secret,
    "currency": parse.currency,
    "amount_due": parse.amount,
    "oldest_unpaid_due_on": parse.date_on,
    "next_due_on": parse.date_on,
    "days_past_due": parse.count(-36500, 36500),
    "product": parse.text,
    "principal": parse.amount,
    "annual_rate": parse.rate,
    "term_months": parse.count(1, 600),
    "instalment_amount": parse.amount,
    "method": parse.method,
    "disbursed_on": parse.date_on,
    "penalty_due": parse.amount,
    "fee_due": parse.amount,
    "grace_days": parse.count(0, 365),
    "autopay": parse.flag,
    "debit_account_tail": parse.account_tail,
    "next_debit_at": parse.moment,
    "balance": parse.amount,
    "risk_segment": parse.text,
    "status": parse.text,
    "consent_sms": parse.flag,
    "consent_marketing": parse.flag,
    "opt_out": parse.flag,
    "dispute": parse.flag,
    "hardship": parse.flag,
    "promise_to_pay_until": parse.date_on,
    "guarantor_name": parse.secret,
    "guarantor_phone": None,
    "guarantor_consent": parse.flag,
    "last_paid_on": parse.date_on,
    "as_of": parse.date_on,
    "notes": parse.text,
}
REQUIRED = ("loan_id", "borrower_id", "phone", "currency", "amount_due")
DUE_DATES = ("oldest_unpaid_due_on", "next_due_on")
# What a plan looks at only where a policy or a template asks for it: free text, in which no cell can be wrong, and figures,
# of which every cell is checked all the same.
TEXTS = ("name", "product", "risk_segment", "status", "notes", "guarantor_name")
FIGURES = ("principal", "instalment_amount", "balance", "term_months", "annual_rate", "method")

# What else stands between columns, by the spreadsheet's country or by hand.
_MARKS: Mapping[str, tuple[str, str]] = {
    ";": ("semicolons", "分号"),
    "\t": ("tabs", "制表符"),
    "|": ("vertical bars", "竖线"),
    "，": ("full-width commas", "全角逗号"),
    "；": ("full-width semicolons", "全角分号"),
}


@frozen
class Where:
    """The place of a header: the file's name and the line."""

    name: str
    line: int = 1

    @property
    def en(self) -> str:
        """The place in English."""
        return f"{self.name} line {self.line}"

    @property
    def zh(self) -> str:
        """The place in Chinese."""
        return f"{self.name} 第 {self.line} 行"


@frozen
class Recognised:
    """Where each known column stands (from 0), the other columns by their header, and the maps of values."""

    width: int
    known: Mapping[str, int]
    extra: Mapping[str, int]
    values: Mapping[str, Mapping[str, str]] = field(factory=dict[str, Mapping[str, str]])
    fixed: Mapping[str, str] = field(factory=dict[str, str])


def recognise(
    header: Sequence[str], columns: ColumnMap | None = None, where: Where | None = None
) -> Recognised:
    """Return which column is which; raise UnreadableBook, one clear line, when the book cannot be understood.

    `where` names the place of the header for the message. `columns` is the lender's own map.
    """
    own, preset, where = columns or ColumnMap(), chinese_headers(), where or Where("book")
    for target in (*own.columns.values(), *own.fixed, *own.values):
        if target not in COLUMNS:
            near = difflib.get_close_matches(target, COLUMNS, 1)
            hint = f"; did you mean {near[0]}" if near else ""
            raise UnreadableBook(
                f"--columns: expected a column of the book, {target} is none{hint}",
                f"--columns：应为账册的列，没有名为 {target} 的列",
            )
    names = [_plain(one) for one in header]
    known = _first_found(names, [_lookup(own), _ours, _lookup(preset)], where)
    missing = _missing({*known, *own.fixed})
    if missing:
        raise _not_understood(header, names, missing, where)
    _no_stop_unread(names, {*known, *own.fixed}, set(known.values()), where)
    values = {name: {**preset.values.get(name, {}), **own.values.get(name, {})} for name in COLUMNS}
    return Recognised(
        len(header),
        known,
        _others(header, set(known.values()), where),
        {name: mapping for name, mapping in values.items() if mapping},
        {name: value for name, value in own.fixed.items() if name not in known},
    )


def _plain(header: str) -> str:
    """Return a header without what varies by hand: width, case, spaces, brackets of a unit."""
    plain = unicodedata.normalize("NFKC", header).strip().casefold()
    return re.sub(r"[\s\-_]+", "_", re.sub(r"\((元|人民币|月|天|%)\)$", "", plain)).strip("_")


def _ours(name: str) -> str | None:
    return name if name in COLUMNS else None


def _lookup(columns: ColumnMap) -> Callable[[str], str | None]:
    return {_plain(theirs): ours for theirs, ours in columns.columns.items()}.get


def _first_found(
    names: Sequence[str], lookups: Sequence[Callable[[str], str | None]], where: Where
) -> dict[str, int]:
    """Return each column's place by the strongest lookup that knows it; two places at one strength clash."""
    known: dict[str, int] = {}
    taken: set[int] = set()
    for lookup in lookups:
        found: dict[str, int] = {}
        for at, name in enumerate(names):
            ours = lookup(name)
            if ours is None or ours in known or at in taken:
                continue
            if ours in found:
                raise UnreadableBook(
                    f"{where.en}: columns {found[ours] + 1} and {at + 1} are both read as {ours}; "
                    "keep one, or say which with --columns map.toml",
                    f"{where.zh}：第 {found[ours] + 1} 列与第 {at + 1} 列都被识别为 {ours}；"
                    "请只保留一列，或用 --columns map.toml 指定",
                )
            found[ours] = at
        known |= found
        taken |= set(found.values())
    return known


def _missing(found: set[str]) -> list[str]:
    missing = [name for name in REQUIRED if name not in found]
    return missing if found.intersection(DUE_DATES) else [*missing, " or ".join(DUE_DATES)]


def _no_stop_unread(names: Sequence[str], found: set[str], taken: set[int], where: Where) -> None:
    """Raise UnreadableBook for a column that seems to stop messages and would be read as one more extra."""
    for at, name in enumerate(names):
        ours = stop_headers().get(name)
        if ours is not None and ours not in found and at not in taken:
            raise UnreadableBook(
                f"{where.en}: column {at + 1} looks like {ours}, which stops messages: name it {ours} or map it with "
                "--columns map.toml; if it is something else, rename it",
                f"{where.zh}：第 {at + 1} 列似为 {ours}（停发依据）：请改名为 {ours} 或用 --columns map.toml 指定；若另有含义，请改用其他名称",
            )


def _not_understood(
    header: Sequence[str], names: Sequence[str], missing: Sequence[str], where: Where
) -> UnreadableBook:
    """Name what is missing and which headers come near; a first line that is data stays out of the message."""
    whole = "".join(header)
    mark = max(_MARKS, key=whole.count)
    if whole.count(mark) >= len(header):
        en, zh = _MARKS[mark]
        return UnreadableBook(
            f"{where.en}: the columns seem to be separated by {en}; expected commas: save the book as CSV with commas",
            f"{where.zh}：各列似以{zh}分隔，应为英文逗号；请另存为以英文逗号分隔的 CSV",
        )
    aliases = {_plain(theirs): ours for theirs, ours in chinese_headers().columns.items()}
    aliases |= {name: name for name in COLUMNS}
    wanted = {name for one in missing for name in one.split(" or ")}
    looks_like_data = any(re.search(r"\d{4}", one) for one in names)
    near = [
        (theirs.strip(), aliases[match])
        for theirs, name in zip(header, names, strict=True)
        for match in difflib.get_close_matches(
            name, [one for one in aliases if aliases[one] in wanted], 1, 0.7
        )
        if name != match and not looks_like_data
    ]
    told, zh = ", ".join(missing), "、".join(one.replace(" or ", " 或 ") for one in missing)
    hint = "; near: " + ", ".join(f"'{theirs}' for {ours}" for theirs, ours in near) if near else ""
    hint_zh = "；相近的列：" + "、".join(f"{theirs}（{ours}）" for theirs, ours in near) if near else ""
    if looks_like_data or not any(name in aliases for name in names):
        hint += "; is the first line a header"
        hint_zh += "；首行是否为表头"
    return UnreadableBook(
        f"{where.en}: no column for {told}{hint}; name your own headers with --columns map.toml",
        f"{where.zh}：缺少列 {zh}{hint_zh}；可用 --columns map.toml 指定自己的表头",
    )


def _others(header: Sequence[str], taken: set[int], where: Where) -> dict[str, int]:
    others: dict[str, int] = {}
    for at, one in enumerate(header):
        if at in taken:
            continue
        name = one.strip() or f"column {at + 1}"
        if name in others:
            raise UnreadableBook(
                f"{where.en}: columns {others[name] + 1} and {at + 1} have the same header; rename one of them",
                f"{where.zh}：第 {others[name] + 1} 列与第 {at + 1} 列的表头相同，请改其中一个",
            )
        others[name] = at
    return others
