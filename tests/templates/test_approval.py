"""No text reaches a borrower by one person's hand, and an approval holds for the words it was given to only."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from loansms.errors import TemplateError
from loansms.templates import (
    Approval,
    ApprovalState,
    Catalogue,
    Template,
    advance,
    approvals_text,
    drafts,
    lint,
    refusal,
    render,
    sample_text,
    standing,
)
from loansms.templates.approval_rows import approvals_of
from loansms.templates.review import sample_lender, sample_values

DAY = date(2026, 9, 1)
SHIPPED = Catalogue.builtin().get("reminder.due_in_7", "zh-CN")
WORDS = '[reminder]\ndue_in_7 = "还款日{due_on}，应还{amount_due}，可通过{pay_channel}还款。"'
KEY = ("reminder.due_in_7", "zh-CN")
# Two spellings of one id are one person.
PEOPLE = st.sampled_from(["e-1", "E-1", "ｅ-1", "e-2", "e-3"])
DAYS = st.dates(min_value=DAY, max_value=DAY + timedelta(days=3))


def person(staff_id: str) -> str:
    return "e-1" if staff_id in {"E-1", "ｅ-1"} else staff_id


class Desk(RuleBasedStateMachine):
    """People of a lender try every step in any order, and now and then change the words."""

    @initialize(author=PEOPLE)
    def write(self, author: str) -> None:
        self.template = evolve(SHIPPED, text=SHIPPED.text, approval=None)
        self.author = author
        self.acts: list[tuple[ApprovalState, str, date]] = []

    @rule(to=st.sampled_from(ApprovalState), by=PEOPLE, on=DAYS)
    def step(self, to: ApprovalState, by: str, on: date) -> None:
        before = standing(self.template, self.author)
        try:
            after = advance(before, to, by=by, on=on)
        except TemplateError:
            return
        self.template = evolve(self.template, approval=after)
        self.acts.append((to, by, on))

    @rule(more=st.sampled_from([" ", "。", "谢谢"]), author=PEOPLE)
    def change_words(self, more: str, author: str) -> None:
        before = self.template.approval
        self.template = evolve(self.template, text=self.template.text + more)
        assert self.template.approval is before
        self.author, self.acts = author, []

    @invariant()
    def the_state_is_what_was_done_to_these_words(self) -> None:
        assert self.template.state is (self.acts[-1][0] if self.acts else ApprovalState.DRAFT)

    @invariant()
    def one_person_alone_releases_nothing(self) -> None:
        who = {to: person(by) for to, by, _ in self.acts}
        if ApprovalState.APPROVED in who:
            assert who[ApprovalState.APPROVED] not in {person(self.author), who[ApprovalState.REVIEWED]}
        released = refusal(self.template, approved_only=True) is None
        assert released is (list(who) == [ApprovalState.REVIEWED, ApprovalState.APPROVED])

    @invariant()
    def the_days_run_forward(self) -> None:
        days = [on for _, _, on in self.acts]
        assert days == sorted(days)

    @invariant()
    def what_is_written_is_what_is_read(self) -> None:
        approval = self.template.approval
        if approval is not None:
            [read] = approvals_of(tomllib.loads(approvals_text([approval])), "approvals.toml").values()
            assert read == approval


TestDesk = Desk.TestCase


def approved(template: Template, to: ApprovalState = ApprovalState.APPROVED) -> Approval:
    made = standing(template, "e-1")
    for state, by in (("reviewed", "e-1"), ("approved", "e-2"), ("retired", "e-3")):
        made = advance(made, state, by=by, on=DAY)
        if made.state is to:
            break
    return made


def keep(root: Path, approvals: Sequence[Approval]) -> None:
    """Add `approvals` to those of a folder, each in the place of the one for its text."""
    there = [one.approval for one in Catalogue.load(root).templates.values() if one.approval]
    kept = {(one.template, one.locale): one for one in (*there, *approvals)}
    (root / "approvals.toml").write_text(approvals_text(kept.values()), encoding="utf-8")


def folder(root: Path, **files: str) -> Path:
    (root / "zh-CN").mkdir(exist_ok=True)
    (root / "zh-CN" / "mine.toml").write_text(WORDS, encoding="utf-8")
    for name, content in files.items():
        (root / f"{name}.toml").write_text(content, encoding="utf-8")
    return root


@pytest.mark.parametrize("by", ["", " ", "e 1", 'e"1', "e\n1", "x" * 65])
def test_who_releases_a_text_is_a_staff_id(by: str) -> None:
    with pytest.raises(TemplateError, match=r"reviewed_by: expected a staff id") as caught:
        advance(standing(evolve(SHIPPED, approval=None), "e-1"), "reviewed", by=by, on=DAY)
    assert "reviewed_by：应为员工编号" in caught.value.zh


def test_a_jump_is_told_with_the_step_that_comes_next() -> None:
    draft = standing(evolve(SHIPPED, approval=None), "e-1")
    with pytest.raises(TemplateError, match="draft cannot become approved; expected reviewed next"):
        advance(draft, "approved", by="e-2", on=DAY)
    retired = approved(evolve(SHIPPED, approval=None), ApprovalState.RETIRED)
    with pytest.raises(TemplateError, match="retired cannot become approved; nothing follows"):
        advance(retired, "approved", by="e-9", on=DAY)
    with pytest.raises(TemplateError, match="state: expected one of draft, reviewed, approved, retired"):
        advance(draft, "released", by="e-2", on=DAY)


def test_an_approval_cannot_be_claimed_in_code_without_its_people() -> None:
    with pytest.raises(TemplateError, match="approved_by: e-1 wrote or reviewed this text"):
        Approval(
            template="care.mine", locale="en", version="0" * 12, state=ApprovalState.APPROVED, drafted_by="e-1",
            reviewed_by="e-2", reviewed_on=DAY, approved_by="e-1", approved_on=DAY,
        )  # fmt: skip


CHANGED: Mapping[str, Mapping[str, Any]] = {
    "text": {"text": SHIPPED.text + "。"},
    "locale": {"locale": "zh-Hant"},
    "a slot": {"slots": {**SHIPPED.slots, "due_on": evolve(SHIPPED.slots["due_on"], year=True)}},
    "its length": {"slots": {**SHIPPED.slots, "due_on": evolve(SHIPPED.slots["due_on"], max_length=21)}},
    "frame": {"frame": evolve(SHIPPED.frame, opening="您好，")},
    "opt-out line": {"frame": evolve(SHIPPED.frame, opt_out={"*": "STOP"})},
    "purpose": {"purpose": Catalogue.builtin().get("otp.code", "en").purpose},
    "facts": {"facts": ("credit_reporting",)},
    "opt-out": {"opt_out": True},
    "education": {"education": not SHIPPED.education},
}


@pytest.mark.parametrize("what", CHANGED)
def test_whatever_changes_what_is_said_makes_a_draft_of_an_approved_text(what: str) -> None:
    changed = evolve(SHIPPED, **CHANGED[what])
    assert changed.version != SHIPPED.version
    assert (SHIPPED.state, changed.state) == (ApprovalState.APPROVED, ApprovalState.DRAFT)
    told = refusal(changed, approved_only=True)
    assert told is not None
    assert all(f"{one.version}" in str(told) and one.version in told.zh for one in (SHIPPED, changed))


def test_a_choice_with_other_words_is_another_version_in_its_language_alone() -> None:
    template = Catalogue.builtin().get("otp.code", "zh-CN")
    slot = template.slots["action"]

    def saying(locale: str) -> Template:
        choices = {key: {**words, locale: "其他"} for key, words in slot.choices.items()}
        return evolve(template, slots={**template.slots, "action": evolve(slot, choices=choices)})

    assert saying("zh-CN").version != template.version
    assert saying("fr").version == template.version


def test_the_same_words_are_the_same_version_wherever_they_stand() -> None:
    moved = evolve(SHIPPED, id="reminder.mine", source="elsewhere.toml", approval=None)
    slots = {name: evolve(slot, samples={"*": "1"}) for name, slot in SHIPPED.slots.items()}
    assert moved.version == evolve(SHIPPED, slots=slots).version == SHIPPED.version
    assert len(SHIPPED.version) == 12
    assert set(SHIPPED.version) <= set("0123456789abcdef")


def test_all_that_ships_is_approved_in_the_words_it_ships_with() -> None:
    shipped = Catalogue.builtin().templates.values()
    assert {one.state for one in shipped} == {ApprovalState.APPROVED}
    assert {one.approval.source for one in shipped if one.approval} == {"shipped"}


def test_a_folder_s_text_is_a_draft_until_two_people_release_it(tmp_path: Path) -> None:
    mine = Catalogue.load(folder(tmp_path)).get(*KEY)
    assert mine.state is ApprovalState.DRAFT
    lender = sample_lender("zh-CN")
    values = sample_values(mine, lender)
    assert render(mine, values, lender=lender).text
    with pytest.raises(
        TemplateError, match=r"only an approved template goes out; next step: .* --to reviewed"
    ):
        render(mine, values, lender=lender, approved_only=True)
    for to, by in (("reviewed", "e-1"), ("approved", "e-2")):
        before = Catalogue.load(tmp_path).get(*KEY)
        keep(tmp_path, [advance(standing(before, "e-1"), to, by=by, on=DAY)])
    released = Catalogue.load(tmp_path)
    assert render(released.get(*KEY), values, lender=lender, approved_only=True).text
    assert drafts(released) == []
    (tmp_path / "zh-CN" / "mine.toml").write_text(WORDS.replace("应还", "需还"), encoding="utf-8")
    assert Catalogue.load(tmp_path).get(*KEY).state is ApprovalState.DRAFT


def test_a_frame_of_one_s_own_makes_drafts_of_the_built_in_texts_in_that_language(tmp_path: Path) -> None:
    changed = Catalogue.load(folder(tmp_path, frames='[en]\nopening = "Hi from {lender_name}: "'))
    states = {one.locale: one.state for one in changed.templates.values() if one.id == "care.birthday"}
    assert states == {"en": "draft", "zh-CN": "approved", "zh-Hant": "approved"}
    [found] = drafts(changed)
    assert (found.rule, found.severity) == ("not_approved", "warning")
    english = sum(one.locale == "en" for one in changed.templates.values())
    assert f"{english + 1} of {len(changed.templates)} texts" in found.message


def test_a_retired_text_is_rendered_for_nobody_and_can_still_be_checked(tmp_path: Path) -> None:
    mine = Catalogue.load(folder(tmp_path)).get(*KEY)
    keep(tmp_path, [approved(mine, ApprovalState.RETIRED)])
    keep(tmp_path, [advance(standing(SHIPPED_CARE, "e-1"), "retired", by="e-3", on=DAY)])
    catalogue = Catalogue.load(tmp_path)
    for one in (catalogue.get(*KEY), catalogue.get("care.birthday", "en")):
        lender = sample_lender(one.locale)
        with pytest.raises(TemplateError, match=r"retired on 2026-09-01: it is no longer sent"):
            render(one, sample_values(one, lender), lender=lender)
        assert sample_text(one)
    assert [one for one in lint(catalogue) if one.severity == "error"] == []
    assert drafts(catalogue) == []


SHIPPED_CARE = Catalogue.builtin().get("care.birthday", "en")
ROW = f"""[[approvals]]
template = "reminder.due_in_7"
locale = "zh-CN"
version = "{SHIPPED.version}"
"""
BAD = {
    'state = "reviewed"': "drafted_by: expected a staff id",
    'state = "reviewed"\ndrafted_by = "e-1"': "reviewed_by: expected a staff id",
    'state = "reviewed"\ndrafted_by = "e-1"\nreviewed_by = "e-1"': "reviewed_on: expected a date",
    'state = "released"\ndrafted_by = "e-1"': "expected one of draft, reviewed, approved, retired at .state",
    'drafted_by = "e-1"\nsource = "shipped"': "unknown keys source",
    'drafted_by = "e-1"\ndrafted_on = "2026-09-01"': "expected a date such as",
    'drafted_by = "e-1"\nnote = "a\\nb"': "note: expected one line",
    'drafted_by = ["e-1"]': "expected text in quotes at .drafted_by",
    'state = "approved"\ndrafted_by = "e-1"\nreviewed_by = "e-2"\nreviewed_on = 2026-09-02\n'
    'approved_by = "E-2"\napproved_on = 2026-09-02': "approved_by: E-2 wrote or reviewed this text",
    'state = "approved"\ndrafted_by = "e-1"\nreviewed_by = "e-2"\nreviewed_on = 2026-09-02\n'
    'approved_by = "e-3"\napproved_on = 2026-09-01': "approved_on: expected a day not before 2026-09-02",
    'drafted_by = "e-1"\n' + ROW + 'drafted_by = "e-1"': "stands there twice",
}  # fmt: skip


@pytest.mark.parametrize("more", BAD)
def test_a_row_that_does_not_hold_is_told_by_file_id_and_key(tmp_path: Path, more: str) -> None:
    with pytest.raises(TemplateError) as caught:
        Catalogue.load(folder(tmp_path, approvals=ROW + more))
    said = str(caught.value)
    assert said.startswith("approvals.toml reminder.due_in_7")
    assert BAD[more] in said
    assert "\n" not in said
    assert caught.value.zh.startswith("approvals.toml reminder.due_in_7")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("approvals = 1", r"approvals.toml: expected \[\[approvals\]\] rows"),
        ("[approved]", r"approvals.toml: expected \[\[approvals\]\] rows"),
        ("approvals = [1]", r"approvals.toml row 1: expected a table"),
        (
            ROW.replace("due_in_7", "due_in_8") + 'drafted_by = "e-1"',
            "no such text; did you mean reminder.due_in_",
        ),
        (ROW.replace("zh-CN", "fr") + 'drafted_by = "e-1"', "no such text; its locales: en, zh-CN, zh-Hant"),
        ("[[approvals", "expected TOML in UTF-8"),
    ],
)
def test_a_file_that_is_none_of_approvals_is_refused(tmp_path: Path, content: str, expected: str) -> None:
    with pytest.raises(TemplateError, match=expected) as caught:
        Catalogue.load(folder(tmp_path, approvals=content))
    assert caught.value.zh


@given(note=st.text(st.characters(codec="utf-8"), max_size=40))
def test_a_note_comes_back_as_it_was_written_or_is_refused(note: str) -> None:
    draft = standing(evolve(SHIPPED, approval=None), "e-1")
    try:
        noted = evolve(draft, note=note)
    except TemplateError:
        assert not note.isprintable()
        return
    [read] = approvals_of(tomllib.loads(approvals_text([noted])), "approvals.toml").values()
    assert read.note == note
