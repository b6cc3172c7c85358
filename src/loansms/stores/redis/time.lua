-- The time to go by: the service's own, the last eight bytes of ARGV[1] (limits are 56), or else the server's.
local now
if #ARGV[1] % 56 == 8 then
  now = unpack('<d', ARGV[1], #ARGV[1] - 7)
else
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
