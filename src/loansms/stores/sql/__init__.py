"""The ledger over any SQL database: the verbs once, the dialects as data, one connection class each."""
