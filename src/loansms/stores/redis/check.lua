if till then return pack('<Bdd', LOCKED, now, till) end
if void == 1 or #record > START + size or superseded then return pack('<Bd', SUPERSEDED, now) end
-- Before its own issue too: a clock that stepped back must not lengthen a code's life.
if now < issued or now >= expires then return pack('<Bd', EXPIRED, now) end

-- By bytes: `<` on strings would ask the locale of the server.
local function before(one, other)
  for i = 1, math.min(#one, #other) do
    local a, b = string.byte(one, i), string.byte(other, i)
    if a ~= b then return a < b end
  end
  return #one < #other
end

if ARGV[2] ~= tag then
  for _, budget in ipairs(budgets) do
    -- In order of time: after a clock stepped back the cut must not lose a failure that still counts.
    local failures = budget[1]
    local i = #failures + 1
    while i > 1 and (failures[i - 2] > now or (failures[i - 2] == now and before(device, failures[i - 1]))) do
      failures[i], failures[i + 1] = failures[i - 2], failures[i - 1]
      i = i - 2
    end
    failures[i], failures[i + 1] = now, device
    while #failures > 2 * ceiling do
      table.remove(failures, 1)
      table.remove(failures, 1)
    end
  end
  keep()
  return pack('<Bd', WRONG, now)
end

local long = unpack('<d', ARGV[4])
redis.call('APPEND', KEYS[1], pack('<dB', now + long, 0) .. string.sub(ARGV[4], 9))
if long > DAY then redis.call('PEXPIRE', KEYS[1], lasts(math.max(expires - now, long) + DAY)) end
for _, budget in ipairs(budgets) do
  budget[2] = now
  if device ~= '' then
    local known = { { device, now } }
    for i = 1, #budget[3], 2 do
      local by, at = budget[3][i], budget[3][i + 1]
      if by ~= device and at > now - known_for then known[#known + 1] = { by, at } end
    end
    if #known > 1 then
      table.sort(known, function(a, b) return a[2] < b[2] or (a[2] == b[2] and before(a[1], b[1])) end)
    end
    local latest = {}
    for i = math.max(1, #known - most_known + 1), #known do
      latest[#latest + 1] = known[i][1]
      latest[#latest + 1] = known[i][2]
    end
    budget[3] = latest
  end
end
keep()

-- The guards learn of a right code when somebody next asks them: one short note here instead of a read and a
-- write for each. Who asks reads the notes first, so it finds what it would have found.
if guards == '' then return pack('<Bd', ACCEPTED, now) end
local proof = pack('<dI4c0', now, #guards, guards)
local waiting = redis.call('APPEND', PROVED, proof)
if waiting == #proof then redis.call('PEXPIRE', PROVED, YEAR) end
if waiting < MANY then return pack('<Bd', ACCEPTED, now) end
