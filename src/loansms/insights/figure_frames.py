"""What figures are counted from, as frames of one form: attempts of a ledger, events and bills of the host."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, tzinfo
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import frozen

from loansms.errors import CallerError
from loansms.insights.host_frames import frame_of
from loansms.model import DeliveryStatus
from loansms.policy import Experiment, Policy
from loansms.services.sending.claims import JOINED
from loansms.services.watching.guardrails import LOST
from loansms.stores import AttemptRecord, AttemptState

if TYPE_CHECKING:
    import polars


@frozen
class People:
    """The segment and the time zone of each borrower the host tells of."""

    segments: Mapping[str, str]
    zones: Mapping[str, str]


def events_of(name: str, given: object, zone: tzinfo, as_of: datetime) -> polars.DataFrame:
    """Return what happened until `as_of`, in UTC; a payment told twice stands once."""
    import polars as pl  # noqa: PLC0415 - an extra

    frame = frame_of(name, given)
    kind = frame.schema["at"]
    if frame.is_empty():
        return frame.with_columns(pl.lit(None, pl.Datetime("us", "UTC")).alias("at"))
    if isinstance(kind, pl.Date) and name in ("payments", "promises"):
        ends = {day: _end_of(day, zone, as_of) for day in frame["at"].unique().to_list()}
        at = pl.col("at").replace_strict(
            pl.Series(list(ends), dtype=pl.Date()),
            pl.Series(list(ends.values()), dtype=pl.Datetime("us", "UTC")),
        )
    elif isinstance(kind, pl.Datetime) and kind.time_zone:
        at = pl.col("at").dt.convert_time_zone("UTC").dt.cast_time_unit("us")
    else:
        raise CallerError(
            f"{name}.at: expected aware times (payments and promises may have dates)",
            f"{name}.at：应为带时区的时间（还款与承诺可仅有日期）",
        )
    frame = frame.with_columns(at).filter(pl.col("at") <= as_of.astimezone(UTC))
    if name != "payments":
        return frame
    once = frame.unique(maintain_order=True)
    if once["payment_id"].n_unique() < once.height:
        raise CallerError(
            "payments.payment_id: expected rows of one id to be alike; some differ",
            "payments.payment_id：同一编号的还款应完全一致，存在不一致的行",
        )
    return once


def _end_of(day: date, zone: tzinfo, as_of: datetime) -> datetime:
    end = datetime.combine(day, time.max, zone).astimezone(UTC)
    return min(end, as_of.astimezone(UTC)) if day == as_of.astimezone(zone).date() else end


def people_of(given: object) -> People:
    """Return what is known of borrowers. Raise CallerError where one borrower has two rows that differ."""
    if given is None:
        return People({}, {})
    frame = frame_of("people", given).unique()
    if frame["borrower_id"].n_unique() < frame.height:
        raise CallerError(
            "people.borrower_id: expected one row for each borrower",
            "people.borrower_id：每位借款人应只有一行",
        )
    told: list[dict[str, str]] = []
    for column in ("segment", "timezone"):
        pairs = frame.select("borrower_id", column).drop_nulls().rows() if column in frame.columns else []
        told.append(dict(pairs))
    return People(*told)


def messages_of(
    attempts: Iterable[AttemptRecord],
    zone: tzinfo,
    people: People,
    policy: Policy | None,
    experiment: Experiment | None,
    as_of: datetime,
) -> polars.DataFrame:
    """Return a row for each attempt until `as_of`; the steps that another one's text spoke for name it as `carrier`."""
    import polars as pl  # noqa: PLC0415 - an extra

    stages = {step.id: step.stage for step in policy.steps} if policy else {}
    zone_of = _zones(zone, people.zones)
    arm_of: Callable[[str], str] = cache(experiment.arm) if experiment else _no_arm
    made = [one for one in attempts if one.at <= as_of]
    carriers = {_words(one): one.step_key for one in made if one.code != JOINED}
    rows = [
        (
            one.step_key,
            one.borrower_id,
            one.loan_id,
            one.template,
            one.step,
            one.stage or stages.get(one.step) or stages.get(one.step.rpartition(".")[0], ""),
            one.channel.value,
            one.purpose.value,
            one.at.astimezone(UTC),
            one.at.astimezone(zone_of(one.borrower_id)).hour,
            people.segments.get(one.borrower_id, ""),
            arm_of(one.borrower_id),
            carriers.get(_words(one), one.step_key) if one.code == JOINED else one.step_key,
            one.state is AttemptState.ACCEPTED,
            one.state is AttemptState.ACCEPTED and one.delivery is DeliveryStatus.DELIVERED,
            one.state is AttemptState.ACCEPTED and one.delivery in LOST,
            not one.state.counts and one.code != JOINED,
            one.state.is_open,
            one.route,
            one.segments or None,
        )
        for one in made
    ]
    text = dict.fromkeys(
        ("step_key", "borrower_id", "loan_id", "template", "step", "stage", "channel", "purpose"), pl.String()
    )
    frame = pl.DataFrame(
        rows,
        schema={
            **text,
            "at": pl.Datetime("us", "UTC"),
            "hour": pl.Int8(),
            **dict.fromkeys(("segment", "arm", "carrier"), pl.String()),
            **dict.fromkeys(("sent", "delivered", "undelivered", "refused", "unknown"), pl.Boolean()),
            "route": pl.String(),
            "claimed_segments": pl.Int64(),
        },
        orient="row",
    )
    if frame["step_key"].n_unique() < frame.height:
        raise CallerError(
            "attempts: expected each step key once; two ledgers of one book were joined",
            "attempts：每个步骤键应只出现一次，请勿合并同一台账的两份账本",
        )
    return frame


