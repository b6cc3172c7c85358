"""One-time codes: issued, sent, checked, spent; and a change of number."""
