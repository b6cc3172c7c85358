"""How codes are kept in PostgreSQL: tables and functions, their migrations, and what is said to and answered by them."""
