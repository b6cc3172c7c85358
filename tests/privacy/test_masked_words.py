"""What a desk sees of a message: none of the values that were written into it, and no long number."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loansms.privacy import masked

KINDS = [
    pytest.param("张三", "***", id="name"),
    pytest.param("张*", "***", id="masked name"),
    pytest.param("1,256.30元", "***元", id="yuan"),
    pytest.param("¥1,256.30", "¥***", id="yuan sign"),
    pytest.param("$310.15", "$***", id="dollar"),
    pytest.param("HK$1,256.30", "HK$***", id="Hong Kong dollar"),
    pytest.param("CNY 1,256.30", "CNY ***", id="code before"),
    pytest.param("1.256,30\xa0€", "***\xa0€", id="sign after"),
    pytest.param("1,256.00美元", "***美元", id="named currency"),
    pytest.param("人民幣1,256.00元", "人民幣***元", id="both sides"),
    pytest.param("9月24日", "*月**日", id="date"),
    pytest.param("2026-09-24", "****-**-**", id="ISO date"),
    pytest.param("Sep 24, 2026", "***", id="date in words"),
    pytest.param("72小时", "**小时", id="hours"),
    pytest.param("7.2%", "*.*%", id="rate"),
    pytest.param("400-000-0000", "***-***-****", id="line"),
    pytest.param("839201", "******", id="code"),
    pytest.param("8, 3, 9", "*, *, *", id="spoken"),
    pytest.param("八，三，九", "***", id="spoken in words"),
    pytest.param("LN0042", "***", id="letters and digits"),
    pytest.param("李4", "***", id="name with a digit"),
    pytest.param("https://pay.example.com/l/Ab3?b=1", "pay.example.com/***", id="link"),
    pytest.param("https://pay.example.com", "pay.example.com", id="bare link"),
    pytest.param("https://pay.example.com:8443/l", "pay.example.com/***", id="port"),
    pytest.param("t.cn/Ab3xYz", "t.cn/***", id="short link"),
    pytest.param("http://intra/secret", "intra/***", id="host without a dot"),
    pytest.param("https://zhang:secret@pay.example.com/l", "***", id="credentials"),
    pytest.param("ZH.SAN/X", "***", id="no link"),
]


@pytest.mark.parametrize(("value", "shown"), KINDS)
def test_each_kind_of_value_keeps_its_form_and_nothing_else(value, shown):
    assert masked(f"尊敬的客户：{value}。", [value]) == f"尊敬的客户：{shown}。"


def test_a_value_goes_wherever_it_stands_and_the_longer_one_first():
    assert masked("张三丰请张三还款，张三丰", ["张三", "张三丰"]) == "***请***还款，***"


def test_values_that_overlap_keep_nothing():
    assert masked("ab9月24日c", ["ab9月", "9月24日"]) == "***c"


def test_a_value_inside_a_host_goes_too():
    assert (
        masked("见 https://zhang.example.com/1", ["https://zhang.example.com/1", "zhang"])
        == "见 ***.example.com/***"
    )


def test_a_long_number_goes_even_when_no_slot_tells_of_it():
    assert masked("请致电13800138000或卡号６２２２０２", []) == "请致电***********或卡号******"


def test_a_count_goes_and_the_hyphen_of_an_empty_slot_stays():
    assert masked("逾期3天，400-000-0000", ["3", "-"]) == "逾期*天，400-000-****"


words = st.text(alphabet=st.sampled_from("张三元¥$*-.，ab/h9０1 "), max_size=12)
links = st.builds("https://{}.example.com/{}".format, st.sampled_from(["pay", "a", "zhang"]), words)
values_of = st.lists(
    st.one_of(
        words,
        links,
        st.sampled_from(["1,256.30元", "¥12", "9月24日", "pay", ".example", "example.com", "¥*", "*元"]),
    ),
    max_size=4,
)


@given(st.lists(st.one_of(words, st.integers(0, 3)), max_size=8), values_of)
@example(["张", 0], ["张*"])
@example(["¥", 0], ["¥*", "12"])
def test_no_value_and_no_long_number_is_left_of_any_message(parts, values):
    said = [values[part] if part < len(values) else "" for part in parts if isinstance(part, int)]
    text = "".join([part if isinstance(part, str) else said.pop(0) for part in parts])
    shown = masked(text, values)
    assert [one for one in values if len(one) > 1 and one.strip("*") and one in shown] == []
    assert re.search(r"\d{4}", shown) is None
