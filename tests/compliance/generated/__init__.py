"""For every rule of every pack: one message it lets pass and one it stops, made from the rule's own data."""
