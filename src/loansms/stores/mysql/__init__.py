"""The contact ledger in MySQL or MariaDB (extra `mysql`)."""
