"""How the ledger is kept in MySQL and MariaDB: tables, connections, and what is said to and answered by the server."""
