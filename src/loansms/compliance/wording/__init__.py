"""Read a text for unlawful wording."""
