"""SMPP 3.4 (message centres and aggregators abroad): PDUs and the dialect of a line."""
