-- ARGV: the time or ''; the number of the send.
local record = redis.call('GET', KEYS[1])
if not record then return 0 end
local send = unpack('<d', ARGV[2])
local void, size, issued, expires, sends, _, taken, refunded = unpack(HEAD, record)
if void == 1 or #record > START + size or now < issued or now >= expires then return 0 end
if math.max(taken, refunded) >= send or send > sends then return 0 end
redis.call('SETRANGE', KEYS[1], TAKEN, ARGV[2])
return 1
