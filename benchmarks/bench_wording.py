"""Reviewing texts beside a word list of 500, once as a plain `re` alternation, once with ahocorasick-rs.

A word list only says whether a word stands in the text; it reads no frame, no fact and no clause, so it is a
floor for the time and not a rival. Printed beside the ratios: the median in microseconds of one text on this machine.
"""

from __future__ import annotations

import csv
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import ahocorasick_rs

from loansms.compliance import review_text
from loansms.compliance.wording.grams import runs, words
from loansms.templates import Catalogue
from loansms.templates.review import sample_text
from loansms.text import normalise

ROUNDS = 9
LIST = 500
CORPUS = Path(__file__).resolve().parent.parent / "tests" / "compliance" / "corpus" / "learn"


def shipped() -> list[str]:
    """Every shipped template as a reader sees it."""
    return [sample_text(one) for one in Catalogue.builtin().templates.values()]


def hard() -> list[str]:
    """Messages that name alarming things, lawful and unlawful, one in twenty of the learning corpus."""
    found: list[str] = []
    for path in sorted(CORPUS.glob("texts_*.tsv")):
        with path.open(encoding="utf-8", newline="") as lines:
            found += [row["text"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]
    return found[::20]


def word_list(texts: Sequence[str]) -> list[str]:
    """The 500 commonest runs of two or three words in alarming texts: as long as a list a team would keep."""
    met = Counter(
        one for text in texts for one in runs(words(normalise(text).text)) if 2 <= len(one.strip()) <= 12
    )
    return [one.strip() for one, _ in met.most_common(LIST * 2) if len(one.strip()) > 1][:LIST]


def each(work: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    """The time of each text, the quickest of some rounds."""
    best = [float("inf")] * len(texts)
    for _ in range(ROUNDS):
        for at, text in enumerate(texts):
            started = time.perf_counter()
            work(text)
            best[at] = min(best[at], time.perf_counter() - started)
    return best


def run() -> list[tuple[str, float, str]]:
    """Return the ratios of the review to both word lists, over both sets of texts."""
    listed = word_list(hard())
    alternation = re.compile("|".join(re.escape(one) for one in listed))
    automaton = ahocorasick_rs.AhoCorasick(listed)
    rows: list[tuple[str, float, str]] = []
    for name, texts in (("shipped texts", shipped()), ("alarming texts", hard())):
        review = each(review_text, texts)
        plain = each(lambda text: alternation.findall(normalise(text).text), texts)
        quick = each(lambda text: automaton.find_matches_as_indexes(normalise(text).text), texts)
        told = f"{name}: one review, median {median(review) * 1e6:.0f} us"
        rows.append((told, median(review) / median(plain), f"re alternation of {len(listed)} words"))
        rows.append((told, median(review) / median(quick), f"ahocorasick-rs over {len(listed)} words"))
    return rows


if __name__ == "__main__":
    for name, ratio, floor in run():
        print(f"{name:50} {ratio:8.2f} x  {floor}")
