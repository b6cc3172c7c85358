"""Phone numbers of millions of rows, without asking `phonenumbers` for each.

Three kinds take a fast path, because a few leading digits decide everything about them: mainland mobiles, and
numbers of the United States and Canada. That the other digits are free is read off the patterns of the
`phonenumbers` that is installed (`_free`), so no version of it is trusted blindly. All other numbers are asked
for one by one, each distinct number once.

>>> import polars as pl
>>> found = phones(pl.Series(["13800138000", "+12025550123", "12"]), Coded.one(3, "CN"))
>>> pl.select(found.e164).to_series().to_list()
['+8613800138000', '+12025550123', None]
>>> found.place.column(pl.Object).to_list()[0]
Place(country='CN', zones=('Asia/Shanghai',))
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable
from functools import cache, partial

import polars as pl
from attrs import field, frozen
from phonenumbers import PhoneMetadata
from phonenumbers.tzdata import TIMEZONE_DATA

from loansms.model import PhoneNumber
from loansms.portfolio import parse
from loansms.portfolio.parse import Expected
from loansms.portfolio.row import PhoneZones
from loansms.portfolio.typed_cells import MOST_DISTINCT, Coded, Words, in_runs, met
from loansms.portfolio.typed_text import both, texts, unless

_MILLION = 10**6
_PREFIXES = 20_000
_NORTH_AMERICA = ("US", "CA")
_KINDS = (
    "general_desc", "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip",
    "pager", "uan", "voicemail",
)  # fmt: skip


@frozen
class Place:
    """What a number says of where its owner is: the country of its plan, the zones of its prefix."""

    country: str
    zones: tuple[str, ...]


@frozen
class Phones:
    """A column of numbers: `text` as dialled, `e164` and `place` where readable, `good` False where not.

    ``e164`` is an expression, so that it is written out only where it is asked for; ``read`` are the rows that have it,
    None for all.
    """

    text: pl.Series = field(repr=False)
    e164: pl.Expr = field(repr=False)
    read: pl.Series | None = field(repr=False)
    place: Coded
    good: pl.Series | None = field(repr=False)

    def abroad(self) -> Coded:
        """Return whether each number was written with + and its country code."""
        plus = self.text.str.starts_with("+") | self.text.str.starts_with("＋")
        return Coded(plus.len(), plus.fill_null(False).cast(pl.UInt32), (False, True))


@frozen
class _Form:
    """One way to write a number: `written`, then `digits` digits; by the first ones `places` finds its place in `named`."""

    written: str
    code: str
    digits: int
    places: Callable[[pl.Series], pl.Series]
    named: Callable[[], list[Place | None]]
    regions: tuple[str, ...] = ()


@frozen
class _Answer:
    """What one form, or the one-by-one reading, found; null in ``codes`` where it does not apply."""

    e164: pl.Expr
    codes: pl.Series
    places: list[Place | None]


def phones(cells: pl.Series, region: Coded, words: Words = None) -> Phones:
    """Return the numbers as dialled in each row's `region` (blank: nowhere) that receive text messages."""
    text, good = cells, None
    if cells.dtype.is_integer():
        text = cells.cast(pl.String)
    elif cells.dtype != pl.String:
        text, good = texts(cells)
        cells = text
    answers: list[_Answer] = []
    left = text.is_not_null()
    for form in _forms():
        found = _by_form(form, text, cells, region)
        if found is None:
            continue
        answers.append(found)
        left &= found.codes.is_null()
        if not left.any():
            break
    if left.any():
        if good is None:
            text, good = texts(text)
        left &= text.is_not_null()
        answers.append(_one_by_one(text, region, left))
    e164, read, place = _joined(answers, text.len())
    if read is not None and read.sum() != text.len() - text.null_count():
        good = both(good, read | text.is_null())
    return Phones(text, e164, read, place, both(good, unless(words, text)))


def _by_form(form: _Form, text: pl.Series, cells: pl.Series, region: Coded) -> _Answer | None:
    there = region.mapped(lambda one: not form.regions or one in form.regions)
    if not any(there.values):
        return None
    within = () if all(there.values) else (there.column(pl.Boolean),)
    codes = in_runs(partial(_codes, form), text, cells, *within)
    if codes.null_count() == codes.len():
        return None
    e164 = pl.lit(text) if form.written else pl.concat_str(pl.lit(form.code), pl.lit(text))
    return _Answer(e164, codes, form.named())


