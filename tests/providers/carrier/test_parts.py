"""What a borrower got of a long message is told the same, however the reports of its segments come in."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from loansms.model import Accepted, DeliveryReceipt, DeliveryStatus, PhoneNumber, Rejected
from loansms.providers.carrier.parts import PartsBook, Sent
from loansms.testing.examples import AT, message

S = DeliveryStatus
FINAL = [S.DELIVERED, S.UNDELIVERED, S.EXPIRED, S.REJECTED]


def report(
    part: int, status: S = S.DELIVERED, seconds: int = 0, code: str = "", **more: object
) -> DeliveryReceipt:
    return DeliveryReceipt(
        provider_message_id=f"p{part}",
        step_key=None,
        status=status,
        at=AT + timedelta(seconds=seconds),
        raw_code=code,
        **more,
    )


def sent_in(book: PartsBook, parts: int) -> Sent:
    sent, _ = book.open(message(), parts, AT)
    for place in range(parts):
        assert book.taken(sent, place, Accepted(f"p{place}"), AT) == []
    return sent


def told(book: PartsBook, *reports: DeliveryReceipt) -> list[S]:
    return [news.status for one in reports for news in book.reported(one, AT, expecting=False)]


@settings(max_examples=60)
@given(st.data(), st.integers(1, 4))
def test_order_repetition_and_overtaking_change_nothing_in_the_end(data: st.DataObject, parts: int) -> None:
    statuses = data.draw(st.lists(st.sampled_from(FINAL), min_size=parts, max_size=parts))
    reports = [report(place, status) for place, status in enumerate(statuses)]
    coming: list[DeliveryReceipt | int] = [
        *range(parts),
        *reports,
        *data.draw(st.lists(st.sampled_from(reports), max_size=4)),
    ]
    book = PartsBook()
    sent, _ = book.open(message(), parts, AT)
    news: list[DeliveryReceipt] = []
    for one in data.draw(st.permutations(coming)):
        if isinstance(one, int):
            news += book.taken(sent, one, Accepted(f"p{one}"), AT)
        else:
            news += book.reported(one, AT, expecting=True)
    delivered = statuses.count(S.DELIVERED)
    wanted = S.DELIVERED if delivered == parts else S.PARTIAL if delivered else None
    assert len(news) == 1
    assert news[0].status is (wanted or news[0].status)
    assert (news[0].step_key, news[0].provider_message_id, news[0].segments) == ("step-1", "p0", parts)
    assert news[0].status in {S.DELIVERED, S.PARTIAL, *statuses}
    assert book.age(AT + timedelta(minutes=5)) == []


def test_two_of_three_delivered_is_never_called_delivered() -> None:
    book = PartsBook()
    sent_in(book, 3)
    assert told(book, report(0), report(2), report(0)) == []
    assert [one.status for one in book.age(AT + timedelta(hours=73))] == [S.PARTIAL]
    assert len(book) == 0


def test_a_delivery_stands_against_a_later_failure_and_overturns_an_earlier_one() -> None:
    book = PartsBook()
    sent_in(book, 1)
    assert told(book, report(0, S.UNDELIVERED), report(0), report(0, S.UNDELIVERED, 9)) == [
        S.UNDELIVERED,
        S.DELIVERED,
    ]


def test_a_report_on_the_way_settles_nothing_and_is_told_once() -> None:
    book = PartsBook()
    sent_in(book, 2)
    way = report(0, S.ACCEPTED)
    assert told(book, way, report(1, S.ACCEPTED), way, report(0), report(1)) == [S.ACCEPTED, S.DELIVERED]


def test_a_segment_the_gateway_refused_makes_the_message_partial_at_once() -> None:
    book = PartsBook()
    sent, _ = book.open(message(), 2, AT)
    book.taken(sent, 0, Accepted("p0"), AT)
    (news,) = book.refused(sent, 1, Rejected("13"), AT)
    assert (news.status, news.raw_code, news.step_key) == (S.PARTIAL, "13", "step-1")
    assert told(book, report(0)) == []


def test_a_late_answer_after_unknown_is_told_through_a_receipt() -> None:
    book = PartsBook()
    taken, _ = book.open(message(), 1, AT)
    refused, _ = book.open(message(step_key="step-2"), 1, AT)
    assert book.unsure(taken, AT) == book.unsure(refused, AT) == []
    (first,) = book.taken(taken, 0, Accepted("p0"), AT)
    (second,) = book.refused(refused, 0, Rejected("8"), AT)
    assert (first.status, first.step_key, first.provider_message_id) == (S.ACCEPTED, "step-1", "p0")
    assert (second.status, second.step_key, second.raw_code) == (S.REJECTED, "step-2", "8")


def test_a_strange_report_is_handed_out_once_as_it_is_and_only_after_nobody_can_claim_it() -> None:
    book = PartsBook()
    strange = report(7, code="UNDELIV")
    assert book.reported(strange, AT, expecting=True) == []
    assert book.age(AT + timedelta(seconds=59)) == []
    assert book.age(AT + timedelta(seconds=61)) == [strange]
    assert told(book, strange) == []


def test_a_report_on_another_number_is_no_report_on_this_message() -> None:
    book = PartsBook()
    sent_in(book, 1)
    other = report(0, phone=PhoneNumber.parse("13800138000", region="CN"))
    assert book.reported(other, AT, expecting=False) == [other]
    assert told(book, report(0, S.EXPIRED, phone=message().to)) == [S.EXPIRED]


def test_news_that_could_not_be_kept_is_told_again_when_the_report_is_brought_again() -> None:
    book = PartsBook()
    sent_in(book, 2)
    told(book, report(0))
    news = book.reported(report(1), AT, expecting=False)
    book.untold(news)
    assert book.reported(report(1), AT, expecting=False) == news


@settings(max_examples=20)
@given(st.lists(st.integers(0, 30), max_size=60))
def test_a_book_holds_so_much_and_no_more(ids: list[int]) -> None:
    book = PartsBook(most=5)
    for place, number in enumerate(ids):
        sent, _ = book.open(message(step_key=f"s-{place}"), 1, AT)
        book.taken(sent, 0, Accepted(f"p{number}"), AT)
        book.reported(report(number + 100 + place), AT, expecting=True)
        assert len(book) <= 5
    held = [value for name, value in vars(book).items() if hasattr(value, "__len__")]
    assert all(len(one) <= 6 for one in held)
