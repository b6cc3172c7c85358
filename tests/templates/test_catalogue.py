"""A lender's own folder of templates: laid over ours, reviewed once, refused with file, id and key."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from attrs import frozen

from loansms import Lender, Purpose, RecipientRole
from loansms.errors import TemplateError
from loansms.templates import Catalogue, render, sample_text


def folder(root: Path, files: Mapping[str, str]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return root


@frozen
class Finding:
    family: str
    message: str


@frozen
class Review:
    allowed: bool
    findings: tuple[Finding, ...] = ()


class Judge:
    """A reviewer that refuses one word and remembers what it was shown."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.seen: list[tuple[str, str, Purpose, Mapping[str, object], RecipientRole | None]] = []

    def __call__(
        self,
        text: str,
        *,
        language: str,
        purpose: Purpose,
        facts: Mapping[str, object],
        recipient_role: RecipientRole | None,
    ) -> Review:
        self.seen.append((text, language, purpose, facts, recipient_role))
        if self.word in text:
            return Review(False, (Finding("false_urgency", "no fact for it"), Finding("insult", "rude")))
        return Review(True, (Finding("warning", "passes"),))


def test_the_built_in_catalogue_is_read_once_and_cannot_be_changed() -> None:
    catalogue = Catalogue.builtin()
    assert catalogue is Catalogue.builtin()
    with pytest.raises(TypeError):
        catalogue.templates["x", "en"] = catalogue.get("otp.code", "en")
    with pytest.raises(TypeError):
        catalogue.get("otp.code", "en").slots["x"] = catalogue.vocabulary["code"]


def test_an_own_text_takes_the_place_of_ours_in_that_language_only(tmp_path: Path) -> None:
    mine = folder(
        tmp_path,
        {
            "zh-CN/mine.toml": '[reminder]\ndue_in_7 = "还款日{due_on}，{amount_due}，可通过{pay_channel}还款。"'
        },
    )
    catalogue = Catalogue.load(mine)
    own = catalogue.get("reminder.due_in_7", "zh-CN")
    assert (own.source, tuple(own.slots)) == ("zh-CN/mine.toml", ("due_on", "amount_due"))
    assert own.purpose is Purpose.REPAYMENT_REMINDER
    ours = Catalogue.builtin()
    assert catalogue.get("reminder.due_in_7", "en") == ours.get("reminder.due_in_7", "en")
    assert catalogue.ids() == ours.ids()
    assert ours.get("reminder.due_in_7", "zh-CN").source != own.source


def test_a_new_template_brings_its_purpose_its_slots_and_its_language(tmp_path: Path) -> None:
    mine = folder(
        tmp_path,
        {
            "templates.toml": '[notice.branch_moved]\npurpose = "transaction_notice"\n',
            "slots.toml": '[branch]\nkind = "text"\nmax_length = 12\nsamples = { "*" = "Filiale" }\n',
            "de/notice.toml": '[notice]\nbranch_moved = "Neu: {branch}."',
        },
    )
    template = Catalogue.load(mine).get("notice.branch_moved", "de")
    assert render(template, {"branch": "Mitte"}).text == "Neu: Mitte."
    assert template.free_text == ("branch",)
    assert sample_text(template).endswith("Neu: Filiale.")


def test_without_the_built_in_ones_only_the_own_templates_are_there(tmp_path: Path) -> None:
    mine = folder(
        tmp_path,
        {
            "templates.toml": '[otp.code]\npurpose = "otp"\n',
            "slots.toml": '[code]\nkind = "code"\n',
            "en/otp.toml": '[otp]\ncode = "Code {code} to sign in, valid 5 minutes, do not share."',
        },
    )
    catalogue = Catalogue.load(mine, builtin=False)
    assert catalogue.ids() == ("otp.code",)
    assert catalogue.resolve_locale("otp.code", "zh-CN") == "en"