def _codes(form: _Form, text: pl.Series, cells: pl.Series, there: pl.Series | None = None) -> pl.Series:
    """Return where each number of a form stands among its places, null for every other."""
    fits = text.str.len_bytes() == len(form.written) + form.digits
    if there is not None:
        fits &= there
    if form.written and fits.any():
        fits &= text.str.starts_with(form.written)
    if not fits.any():
        return pl.Series([None], dtype=pl.UInt32).new_from_index(0, text.len())
    national = cells.cast(pl.Int64, strict=False) - int(form.written or 0) * 10**form.digits
    fits &= national.is_between(10 ** (form.digits - 1), _PREFIXES * _MILLION - 1)
    if not fits.all():
        national = national.zip_with(fits, pl.Series([None], dtype=pl.Int64))
    return form.places(national)


def _one_by_one(text: pl.Series, region: Coded, left: pl.Series) -> _Answer:
    rows = (
        text.to_frame("text").with_columns(region=region.column(pl.String)).with_row_index("row").filter(left)
    )
    distinct = rows.select("text", "region").unique()
    places: list[Place | None] = []
    found: list[tuple[str | None, int | None]] = []
    zones = PhoneZones()
    asked = distinct.iter_rows() if distinct.height <= MOST_DISTINCT else iter(())
    for dialled, where in asked:
        phone = parse.mobile(dialled, where)
        if isinstance(phone, Expected):
            found.append((None, None))
            continue
        found.append((phone.e164, len(places)))
        places.append(Place(phone.country, zones.of(phone)))
    told = distinct.head(len(found)).with_columns(
        e164=pl.Series([one for one, _ in found], dtype=pl.String),
        code=pl.Series([code for _, code in found], dtype=pl.UInt32),
    )
    rows = rows.join(told, on=["text", "region"], how="left", nulls_equal=True)
    every = pl.DataFrame({"row": pl.int_range(text.len(), dtype=pl.UInt32, eager=True)}).with_columns(
        pl.col("row").cast(rows["row"].dtype)
    )
    spread = every.join(rows, on="row", how="left", maintain_order="left")
    return _Answer(pl.lit(spread["e164"]), spread["code"], places)


def _joined(answers: list[_Answer], rows: int) -> tuple[pl.Expr, pl.Series | None, Coded]:
    """Return the first answer of each row: the number, which rows have one, and the place."""
    if len(answers) == 1 and answers[0].codes.null_count() == 0:
        only = answers[0]
        one = len(only.places) == 1
        place = Coded.one(rows, only.places[0]) if one else Coded(rows, only.codes, only.places)
        return only.e164, None, place
    values: list[Place | None] = []
    e164s: list[pl.Expr] = []
    codes: list[pl.Expr] = []
    for answer in answers:
        there = pl.lit(answer.codes.is_not_null())
        e164s.append(pl.when(there).then(answer.e164))
        codes.append(pl.lit(answer.codes + len(values)))
        values += answer.places
    values.append(None)
    if not answers:
        return pl.lit(None, pl.String), pl.repeat(False, rows, eager=True), Coded.one(rows, None)
    nowhere = len(values) - 1
    code = pl.select(pl.coalesce([*codes, pl.lit(nowhere)])).to_series().cast(pl.UInt32)
    return pl.coalesce(e164s), code != nowhere, Coded(rows, code, values)


@cache
def _forms() -> tuple[_Form, ...]:
    forms: list[_Form] = []
    if _free(_pattern("CN", "mobile")) >= 6 and len(_zones_of_mainland()) == 1:
        mainland = partial(_Form, code="+86", digits=11, places=_mainland, named=_in_mainland)
        forms += [mainland("", regions=("CN",)), mainland("+86")]
    american = partial(_Form, code="+1", digits=10, places=_american, named=_in_america)
    return (*forms, american("", regions=_NORTH_AMERICA), american("+1"))


def _zones_of_mainland() -> set[tuple[str, ...]]:
    return {zones for prefix, zones in TIMEZONE_DATA.items() if prefix.startswith("86")}


def _in_mainland() -> list[Place | None]:
    (zones,) = _zones_of_mainland()
    return [Place("CN", zones)]


