"""Which road a message takes, and how fast: the table, its choice, what a road is known for, its throttle."""
