"""Checks of a vault: what is sealed is kept by subject, replaced by row, and gone when it is shredded."""

from __future__ import annotations

from datetime import timedelta

from loansms.model import Purpose
from loansms.stores import SealedField, Shredded, SubjectKey
from loansms.testing.examples import AT, claim
from loansms.testing.kept_case import KeptCase

DAY = timedelta(days=1)
SUBJECT = "example|B-1"


def _key(subject: str, wrapped: bytes = b"wrapped", kek_id: str = "kek-1") -> SubjectKey:
    return SubjectKey(subject=subject, suite="intl", kek_id=kek_id, wrapped=wrapped)


def _field(
    subject: str = SUBJECT, row: str = "", name: str = "phone", value: bytes = b"v", days: int | None = None
) -> SealedField:
    ends = None if days is None else AT + days * DAY
    return SealedField(subject=subject, name=name, row=row, value=value, at=AT, keep_until=ends)


class VaultChecks(KeptCase):
    """Sealed values by subject."""

    def test_the_first_key_of_a_subject_stays(self) -> None:
        """Two workers that make one at a time end with the same."""
        with self.opened_full() as store:
            assert store.add_subject_keys([_key("s-1", b"one")]) == {"s-1": _key("s-1", b"one")}
            got = store.add_subject_keys([_key("s-1", b"two"), _key("s-2", b"three")])
            assert got == {"s-1": _key("s-1", b"one"), "s-2": _key("s-2", b"three")}
            assert store.subject_keys(["s-1", "s-3"]) == {"s-1": _key("s-1", b"one")}
            assert store.subject_keys_after("", 1) == [_key("s-1", b"one")]
            assert store.subject_keys_after("s-1", 9) == [_key("s-2", b"three")]

    def test_a_key_is_wrapped_anew_once(self) -> None:
        """The old wrapping is gone, and whoever still holds it cannot put it back."""
        with self.opened_full() as store:
            old, new = _key("s-1", b"one"), _key("s-1", b"two", "kek-2")
            store.add_subject_keys([old])
            assert store.rewrap_subject_key(old, new)
            assert not store.rewrap_subject_key(old, _key("s-1", b"x"))
            assert store.subject_keys(["s-1"]) == {"s-1": new}

    def test_fields_are_found_by_subject_and_row(self) -> None:
        """An equal one is replaced; what a claim seals is kept with it."""
        with self.opened_full() as store:
            store.keep_sealed([_field(), _field(row="m-1", name="body", value=b"b1")])
            store.keep_sealed([_field(value=b"v2")])
            store.claim([claim(sealed=(_field(row="step-1", name="body", value=b"b2"),), tags=("t-1",))])
            store.claim([claim(sealed=(_field(row="step-1", name="body", value=b"never"),))])
            found = [(one.row, one.name, one.value) for one in store.sealed(SUBJECT)]
            assert found == [("", "phone", b"v2"), ("m-1", "body", b"b1"), ("step-1", "body", b"b2")]
            assert [one.value for one in store.sealed(SUBJECT, "m-1")] == [b"b1"]
            assert store.find_subjects(["t-1"]) == {SUBJECT}
            assert store.sealed("nobody") == []

    def test_a_phone_is_found_by_any_of_its_tags(self) -> None:
        """While index keys rotate both tags stand for the subject."""
        with self.opened_full() as store:
            store.keep_sealed([], {"s-1": ["old-tag", "new-tag"], "s-2": ["new-tag"]})
            store.keep_sealed([], {"s-1": ["old-tag"]})
            assert store.find_subjects(["old-tag"]) == {"s-1"}
            assert store.find_subjects(["new-tag", "none"]) == {"s-1", "s-2"}
            assert store.find_subjects([]) == set()

    def test_shredding_leaves_the_suppression_alone(self) -> None:
        """Key, fields and tags go; that the person refused stays, and so does everybody else's."""
        with self.opened_full() as store:
            store.add_subject_keys([_key(SUBJECT), _key("s-2")])
            store.keep_sealed([_field(), _field("s-2")], {SUBJECT: ["t-1"], "s-2": ["t-2"]})
            store.suppress(SUBJECT, "opted_out", AT)
            store.claim([claim(purpose=Purpose.OTP, number="t-1")])
            assert store.shred(SUBJECT, AT, "desk-1") == Shredded(keys=1, fields=1, tags=1)
            assert store.shred(SUBJECT, AT, "desk-1") == Shredded(keys=0, fields=0, tags=0)
            assert store.subject_keys([SUBJECT, "s-2"]) == {"s-2": _key("s-2")}
            assert (store.sealed(SUBJECT), store.find_subjects(["t-1", "t-2"])) == ([], {"s-2"})
            assert store.histories([SUBJECT], AT)[SUBJECT].opted_out
            assert [one.number for one in store.attempts()] == [""]
            assert [one.record.kind.value for one in store.entries(debtor=SUBJECT)] == [
                "suppressed", "claimed", "shredded", "shredded",
            ]  # fmt: skip

    def test_a_sweep_takes_what_is_over(self) -> None:
        """To the very moment, and says in the journal how many."""
        with self.opened_full() as store:
            store.keep_sealed([_field(row=f"m-{days}", days=days) for days in (1, 2, 3)])
            store.keep_sealed([_field(row="m-0")])
            assert store.sweep_sealed(AT + 2 * DAY, AT, "sweeper") == 2
            assert store.sweep_sealed(AT + 2 * DAY, AT, "sweeper") == 0
            assert [one.row for one in store.sealed(SUBJECT)] == ["m-0", "m-3"]
            (told,) = store.entries()
            assert (told.record.kind.value, told.record.data["fields"]) == ("swept", 2)
