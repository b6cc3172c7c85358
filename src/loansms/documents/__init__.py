"""Statements, guides, notices and promotions as pictures, PDF and multimedia messages (extra `mms`)."""

from loansms.documents.blocks import Step
from loansms.documents.card import card
from loansms.documents.document import Document
from loansms.documents.face import Face
from loansms.documents.guide import guide, ways
from loansms.documents.legal_notice import LegalNotice, legal_notice
from loansms.documents.limits import SizeLimit, limit
from loansms.documents.mms import MmsPackage, packages
from loansms.documents.pdf import Pdf
from loansms.documents.promotion import promotion
from loansms.documents.statement import statement
from loansms.model.card import Button, Card, Picture

__all__ = [
    "Button",
    "Card",
    "Document",
    "Face",
    "LegalNotice",
    "MmsPackage",
    "Pdf",
    "Picture",
    "SizeLimit",
    "Step",
    "card",
    "guide",
    "legal_notice",
    "limit",
    "packages",
    "promotion",
    "statement",
    "ways",
]
