"""A planned row on its way: claimed, re-checked, sent, recorded."""