TEMPLATES = '[notice.mine]\npurpose = "transaction_notice"\n'


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"notes.txt": "hello"}, "no .toml file"),
        ({"zh-CN/a.toml": "[notice\n"}, "zh-CN/a.toml: expected TOML in UTF-8: .*line 1"),
        ({"zh-XX-CN-1/a.toml": ""}, "zh-XX-CN-1: locale: expected a language tag"),
        ({"en/a.toml": '[greeting]\nhello = "Hi"'}, "en/a.toml greeting: expected a kind of template: alert"),
        ({"en/a.toml": 'notice = "Hi"'}, "en/a.toml notice: expected a table"),
        ({"en/a.toml": "[notice]\ndisbursed = 3"}, "en/a.toml notice.disbursed: expected text"),
        ({"en/a.toml": '[notice]\nnew = "Hi"'}, "en/a.toml notice.new: no purpose declared"),
        (
            {"en/a.toml": '[otp]\ncode = "{cod} valid"'},
            r"en/a.toml otp.code: \{cod\}: no such slot \(did you mean code\?\)",
        ),
        (
            {"en/a.toml": '[otp]\ncode = "Code {code"'},
            "en/a.toml otp.code: a brace at character 6 is not closed",
        ),
        (
            {"en/a.toml": '[otp]\ncode = "Code code}"'},
            "en/a.toml otp.code: a brace at character 10 was not opened",
        ),
        (
            {"en/a.toml": '[otp]\ncode = "{code}"', "en/b.toml": '[otp]\ncode = "{code}"'},
            "en/b.toml otp.code: stands in en/a.toml already",
        ),
        (
            {"templates.toml": '[notice.mine]\npurpose = "spam"\n'},
            "templates.toml notice.mine: expected one of otp, security_alert.* at .?purpose",
        ),
        (
            {"templates.toml": TEMPLATES + "colour = 1\n"},
            "templates.toml notice.mine: unknown keys colour",
        ),
        ({"templates.toml": "[notice]\nmine = 1\n"}, "templates.toml notice.mine: expected a table"),
        ({"slots.toml": '[it]\nkind = "number"\n'}, "slots.toml it: expected one of money, date"),
        ({"slots.toml": "it = 3\n"}, "slots.toml it: expected a table"),
        ({"slots.toml": '[it]\nkind = "choice"\n'}, "slots.toml it: a choice lists its words"),
        (
            {"slots.toml": '[it]\nkind = "date"\nsamples = { "*" = "soon" }\n'},
            "slots.toml it: samples: expected values that fit kind date",
        ),
        ({"frames.toml": "[en]\nopening = 3\n"}, "frames.toml en: .*text in quotes.*at .?opening"),
        ({"education.toml": "[en]\nlines = [3]\n"}, "education.toml en: .*text in quotes"),
    ],
)
def test_what_cannot_be_read_is_told_by_file_template_and_key(
    tmp_path: Path, files: Mapping[str, str], told: str
) -> None:
    with pytest.raises(TemplateError, match=told) as refused:
        Catalogue.load(folder(tmp_path, files))
    assert "\n" not in str(refused.value)
    assert str(tmp_path) not in str(refused.value)


def test_a_folder_that_is_not_there_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="missing: expected a folder of templates"):
        Catalogue.load(tmp_path / "missing")


def test_an_unknown_id_or_locale_names_what_there_is() -> None:
    catalogue = Catalogue.builtin()
    with pytest.raises(
        TemplateError, match=r"collection\.erly: no such template; did you mean collection\.early"
    ):
        catalogue.get("collection.erly", "en")
    with pytest.raises(TemplateError, match=r"otp\.code: locale: expected one of en, zh-CN, zh-Hant"):
        catalogue.get("otp.code", "vi")


@pytest.mark.parametrize(
    ("language", "locale"),
    [
        ("zh-CN", "zh-CN"),
        ("zh", "zh-CN"),
        ("zh-SG", "zh-CN"),
        ("zh-Hans-HK", "zh-CN"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh_MO", "zh-Hant"),
        ("zh-Hant", "zh-Hant"),
        ("en-GB", "en"),
        ("vi", "en"),
        ("", "en"),
    ],
)
def test_a_reader_gets_the_nearest_language(language: str, locale: str) -> None:
    assert Catalogue.builtin().resolve_locale("collection.early", language) == locale


def test_a_lender_may_name_the_language_of_last_resort() -> None:
    assert Catalogue.builtin().resolve_locale("collection.early", "vi", default="zh-CN") == "zh-CN"


def test_own_words_are_reviewed_once_with_samples_in_the_slots_and_facts_taken_as_true(
    tmp_path: Path,
) -> None:
    mine = folder(
        tmp_path,
        {
            "en/legal.toml": '[legal]\ncredit_prenotice = "Report on {report_date} for {loan_ref}: {amount_due}."'
        },
    )
    judge = Judge("never said")
    Catalogue.load(mine, judge, facts={"link_allowlist": ["example.com"]}, complete=False)
    [(text, language, purpose, facts, role)] = judge.seen
    assert text == "Example Lending: Report on Oct 24, 2026 for 1234: $1,256.30. Reply STOP to opt out."
    assert (language, purpose, role) == ("en", Purpose.CREDIT_PRENOTICE, RecipientRole.BORROWER)
    assert facts["credit_reporting"] is True
    assert str(facts["report_date"]) == "2026-10-24"
    assert facts["link_allowlist"] == ["example.com"]


def test_refused_words_fail_the_load_with_every_finding(tmp_path: Path) -> None:
    mine = folder(
        tmp_path,
        {
            "zh-CN/a.toml": '[collection]\nearly = "最后机会，{amount_due}"\nlate = "最后机会，{amount_due}。"',
            "en/a.toml": '[otp]\ncode = "Code {code}"',
        },
    )
    with pytest.raises(TemplateError) as refused:
        Catalogue.load(mine, Judge("最后机会"))
    for told in ("collection.early [zh-CN]: false_urgency", "collection.late [zh-CN]: insult: rude"):
        assert told in str(refused.value)
        assert told in refused.value.zh
    assert "otp.code" not in str(refused.value)
    assert "最后机会" not in str(refused.value)


def test_a_whole_catalogue_can_be_shown_to_a_reviewer() -> None:
    judge = Judge("never said")
    Catalogue.builtin().review(judge)
    assert len(judge.seen) == len(Catalogue.builtin().templates)
    assert all(Lender.example().name in text or "{" not in text for text, *_ in judge.seen)
