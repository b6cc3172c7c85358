"""The page a court reads: it says what the file proves, in both languages, and carries what its check needs."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from loansms.errors import CallerError
from loansms.evidence import FindingCode, export_loan, seal_batch
from loansms.evidence.files import checker_text
from loansms.evidence.page import export_page
from loansms.evidence.wording import WORDS
from loansms.model.record import RecordKind

from .parts import KEYS, SIGNER, START, entry

ENTRIES = [
    evolve(
        one,
        record=evolve(
            one.record,
            loan_id="L-1<b>",
            data={"reasons": ["quiet_hours"], "versions": {"pack": "CN 7"}, "steps": [{"a": 1}]},
        ),
    )
    for one in map(entry, range(len(RecordKind)))
]
LEAVES, SEAL = seal_batch(None, ENTRIES[:-1], SIGNER, at=START)
OWN = [*zip(ENTRIES, LEAVES, strict=False), (ENTRIES[-1], None)]
LINES = export_loan("L-1<b>", OWN, (leaf.hash for leaf in LEAVES), [SEAL], KEYS)


def page(lines=LINES, lang="en"):
    zone = ZoneInfo("Asia/Shanghai")
    return export_page(lines, KEYS, lender="Example & Co", zone=zone, now=START, lang=lang)


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_the_page_says_what_is_proved_and_every_word_it_uses(lang):
    said = page(lang=lang)
    zh = lang == "zh-CN"
    for key, words in WORDS.items():
        if key.startswith(("term.", "means.", "limit.", "kind.")):
            assert words[zh].replace("'", "&#x27;") in said, key
    assert f'lang="{lang}"' in said
    assert ("均与封存时一致" if zh else "each stands as it was sealed") in said
    assert "2026-09-24 10:00:00 (CST), 2026-09-24 02:00:00 UTC" in said
    assert SIGNER.public in said
    assert LEAVES[3].hash.hex() in said
    assert SEAL.root.hex() in said
    assert ("尚未封存" if zh else "not sealed yet") in said
    assert ("版本 pack" if zh else "version of pack") in said
    assert "steps.0.a" in said


def test_both_files_of_the_check_are_inside_and_nothing_is_asked_of_a_network():
    said = page()
    found = {
        name: b64decode(coded).decode()
        for name, coded in re.findall(r'download="([^"]+)" href="data:[^,]+,([^"]+)"', said)
    }
    assert found == {"evidence.jsonl": "\n".join(LINES) + "\n", "verify_export.py": checker_text()}
    assert not re.search(r"https?://|<script|src=", re.sub(r'href="data:[^"]+"', "", said))


def test_what_stands_in_a_record_never_becomes_markup():
    assert "L-1<b>" not in page()
    assert "L-1&lt;b&gt;" in page()
    assert "Example &amp; Co" in page()


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_an_export_that_does_not_hold_says_so_first(lang):
    broken = [*LINES[:4], LINES[4].replace("quiet_hours", "cap_full"), *LINES[5:]]
    said = page(broken, lang)
    assert 'class="fails"' in said
    assert 'class="holds"' not in said
    number = json.loads(json.loads(LINES[4])["entry"])["number"]
    assert (f"记录 {number} 不是" if lang == "zh-CN" else f"record {number} is not the one") in said


def test_what_is_no_export_has_no_page():
    for lines in ([], LINES[1:], ["{}"]):
        with pytest.raises(CallerError):
            page(lines)


def test_every_finding_and_kind_has_its_words():
    assert {f"finding.{code.value}" for code in FindingCode} <= set(WORDS)
    assert {f"kind.{kind.value}" for kind in RecordKind} <= set(WORDS)
