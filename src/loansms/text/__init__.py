"""What a text costs on the wire, and its plain form for matching."""

from loansms.text.characters import read_as, traditional
from loansms.text.normalise import CLAUSE_MARKS, Normalised, normalise
from loansms.text.segments import Billing, Encoding, SegmentCount, count, split

__all__ = [
    "CLAUSE_MARKS",
    "Billing",
    "Encoding",
    "Normalised",
    "SegmentCount",
    "count",
    "normalise",
    "read_as",
    "split",
    "traditional",
]
