"""SGIP 1.2 (China Unicom): PDUs, and the dialect of a line and of the listener for reports and replies."""
