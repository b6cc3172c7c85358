-- ARGV: the number of the send; buckets.
local record = redis.call('GET', KEYS[1])
if not record then return 0 end
local send = unpack('<d', ARGV[1])
local void, size, _, _, sends, sent, _, refunded = unpack(HEAD, record)
if refunded >= send or send ~= sends then return 0 end

if send == 1 and void == 0 and #record == START + size then
  -- Never sent at all: void. The budgets go on pointing at it, so what it superseded stays superseded.
  redis.call('SETRANGE', KEYS[1], 0, pack('<B', 1))
end
redis.call('SETRANGE', KEYS[1], REFUNDED, ARGV[1])

tell()
write()
local buckets = buckets_of(ARGV[2])
fetch(buckets)
for _, bucket in ipairs(buckets) do
  local log = added(logs[bucket.key], bucket, sent, -1, 0)
  logs[bucket.key] = log
  if log then
    redis.call('SET', bucket.key, log, 'KEEPTTL')
  else
    redis.call('DEL', bucket.key)
  end
end
return 1
