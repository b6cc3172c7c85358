-- ARGV: limits and perhaps the time; the tag of what was typed; the device; how long a grant lives, and its tag.
local ACCEPTED, WRONG, EXPIRED, LOCKED, SUPERSEDED, UNKNOWN = 0, 1, 2, 3, 4, 5
local record = redis.call('GET', KEYS[1])
if not record then return pack('<Bd', UNKNOWN, now) end
local void, size, issued, expires, _, _, _, _, tag, asker, line, ids, guards = unpack(HEAD .. BODY, record)
local device = ARGV[3]
local own = asker ~= '' and device == asker
