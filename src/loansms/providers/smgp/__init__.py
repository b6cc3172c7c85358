"""SMGP 3.0 (China Telecom): PDUs and the dialect of a line."""
