"""Sort the cues of the lexicon into rules, plain cues and hints by what the learning corpus says of them.

    .venv/bin/python scripts/sort_cues.py      # rewrites the lexicon files; learn the second opinion again afterwards

A cue is a rule when, with 95 % confidence, it is right at least four times in five; a plain cue when that holds for the
texts that excuse nothing; else a hint. Soft claims are rules: they find only against a fact. ``verdicts`` and
``credentials`` are sorted by hand and left alone.
"""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from loansms.compliance.wording.clauses import read
from loansms.compliance.wording.cued import excuses, standing
from loansms.compliance.wording.lexicon import LANGUAGES, expand, lexicon

ROOT: Final = Path(__file__).resolve().parent.parent
LEXICON: Final = ROOT / "src" / "loansms" / "compliance" / "wording" / "lexicon"
CORPUS: Final = ROOT / "tests" / "compliance" / "corpus"
FILES: Final = ("threats", "deceits", "claims", "composed")
STRENGTHS: Final = ("", "_plain", "_hints")
SOFT: Final = frozenset({"debit", "due_date", "appointment", "attempts"})
RIGHT: Final = 0.8
DEVIATIONS: Final = 1.64  # of the normal distribution: 95 % on one side

Key = tuple[str, str, str]


def lowest(right: int, wrong: int) -> float:
    """Return the lower end of Wilson's interval for the share that is right."""
    number = right + wrong
    if not number:
        return 0.0
    share, square = right / number, DEVIATIONS**2
    spread: float = DEVIATIONS * ((share * (1 - share) + square / 4 / number) / number) ** 0.5
    return (share + square / 2 / number - spread) / (1 + square / number)


def texts() -> Iterator[tuple[str, bool, dict[str, Any]]]:
    """Yield every text of the corpus, whether it is unlawful, and its facts."""
    for path in sorted((CORPUS / "learn").glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield row["text"], row["expect"] == "block", {}
    for line in (CORPUS / "facts.jsonl").read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        if one["expect"] == "allow":
            yield one["text"], False, one.get("facts") or {}


def counted() -> tuple[Counter[tuple[Key, bool]], Counter[tuple[Key, bool]]]:
    """Return how often each cue stood in unlawful and lawful texts: in all, and in those that excuse nothing."""
    every: Counter[tuple[Key, bool]] = Counter()
    clean: Counter[tuple[Key, bool]] = Counter()
    known = lexicon()
    for text, unlawful, facts in texts():
        reading = read(text)
        met: set[Key] = set()
        for at, sentence in enumerate(reading.sentences):
            for number in known.scan.candidates(sentence.text):
                cue, places = known.cues[number], known.scan.matches(sentence.text, number)
                place = standing(reading, at, cue, places, facts) if places else None
                if place is not None and not place.held:
                    met.add((cue.family, cue.language, known.scan.patterns[number]))
        excused = bool(met) and excuses(reading)
        for key in met:
            every[key, unlawful] += 1
            clean[key, unlawful] += not excused
    return every, clean


def rewrite(strength: Callable[[Key, str], str]) -> None:
    """Write the files again with each pattern in the list of its strength."""
    for name in FILES:
        path = LEXICON / f"{name}.toml"
        raw = path.read_text(encoding="utf-8")
        head = re.split(r"(?m)^\[", raw, maxsplit=1)[0].rstrip()
        lines = [head, ""]
        for family, found in tomllib.loads(raw).items():
            several = found if isinstance(found, list) else [found]
            for part in several:
                lines += [
                    f"[[{family}]]" if isinstance(found, list) else f"[{family}]",
                    *_part(family, part, strength),
                    "",
                ]
        path.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    lexicon.cache_clear()


def _part(family: str, part: dict[str, Any], strength: Callable[[Key, str], str]) -> Iterator[str]:
    for key, value in part.items():
        if key[:2] not in LANGUAGES:
            yield f"{key} = {json.dumps(value, ensure_ascii=False)}"
    for language in LANGUAGES:
        lists: dict[str, list[str]] = {one: [] for one in STRENGTHS}
        for pattern in (one for kind in STRENGTHS for one in part.get(f"{language}{kind}", ())):
            lists[strength((family, language, expand(pattern)), part.get("claim", ""))].append(pattern)
        for kind, patterns in lists.items():
            if patterns:
                told = "".join(f"  {_quoted(one)},\n" for one in patterns)
                yield f"{language}{kind} = [\n{told}]"


def _quoted(pattern: str) -> str:
    return f"'{pattern}'" if "'" not in pattern else f"'''{pattern}'''"


def main() -> None:
    """Sort the cues and say how many are of each strength."""
    rewrite(lambda _key, _claim: "")
    every, clean = counted()

    def strength(key: Key, claim: str) -> str:
        if claim in SOFT or lowest(every[key, True], every[key, False]) >= RIGHT:
            return ""
        return "_plain" if lowest(clean[key, True], clean[key, False]) >= RIGHT else "_hints"

    rewrite(strength)
    print(f"{len(lexicon().cues)} rules and plain cues, {len(lexicon(hints=True).cues)} hints")


if __name__ == "__main__":
    main()
