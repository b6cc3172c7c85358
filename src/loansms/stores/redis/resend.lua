if till then return pack('<Bd', LOCKED, till) end
if void == 1 or #record > START + size then return closed(ENDED) end
if superseded then return closed(SUPERSEDED) end
if now < issued or now >= expires then return closed(EXPIRED) end
if expires - now < left then return closed(ENDING) end
local full, told = charge(ARGV[3], now)
if full then return pack('<Bdd', FULL, full, told) end

sends = sends + 1
redis.call('SETRANGE', KEYS[1], SENDS, pack('<ddd', sends, now, takes == 1 and sends or taken))
return pack('<Bddd', SENT, now, expires, sends) .. told
