"""Commands of the lender, one a file."""
