"""CMPP 2.0 and 3.0 (China Mobile): PDUs and the dialect of a line."""
