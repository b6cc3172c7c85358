-- ARGV: the time or ''; the tag of the grant.
local record = redis.call('GET', KEYS[1])
if not record then return 0 end
local _, size = unpack(HEAD, record)
local tail = START + size
if #record == tail then return 0 end
local ends, redeemed = unpack('<dB', record, tail + 1)
local grant = string.sub(record, tail + 10)
if redeemed == 1 or grant == '' or grant ~= ARGV[2] then return 0 end
if now >= ends then return 0 end
redis.call('SETRANGE', KEYS[1], tail + 8, pack('<B', 1))
return 1