def _mainland(national: pl.Series) -> pl.Series:
    return _mobile_prefixes().gather(national // _MILLION)


@cache
def _mobile_prefixes() -> pl.Series:
    """Code 0 for every five digits that begin a mainland mobile, null for the others."""
    pattern = re.compile(_pattern("CN", "mobile"))
    codes = [0 if pattern.fullmatch(f"{prefix:05}000000") else None for prefix in range(_PREFIXES)]
    return pl.Series(codes, dtype=pl.UInt32)


def _in_america() -> list[Place | None]:
    _, zones = _american_zones()
    return [Place(country, named) for country in _NORTH_AMERICA for named in zones]


def _american(national: pl.Series) -> pl.Series:
    """The first four digits decide country and kind, the first six the zones."""
    table, zones = _american_zones()
    area = (national // 10_000).cast(pl.UInt32)
    lead = area // 100
    countries: list[int | None] = [None] * _PREFIXES
    for prefix in met(lead, _PREFIXES)[1].to_list():
        country = _country(f"{prefix:04}")
        countries[prefix] = _NORTH_AMERICA.index(country) * len(zones) if country else None
    return pl.Series(countries, dtype=pl.UInt32).gather(lead) + table.gather(area)


@cache
def _american_zones() -> tuple[pl.Series, list[tuple[str, ...]]]:
    """Return, for every six digits after +1, the place of their zones in the list beside."""
    prefixes = sorted((one for one in TIMEZONE_DATA if one.startswith("1")), key=len)
    distinct = {named: at for at, named in enumerate(dict.fromkeys(TIMEZONE_DATA[one] for one in prefixes))}
    table = [0] * (_PREFIXES * 100)
    for prefix in prefixes:
        free = 10 ** (7 - len(prefix))
        first = int(prefix[1:] or 0) * free
        table[first : first + free] = [distinct[TIMEZONE_DATA[prefix]]] * free
    return pl.Series(table, dtype=pl.UInt32), [
        tuple(sorted(zone for zone in named if zone != "Etc/Unknown")) for named in distinct
    ]


@cache
def _country(prefix: str) -> str | None:
    """Return the country of the ten-digit numbers that begin so, where all of them are alike and take texts."""
    if not all(_settled(prefix, pattern) for region in _NORTH_AMERICA for pattern in _patterns(region)):
        return None
    try:
        phone = PhoneNumber.parse(f"+1{prefix}550123")
    except ValueError:
        return None
    alike = phone.e164 == f"+1{prefix}550123" and phone.can_text and phone.country in _NORTH_AMERICA
    return phone.country if alike else None


def _settled(prefix: str, pattern: str) -> bool:
    """Whether `prefix` decides if a number of ten digits fits `pattern`."""
    free = min(_free(pattern), 10 - len(prefix))
    if free < 3:
        return False
    middles = map("".join, itertools.product("0123456789", repeat=10 - len(prefix) - free))
    fits = re.compile(pattern).fullmatch
    return len({fits(f"{prefix}{middle}{'0' * free}") is None for middle in middles}) == 1


@cache
def _patterns(region: str) -> tuple[str, ...]:
    return tuple(pattern for kind in _KINDS if (pattern := _pattern(region, kind)))


def _pattern(region: str, kind: str) -> str:
    told = PhoneMetadata.metadata_for_region(region)
    pattern: object = getattr(getattr(told, kind), "national_number_pattern", None)
    return pattern if isinstance(pattern, str) else ""


@cache
def _free(pattern: str) -> int:
    r"""Return how many last digits are free in every number that fits: 6 for ``1(?:3|4[57])\d{6}``."""
    ends = (re.search(r"((?:\\d(?:\{\d+\})?)*)$", one) for one in _alternatives(pattern))
    return min((_digits(end[1]) if end else 0 for end in ends), default=0)


def _digits(end: str) -> int:
    return sum(int(count or 1) for count in re.findall(r"\\d(?:\{(\d+)\})?", end))


def _alternatives(pattern: str) -> Iterable[str]:
    """Yield what stands between the bars outside all brackets."""
    depth, start = 0, 0
    for at, one in enumerate(pattern):
        depth += (one in "([") - (one in ")]")
        if one == "|" and depth == 0:
            yield pattern[start:at]
            start = at + 1
    yield pattern[start:]
