-- ARGV: limits and perhaps the time; what must be left to live and taken; buckets.
local record = redis.call('GET', KEYS[1])
if not record then return closed(UNKNOWN) end
local left, takes = unpack('<dd', ARGV[2])
local void, size, issued, expires, sends, _, taken, _, _, device, line, ids = unpack(HEAD .. BODY, record)
local own = device ~= ''
