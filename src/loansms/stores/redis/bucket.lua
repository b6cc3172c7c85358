-- loansms.otp.admission, said for the server. The log of a bucket is one string: two totals (sent, verified),
-- then per entry its time and what was sent and verified *before* it. So what lies in a window is a difference
-- of two places, found by halving, however long the log; a new use only adds to the end and to the totals.
local ENTRY, TOTALS = 24, 16
local logs, keeps = {}, {} -- by key: the log as it stands (false: none), how long a changed one is to be kept

local function buckets_of(packed)
  local found, count, at = {}, 0, 1
  while at <= #packed do
    local name, blind, slot, percent, shadow, limits
    name, blind, slot, percent, shadow, limits, at = unpack('<I4c0I4c0ddBB', packed, at)
    local longest, first = 0, at
    for _ = 1, limits do
      local _, window, after = unpack('<dd', packed, at)
      if window > longest then longest = window end
      at = after
    end
    count = count + 1
    found[count] = {
      key = spot .. 'a:' .. blind, slot = slot, percent = percent, shadow = shadow, keeps = longest,
      limits = limits, packed = packed, first = first,
    }
  end
  return found
end

-- Read the logs that are not here yet.
local function fetch(buckets)
  local wanted, count = {}, 0
  for i = 1, #buckets do
    local key = buckets[i].key
    if logs[key] == nil then
      count = count + 1
      wanted[count], logs[key] = key, false
    end
  end
  if count == 0 then return end
  local found = redis.call('MGET', spread(wanted))
  for i = 1, count do
    logs[wanted[i]] = found[i]
  end
end

local function length(log)
  return log and (#log - TOTALS) / ENTRY or 0
end

local function entry(log, i)
  return unpack('<ddd', log, TOTALS + (i - 1) * ENTRY + 1)
end

-- The first entry later than `since`; one past the last when there is none.
local function first_after(log, since)
  local low, high = 1, length(log) + 1
  if high == 1 or entry(log, 1) > since then return 1 end
  while low < high do
    local middle = math.floor((low + high) / 2)
    if entry(log, middle) > since then high = middle else low = middle + 1 end
  end
  return low
end

-- How much of `log` a window holds, and what a guard or a plain limit allows there.
local function counted(log, bucket, most, window, now)
  local first = first_after(log, now - window)
  local sent, verified, before = 0, 0, 0
  if first <= length(log) then
    local total_sent, total_verified = unpack('<dd', log)
    local _, was_sent, was_verified = entry(log, first)
    sent, verified, before = total_sent - was_sent, total_verified - was_verified, was_sent
  end
  if bucket.percent >= 0 then most = verified + math.max(most, math.floor(verified * bucket.percent / 100)) end
  return sent, verified, most, first, before
end

-- The time of the entry, from `first` on, with which the uses up to `gone` are gone.
local function leaves(log, first, gone)
  local low, high = first, length(log)
  while low < high do
    local middle = math.floor((low + high) / 2)
    local _, sent = entry(log, middle + 1)
    if sent >= gone then high = middle else low = middle + 1 end
  end
  return (entry(log, low))
end

local function full_until(log, bucket, now)
  if not log then return nil end
  local latest
  for i = 1, bucket.limits do
    local most, window = unpack('<dd', bucket.packed, bucket.first + (i - 1) * 16)
    local sent, _, allowed, first, before = counted(log, bucket, most, window, now)
    local excess = sent - allowed + 1
    if excess > 0 then
      local till = leaves(log, first, before + excess) + window
      if not latest or till > latest then latest = till end
    end
  end
  return latest
end

-- What a guard in shadow mode has to tell: of the first limit that is full, how many unverified and allowed.
local function shadow(place, log, bucket, now)
  for i = 1, bucket.limits do
    local most, window = unpack('<dd', bucket.packed, bucket.first + (i - 1) * 16)
    local sent, verified, allowed = counted(log, bucket, most, window, now)
    if sent >= allowed then return pack('<ddd', place, sent - verified, allowed - verified) end
  end
end

local function slot_of(slot, at)
  if slot == 0 then return at end
  local over = math.fmod(at, slot)
  return over > 0 and at - over + slot or at - over
end

-- The log with uses noted at `at`, which is not the end of the log: counted anew.
local function amended(log, at, sent, verified)
  local times, uses = {}, {}
  local total_sent, total_verified = unpack('<dd', log)
  for i = length(log), 1, -1 do
    local when, was_sent, was_verified = entry(log, i)
    times[i], uses[when] = when, { total_sent - was_sent, total_verified - was_verified }
    total_sent, total_verified = was_sent, was_verified
  end
  if not uses[at] then
    times[#times + 1], uses[at] = at, { 0, 0 }
    table.sort(times)
  end
  uses[at] = { math.max(uses[at][1] + sent, 0), uses[at][2] + verified }
  local entries = {}
  total_sent, total_verified = 0, 0
  for _, when in ipairs(times) do
    local use = uses[when]
    if use[1] ~= 0 or use[2] ~= 0 then
      entries[#entries + 1] = pack('<ddd', when, total_sent, total_verified)
      total_sent, total_verified = total_sent + use[1], total_verified + use[2]
    end
  end
  if #entries == 0 then return false end
  return pack('<dd', total_sent, total_verified) .. table.concat(entries)
end

-- The log with uses noted at `now`, without what no longer matters; false for an empty one.
local function added(log, bucket, now, sent, verified)
  local at, first, last = slot_of(bucket.slot, now), first_after(log, now - bucket.keeps), length(log)
  if first > last then
    if sent <= 0 and verified <= 0 then return false end
    return pack('<ddddd', sent, verified, at, 0, 0)
  end
  local total_sent, total_verified = unpack('<dd', log)
  local entries = string.sub(log, TOTALS + (first - 1) * ENTRY + 1)
  local ends = entry(log, last)
  if sent < 0 or ends > at then
    return amended(pack('<dd', total_sent, total_verified) .. entries, at, sent, verified)
  end
  if ends < at then entries = entries .. pack('<ddd', at, total_sent, total_verified) end
  return pack('<dd', total_sent + sent, total_verified + verified) .. entries
end

-- Note uses; the log is to be kept until its last entry has left the longest window.
local function note(bucket, now, sent, verified)
  local key = bucket.key
  local log = added(logs[key], bucket, now, sent, verified)
  logs[key] = log
  keeps[key] = math.max(keeps[key] or 0, entry(log, length(log)) - now + bucket.keeps)
end

local function write()
  for key, micros in pairs(keeps) do
    redis.call('SET', key, logs[key], 'PX', lasts(micros))
  end
end

-- Tell the guards of the right codes that are still waiting to be told (see check.lua).
local function tell()
  local waiting = redis.call('GET', PROVED)
  if not waiting then return end
  local at = 1
  while at <= #waiting do
    local when, guards
    when, guards, at = unpack('<dI4c0', waiting, at)
    local buckets = buckets_of(guards)
    fetch(buckets)
    for i = 1, #buckets do
      note(buckets[i], when, 0, 1)
    end
  end
  redis.call('DEL', PROVED)
end
