"""Reviewing texts against a floor of the same run: one bare alternation of every cue over the same texts.

The floor only says whether some cue stands in the text; it reads no frame, no fact and no clause.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from statistics import median

from loansms.compliance import review_text
from loansms.compliance.wording.lexicon import lexicon
from loansms.templates import Catalogue
from loansms.text import normalise

ROUNDS = 15


def shipped() -> list[str]:
    catalogue = Catalogue.builtin()
    return [
        catalogue.get(one, locale=locale).text for one in catalogue.ids() for locale in catalogue.locales(one)
    ]


def timed(work: Callable[[str], object], texts: Sequence[str]) -> float:
    started = time.perf_counter()
    for text in texts:
        work(text)
    return (time.perf_counter() - started) / len(texts)


def run() -> list[tuple[str, float, str]]:
    texts = shipped()
    plain = {text: normalise(text).text for text in texts}
    every = re.compile("|".join(f"(?:{one})" for one in lexicon().scan.patterns))
    floors: list[float] = []
    reviews: list[float] = []
    scans: list[float] = []
    for _ in range(ROUNDS):
        floors.append(timed(lambda text: every.search(plain[text]), texts))
        scans.append(timed(lambda text: lexicon().scan.candidates(plain[text]), texts))
        reviews.append(timed(review_text, texts))
    floor = "one bare search for any cue"
    return [
        ("review of the shipped texts", median(floors) / median(reviews), floor),
        ("the quick look alone", median(floors) / median(scans), floor),
    ]


if __name__ == "__main__":
    for name, ratio, floor in run():
        print(f"{name:45} {ratio:8.2f} x  {floor}")
