"""The awaited face of what asks a key provider; the sync face is generated from it."""