def _no_arm(_borrower_id: str) -> str:
    return ""


def _words(one: AttemptRecord) -> tuple[str, str, datetime]:
    return one.debtor, one.fingerprint, one.at


def _zones(zone: tzinfo, named: Mapping[str, str]) -> Callable[[str], tzinfo]:
    @cache
    def read(name: str) -> tzinfo:
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise CallerError(
                "people.timezone: expected IANA names, such as Asia/Shanghai",
                "people.timezone：应为 IANA 时区名，例如 Asia/Shanghai",
            ) from None

    return lambda borrower_id: read(named[borrower_id]) if borrower_id in named else zone


def bill_of(given: object, messages: polars.DataFrame, provider: str) -> polars.DataFrame:
    """Return the messages with cost, segments and provider: as billed, else as the ledger has them."""
    import polars as pl  # noqa: PLC0415 - an extra

    empty = {"cost": pl.Decimal(38, 6), "segments": pl.Int64(), "provider": pl.String()}
    bill = frame_of("bill", [] if given is None else given)
    if bill["step_key"].n_unique() < bill.height:
        raise CallerError(
            "bill.step_key: expected each message once; add its parts up first",
            "bill.step_key：每条消息应只有一行，请先汇总",
        )
    bill = bill.with_columns(
        pl.lit(None, kind).alias(name) for name, kind in empty.items() if name not in bill.columns
    )
    joined = messages.join(bill.select("step_key", *empty), on="step_key", how="left")
    route = pl.when(pl.col("route") != "").then("route")
    return joined.with_columns(
        pl.coalesce("provider", route, pl.lit(provider)).alias("provider"),
        pl.coalesce(pl.col("segments").cast(pl.Int64()), "claimed_segments").alias("segments"),
    ).drop("route", "claimed_segments")


def currency_of(payments: polars.DataFrame | None) -> str | None:
    """Return the one currency of the payments. Raise CallerError for several."""
    if payments is None or "currency" not in payments.columns:
        return None
    found = payments["currency"].drop_nulls().unique().to_list()
    if len(found) > 1:
        raise CallerError(
            "payments.currency: expected one currency; take the figures of one at a time",
            "payments.currency：应只有一种币种，请按币种分别统计",
        )
    return found[0] if found else None
