"""What a notice has to tell: a borrower who reads one of our texts finds the amount, the day and the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from loansms.errors import TemplateError
from loansms.templates import Catalogue, Template, lacks, lint

CATALOGUE = Catalogue.builtin()
EVERY = sorted(CATALOGUE.templates)
STANDARDS = CATALOGUE.standards
LANGUAGES = ("zh-CN", "zh-Hant", "en")


def folder(
    root: Path, words: str, *, name: str, purpose: str, locale: str = "zh-CN", content: str = ""
) -> Path:
    kind, _, short = name.partition(".")
    (root / locale).mkdir()
    (root / "templates.toml").write_text(f'[{name}]\npurpose = "{purpose}"\n', encoding="utf-8")
    (root / locale / "x.toml").write_text(f'[{kind}]\n{short} = "{words}"', encoding="utf-8")
    if content:
        (root / "content.toml").write_text(content, encoding="utf-8")
    return root


def lacking(root: Path, words: str, **more: str) -> dict[str, str]:
    name = more.setdefault("name", "collection.mine")
    more.setdefault("purpose", "collection")
    made = Catalogue.load(folder(root, words, **more), complete=False)
    own = made.get(name, more.get("locale", "zh-CN"))
    return {one.element: one.severity for one in lacks(own, made.standards)}


@pytest.mark.parametrize(("template_id", "locale"), EVERY)
def test_every_text_we_ship_tells_what_its_reader_needs(template_id: str, locale: str) -> None:
    template = CATALOGUE.get(template_id, locale)
    assert STANDARDS.of(template) is not None
    assert lacks(template, STANDARDS) == ()


def test_every_standard_we_ship_is_followed_or_stands_for_a_purpose_of_its_own() -> None:
    followed = {STANDARDS.name_of(one) for one in CATALOGUE.templates.values()}
    assert set(STANDARDS.standards) - followed == {"relay"}
    assert {name for one in STANDARDS.standards.values() for name in one.named} | {"app"} == set(
        STANDARDS.elements
    )


@pytest.mark.parametrize(
    ("standard", "asked"),
    [
        ("application", {"status", "expected_time", "contact"}),
        ("application_papers", {"missing_papers", "submit_by", "contact"}),
        ("disbursed", {"amount", "annual_rate", "method", "first_date", "plan_place"}),
        ("due_reminder", {"amount", "due_date", "how_to_pay"}),
        ("overdue", {"amount", "as_of", "lateness", "two_ways_to_pay", "negotiate", "contact"}),
        ("debit_failed", {"amount", "failure_reason", "what_next", "how_to_pay"}),
        ("settlement_offer", {"total", "valid_until", "effect", "how_to_accept"}),
        ("credit_prenotice", {"reported_what", "reported_when", "object"}),
        ("otp", {"code_purpose", "code_validity", "code_kept"}),
        ("marketing", {"sender", "refusal"}),
    ],
)
def test_what_the_issue_lists_is_what_is_asked(standard: str, asked: set[str]) -> None:
    assert asked <= set(STANDARDS.standards[standard].required)


def test_a_reminder_may_leave_the_line_and_the_lateness_behind_the_app_it_names(tmp_path: Path) -> None:
    words = "{due_on}应还{amount_due}，可通过{pay_channel}还款。"
    assert lacking(tmp_path, words, name="reminder.mine", purpose="repayment_reminder") == {}


def test_a_reminder_that_names_no_app_tells_them_itself(tmp_path: Path) -> None:
    found = lacking(
        tmp_path, "{due_on}应还{amount_due}。", name="reminder.mine", purpose="repayment_reminder"
    )
    assert found == {"how_to_pay": "error", "consequence": "error", "contact": "error"}


def test_one_way_to_pay_is_not_two(tmp_path: Path) -> None:
    words = (
        "截至{as_of}已逾期{days_past_due}天，{due_on}应还{amount_due}，请通过{pay_channel}还款。"
        "有困难或异议请致电{service_line}。"
    )
    assert lacking(tmp_path, words) == {"two_ways_to_pay": "error"}


@pytest.mark.parametrize(("facts", "asked"), [("", False), ('facts = ["litigation_approved"]\n', True)])
def test_a_consequence_is_asked_for_only_where_its_fact_is_declared(
    tmp_path: Path, facts: str, asked: bool
) -> None:
    root = folder(tmp_path, "{amount_due}", name="collection.mine", purpose="collection")
    with (root / "templates.toml").open("a", encoding="utf-8") as file:
        file.write(facts)
    made = Catalogue.load(root, complete=False)
    found = {one.element for one in lacks(made.get("collection.mine", "zh-CN"), made.standards)}
    assert ("consequence" in found) is asked


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("请转告本人回电{service_line}。", {}),
        ("请转告其尽快归还欠款，{service_line}。", {"debt": "error"}),
        ("請轉告其借款事宜，{service_line}。", {"debt": "error"}),
        ("请转告{amount_due}，{service_line}。", {"debt": "error"}),
    ],
)
def test_a_relay_tells_no_debt(tmp_path: Path, words: str, found: dict[str, str]) -> None:
    locale = "zh-Hant" if "請" in words else "zh-CN"
    assert lacking(tmp_path, words, name="notice.relay", purpose="relay", locale=locale) == found


def test_a_relay_in_english_tells_no_debt_in_capitals_either(tmp_path: Path) -> None:
    words = "Please ask them to call {service_line}. OVERDUE."
    assert lacking(tmp_path, words, name="notice.relay", purpose="relay", locale="en") == {"debt": "error"}


def test_marketing_without_a_way_to_refuse_is_refused(tmp_path: Path) -> None:
    root = folder(tmp_path, "新的借款方案。", name="care.mine", purpose="marketing")
    (root / "templates.toml").write_text(
        '[care.mine]\npurpose = "marketing"\nopt_out = false\n', encoding="utf-8"
    )
    with pytest.raises(TemplateError, match="lacks how to refuse further ones"):
        Catalogue.load(root)


def test_the_load_names_everything_that_is_lacking_and_what_to_do(tmp_path: Path) -> None:
    root = folder(tmp_path, "请还款{amount_due}。", name="collection.mine", purpose="collection")
    with pytest.raises(TemplateError) as refused:
        Catalogue.load(root)
    told = str(refused.value)
    assert "collection.mine [zh-CN]: An overdue payment asked for: lacks the due date; add {due_on}" in told
    assert "at least two ways to pay" in told
    assert "至少两种还款途径" in refused.value.zh
    assert "\n" not in told
    found = lint(Catalogue.load(root, complete=False))
    assert {one.element for one in lacks(_mine(root), STANDARDS)} == {
        "as_of", "due_date", "lateness", "two_ways_to_pay", "negotiate", "object", "contact"
    }  # fmt: skip
    assert [one.rule for one in found if one.severity == "error"] == ["content"] * 7


def _mine(root: Path) -> Template:
    return Catalogue.load(root, complete=False).get("collection.mine", "zh-CN")


def test_a_language_we_cannot_read_is_left_to_a_person_except_for_its_slots(tmp_path: Path) -> None:
    found = lacking(tmp_path, "Bitte zahlen: {amount_due}, {due_on}, {as_of}.", locale="de")
    errors = {name for name, severity in found.items() if severity == "error"}
    assert errors == {"contact"}
    assert found["negotiate"] == "warning"


OWN = """
[standards.overdue]
title = "House style"
title_zh = "本机构标准"
required = ["amount"]
advised = ["contact", "branch"]
[elements.branch]
means = "the branch"
means_zh = "网点"
slots = ["branch"]
"""


def test_a_lender_lays_its_own_standard_over_ours(tmp_path: Path) -> None:
    made = Catalogue.load(
        folder(tmp_path, "还款{amount_due}。", name="collection.mine", purpose="collection", content=OWN)
    )
    told = lacks(made.get("collection.mine", "zh-CN"), made.standards)
    assert [(one.element, one.severity) for one in told] == [("contact", "warning"), ("branch", "warning")]
    assert "House style" in told[0].message
    assert made.standards.of(made.get("otp.code", "en")) == STANDARDS.of(CATALOGUE.get("otp.code", "en"))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            '[standards.overdue]\ntitle = "x"\ntitle_zh = "x"\nrequired = ["amuont"]\n',
            "standards.overdue: not declared: amuont",
        ),
        ('[follows]\n"collection.*" = "late"\n', r"follows.collection.\*: not declared: late"),
        ('[purposes]\ncollection = "late"\n', "purposes.collection: not declared: late"),
        (
            '[elements.amount]\nmeans = "x"\nmeans_zh = "x"\n',
            "elements.amount: expected slots, zh, en or frame",
        ),
        (
            '[elements.amount]\nmeans = "x"\nmeans_zh = "x"\nzh = ["("]\n',
            "elements.amount: zh, en: expected regular",
        ),
        (
            '[elements.amount]\nmeans = "x"\nmeans_zh = "x"\nframe = "top"\n',
            "elements.amount: frame: expected one of",
        ),
        (
            '[elements.amount]\nmeans = "x"\nmeans_zh = "x"\nslot = ["a"]\n',
            "elements.amount: unknown keys slot",
        ),
        ("[rules]\nx = 1\n", "content.toml: unknown keys rules"),
        ('[fold]\nshown = "ab"\nread = "a"\n', "fold: expected as many characters"),
    ],
)
def test_a_standard_that_cannot_be_read_is_told_by_table_and_key(
    tmp_path: Path, content: str, told: str
) -> None:
    root = folder(
        tmp_path, "还款{amount_due}。", name="collection.mine", purpose="collection", content=content
    )
    with pytest.raises(TemplateError, match=told) as refused:
        Catalogue.load(root, complete=False)
    assert str(refused.value).startswith("content.toml")
    assert refused.value.zh
