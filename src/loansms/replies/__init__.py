"""What a borrower's reply means: whether it asks to stop."""

from loansms.replies.opt_out import asks_to_stop

__all__ = ["asks_to_stop"]
