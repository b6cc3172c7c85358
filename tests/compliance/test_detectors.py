"""What stands in a text as it should not: numbers of a person, secrets, links, and requests for a secret."""

import pytest

from loansms.compliance.wording import identifiers, links
from loansms.compliance.wording.clauses import read
from loansms.compliance.wording.cued import cued


def shown(text: str) -> list[str]:
    return [text[start:end] for start, end in identifiers.findings(read(text), {})]


def linked(text: str, **facts: object) -> bool:
    return any(links.findings(read(text), facts))


def asked(text: str) -> bool:
    places = cued(read(text), {}, "zh")
    return any(one.cue.family == "unsafe_link_or_credential" for one in places)


@pytest.mark.parametrize(
    "text",
    [
        "身份证110101199001011234的客户请还款",
        "证件号1101 0119 9001 0112 34,请还款",
        "卡号六二二八四八零零一二三四五六七八九零一",
        "您的卡号6228480000001112223余额不足",
        "Your card 4000 1234 5678 9010 is overdue",
        "card 4111.1111.1111.1111 is overdue",
        "c@rd 4OOO 1234 5678 9O1O is overdue",
        "SSN 000-00-0000 owes",
        "Aadhaar 0000 1111 2222 is on file",
        "BVN 22200001111 belongs to you",
        "ID no. 30214455, you are late",
        "passport X0000001, settle your dues",
        "National Insurance QQ123456C, your loan is late",
        "account 00112233 is short",
        "SSN: zero zero zero - one two - three four five six",
        "您的登录密码为abc#2024qw",
        "密码Tm@7788,请登录还款",
        "mima是:q1w2e3",
        "Your PIN is 4821, so log in",
        "password: Sunny_84",
        "您的卡CVV为327,请付款",
        "CVV 318, expiry 04/27",
        "Security code on the back is 907",
        "家住桂花路12号3栋502",
        "Mr Hale of 9 Brook Lane, your loan is late",
        "born 3 July 1988, please pay",
    ],
)
def test_a_borrower_does_not_find_what_identifies_them_in_a_text(text: str) -> None:
    assert shown(text)


@pytest.mark.parametrize(
    "text",
    [
        "您尾号6612的贷款本期应还1,035.60元,客服400-000-0000",
        "登记手机号138****8000的用户,请更新资料",
        "合同编号20260610000123456789已生成",
        "订单号20260418-66021已结清",
        "您的验证码是483920,5分钟内有效,请勿泄露",
        "交易密码连续输错五次,已锁定至6月10日",
        "回电13800138000即可核实",
        "Card ending 1111 was declined",
        "Card **** **** **** 1881, due 6 May",
        "Reference number 202606100001234",
        "Your one-time password is 118-320",
        "Choose a password with at least 12 characters",
        "Pay at our branch, 12 High Street, by 6 May",
        "Please update your address in the app",
        "Pay to account 00112233, Example Finance Ltd",
        "Call 0800 000 0000 or 1800-000-0000 from 9 to 6",
        "You paid 12,500 on 2026-06-10 and 12,500 on 2026-07-10",
        "300 is on its way to your account",
    ],
)
def test_what_a_lender_must_be_able_to_write_is_no_identifier(text: str) -> None:
    assert shown(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "tap bit.ly/x now",
        "pay at gov-credit.info/fix",
        "icbbc-safe.xyz",
        "see hxxp://203.0.113.9/pay",
        "登一下 192.0.2.6:8080",
        "点击下载dl.example-help.club/app.apk",
        "下载huankuan.apk安装",
        "wa.me/15550100",
        "t.me/example",
        "tinyy.zz/loan99",
        "unlock at secure-cardd.helpzz",
        "ｂｉｔ．ｌｙ／ｐ４ｙ",
        "h t t p s : / / s-d-k . c n / h k",
        "w w w . l o a n - f i x . xyz",
        "tiny url dot com slash pay55",
        "l0an-fix[.]example[.]top",
        "in-help(dot)xyz",
        "打开huankuan点com办理",
        "3w。hk365。t0p",
    ],
)
def test_no_link_reaches_a_borrower_that_nobody_vouches_for(text: str) -> None:
    assert linked(text)


@pytest.mark.parametrize(
    "text",
    [
        "See clause No.5, the fee is 3.5% a year, e.g. 35 on 1,000.00 by 9 a.m.",
        "Your statement.pdf is in the app",
        "Write to care@lender.example or help@mail.example.com",
        "还款时间为上午9点,网点10点营业",
        "Thank you. Our app, version 5.2.0.1, is in the store",
        "余额1,035.60元。App内可查",
    ],
)
def test_a_full_stop_makes_no_link(text: str) -> None:
    assert not linked(text)


def test_a_listed_host_passes_only_as_itself() -> None:
    listed = {"link_allowlist": ["pay.example.com"]}
    assert not linked("Pay: https://pay.example.com/r", **listed)
    assert linked("Pay: pay dot example dot com", **listed)
    assert linked("Pay: pay-example[.]com", **listed)


@pytest.mark.parametrize(
    "text",
    [
        "请提供您的登录密码",
        "把验证码发给我",
        "请回复您的支付密码",
        "请安装远程协助软件",
        "打开“允许未知来源”",
        "Reply with your PIN",
        "Kindly share OTP for closing of loan",
        "Please download AnyDesk",
        "Turn on screen sharing",
    ],
)
def test_a_text_that_asks_for_a_secret_is_found(text: str) -> None:
    assert asked(text)


@pytest.mark.parametrize(
    "text",
    [
        "验证码请勿告知任何人",
        "我们不会要求您提供登录密码",
        "切勿安装远程协助软件",
        "Never tell anyone your PIN",
        "Do not download AnyDesk for a caller",
        "We will never ask you to reply with your PIN",
        "Your code is 552013. Never share it",
    ],
)
def test_a_warning_against_giving_a_secret_away_may_stand(text: str) -> None:
    assert not asked(text)
