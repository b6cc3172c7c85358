"""Learn the weights of the second opinion from the corpus, and write them where the library reads them.

    .venv/bin/pip install --require-hashes -r requirements/train.txt
    .venv/bin/python scripts/train_opinion.py            # prints rates by folds, then learns from everything and writes

The corpus (``tests/compliance/corpus/learn/*.tsv``: block or allow, family, style, language, text) was written for this
library; no text of it was ever sent to anybody. What lies in ``corpus/apart`` is never read here.
"""

from __future__ import annotations

import csv
import lzma
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.svm import LinearSVC

from loansms.compliance.wording.clauses import read
from loansms.compliance.wording.cued import hinted
from loansms.compliance.wording.lexicon import FAMILIES
from loansms.compliance.wording.opinion import HARD, seen
from loansms.templates import Catalogue
from loansms.templates.review import sample_text

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "tests" / "compliance" / "corpus" / "learn"
OUT = ROOT / "src" / "loansms" / "compliance" / "wording" / "opinion_data" / "weights.tsv.xz"
KINDS = ("runs", "parts", "steps", "hints")
WEIGHT = (1.0, 0.7, 0.7, 0.6)  # how much each kind may say, chosen by folds over the learning corpus
RARE = (3, 3, 2, 1)  # a thing seen in fewer texts is not learnt
COST = 2.0
PHRASE = 0.3  # a sentence written by itself weighs less than a whole message: messages are what is judged
FOLDS = 5
PASS = {"zh": 0.97, "en": 0.97}  # of the lawful texts of the folds, the share that the bar lets pass;
PASS_CLAIM = 0.9  # of those in which a hint of a hard claim stands
ALONE = {"zh": 0.3, "en": 0.6}  # the bar of one sentence by itself in a long text, chosen by the same folds
SMALLEST = 8  # thousandths: a smaller weight is not worth its place

Row = dict[str, str]


def corpus() -> list[Row]:
    rows: list[Row] = []
    for path in sorted(CORPUS.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as lines:
            rows += [
                dict(row, source=path.stem)
                for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            ]
    for one in Catalogue.builtin().templates.values():
        if not one.facts:
            whole = sample_text(one)
            alone = [sentence.text for sentence in read(whole).sentences]
            rows += [
                {
                    "expect": "allow",
                    "family": "none",
                    "style": "shipped",
                    "language": one.locale[:2],
                    "text": text,
                    "source": "shipped",
                }
                for text in (whole, *alone)
            ]
    return rows


class Table:
    """The things of one kind that are learnt, and texts as rows over them."""

    def __init__(self, rare: int) -> None:
        self.rare = rare
        self.place: dict[str, int] = {}

    def learn(self, texts: Sequence[Iterable[str]]) -> Table:
        met = Counter(thing for text in texts for thing in set(text))
        self.place = {
            thing: at for at, thing in enumerate(sorted(t for t, n in met.items() if n >= self.rare))
        }
        return self

    def rows(self, texts: Sequence[Any]) -> sparse.csr_matrix:
        at: list[int] = []
        things: list[int] = []
        weights: list[float] = []
        for number, text in enumerate(texts):
            share = 1 / max(1, len(text)) ** 0.5
            for thing, times in Counter(text).items():
                if thing in self.place:
                    at.append(number)
                    things.append(self.place[thing])
                    weights.append(share * times)
        return sparse.csr_matrix((weights, (at, things)), shape=(len(texts), len(self.place)))


def fit(
    things: Sequence[Any], block: np.ndarray, heed: np.ndarray, chosen: np.ndarray
) -> tuple[list[Table], LinearSVC]:
    tables = [Table(rare).learn([things[at][kind] for at in chosen]) for kind, rare in enumerate(RARE)]
    texts = matrix(tables, [things[at] for at in chosen])
    model = LinearSVC(C=COST).fit(texts, block[chosen], sample_weight=heed[chosen])
    return tables, model


def matrix(tables: Sequence[Table], things: Sequence[Any]) -> sparse.csr_matrix:
    return sparse.hstack(
        [
            weight * table.rows([one[kind] for one in things])
            for kind, (table, weight) in enumerate(zip(tables, WEIGHT, strict=True))
        ]
    ).tocsr()


def main() -> None:
    rows = corpus()
    things = [
        (*seen(reading.plain), [f"!{family}" for family in hinted(reading)])
        for reading in map(read, (row["text"] for row in rows))
    ]
    block = np.array([row["expect"] == "block" for row in rows])
    language = np.array([row["language"] for row in rows])
    whole = np.array(
        [
            row["style"] not in ("phrase", "made", "shipped") and not row["source"].startswith("pairs")
            for row in rows
        ]
    )
    heed = np.array([PHRASE if row["style"] == "phrase" else 1.0 for row in rows])
    fold = np.random.RandomState(7).randint(0, FOLDS, len(rows))
    scores = np.zeros(len(rows))
    for number in range(FOLDS):
        held = np.where((fold == number) & whole)[0]
        chosen = np.where(~((fold == number) & whole))[0]
        tables, model = fit(things, block, heed, chosen)
        scores[held] = model.decision_function(matrix(tables, [things[at] for at in held]))
    claims = np.array([any(hint[1:] in HARD for hint in one[3]) for one in things])
    bars: dict[str, float] = {}
    for one in ("zh", "en"):
        bars[f"{one}."] = ALONE[one]
        for name, kind, passing in ((one, ~claims, PASS[one]), (f"{one}!", claims, PASS_CLAIM)):
            of = whole & (language == one) & kind
            bar = bars[name] = float(np.quantile(scores[of & ~block], passing))
            caught, passed = (scores[of & block] > bar).mean(), (scores[of & ~block] <= bar).mean()
            right = ((scores > 0) == block)[of].mean()
            print(
                f"{name}: {of.sum()} texts, {right:.3f} right at 0; bar {bar:.2f} blocks {caught:.3f}, passes {passed:.3f}"
            )
    if "--folds" in sys.argv:
        return
    tables, model = fit(things, block, heed, np.arange(len(rows)))
    write(tables, model, bars, family_of(rows, things))


def family_of(rows: Sequence[Row], things: Sequence[Any]) -> dict[str, str]:
    """Return the family each thing speaks for: the one of whose texts it holds the largest share."""
    size = Counter(row["family"] for row in rows if row["expect"] == "block")
    met: dict[str, Counter[str]] = defaultdict(Counter)
    for row, kinds in zip(rows, things, strict=True):
        if row["expect"] == "block":
            for kind in kinds:
                for thing in set(kind):
                    met[thing][row["family"]] += 1
    return {
        thing: max(seen_in, key=lambda family: seen_in[family] / size[family])
        for thing, seen_in in met.items()
    }


def write(tables: Sequence[Table], model: LinearSVC, bars: dict[str, float], family: dict[str, str]) -> None:
    start = float(model.intercept_[0])
    lines = [
        " ".join(FAMILIES),
        " ".join(f"{one}={round((bar - start) * 1000)}" for one, bar in bars.items()),
    ]
    first = 0
    for table, weight in zip(tables, WEIGHT, strict=True):
        for thing, at in sorted(table.place.items()):
            value = round(float(model.coef_[0][first + at]) * weight * 1000)
            if abs(value) >= SMALLEST:
                of = str(FAMILIES.index(family[thing])) if value > 0 and family.get(thing) in FAMILIES else ""
                lines.append(f"{thing}\t{value}\t{of}")
        first += len(table.place)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_bytes(lzma.compress("\n".join(lines).encode(), preset=9))
    print(f"{len(lines)} lines, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
