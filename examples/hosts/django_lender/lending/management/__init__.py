"""Commands of the lender."""
