-- ARGV: limits and perhaps the time; lives and taken; what never changes of the challenge; buckets.
if redis.call('EXISTS', KEYS[1]) == 1 then return closed(EXISTS) end
local long, taken = unpack('<dd', ARGV[2])
local _, device, line, ids = unpack('<' .. BODY, ARGV[3])
local own = device ~= ''
