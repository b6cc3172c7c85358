-- ARGV: the number of the send; buckets.
local record = redis.call('GET', KEYS[1])
if not record then return 0 end
local send = unpack('<d', ARGV[1])
local void, size, _, _, sends, sent, _, refunded, _, _, line, ids = unpack(HEAD .. BODY, record)
if refunded >= send or send ~= sends then return 0 end

if send == 1 and void == 0 and #record == START + size then
  -- Never sent at all: void, and it supersedes nothing.
  local place = 1
  while place <= #ids do
    local one
    one, place = unpack('<I4c0', ids, place)
    local key = spot .. 'b:' .. one
    local kept = redis.call('GET', key)
    local budget = kept and cmsgpack.unpack(kept) or { {}, 0, {}, {}, 0 }
    local newest = budget[4]
    for i = 1, #newest, 3 do
      if newest[i] == line and newest[i + 1] == id then
        for _ = 1, 3 do
          table.remove(newest, i)
        end
        redis.call('SET', key, cmsgpack.pack(budget), 'KEEPTTL')
        break
      end
    end
  end
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
