"""Wordings a text generator proposes: drafts that pass review and approval like any other, never messages."""

from loansms.services.drafting.brief import BriefSlot, DraftBrief, DraftLimits, TextGenerator
from loansms.services.drafting.generate import Drafting, Proposal, draft

__all__ = ["BriefSlot", "DraftBrief", "DraftLimits", "Drafting", "Proposal", "TextGenerator", "draft"]
