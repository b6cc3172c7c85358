"""What is kept of messages and who may read it: sealing, desk, timeline, erasure."""
