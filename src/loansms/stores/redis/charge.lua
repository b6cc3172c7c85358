-- Charge every bucket, or none: (nil, shadows), or the place of the last bucket to free and when.
local function charge(packed, now)
  tell()
  local buckets, shadows = buckets_of(packed), ''
  fetch(buckets)
  local full, retry_at
  for i = 1, #buckets do
    local bucket = buckets[i]
    local log = logs[bucket.key]
    local till = full_until(log, bucket, now)
    if till and bucket.shadow == 1 then
      shadows = shadows .. shadow(i, log, bucket, now)
    elseif till and (not full or till > retry_at) then
      full, retry_at = i, till
    end
  end
  if not full then
    for i = 1, #buckets do
      note(buckets[i], now, 1, 0)
    end
  end
  write()
  if full then return full, retry_at end
  return nil, shadows
end
