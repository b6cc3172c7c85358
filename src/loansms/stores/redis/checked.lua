-- Many proofs wait, and nobody asked for a code: told now.
tell()
write()
return pack('<Bd', ACCEPTED, now)
