if till then return pack('<Bd', LOCKED, till) end
local full, told = charge(ARGV[4], now)
if full then return pack('<Bdd', FULL, full, told) end

local expires = now + long
local head = pack(HEAD, 0, #ARGV[3], now, expires, 1, now, taken, 0)
-- A day after it and its grant have expired: a grant that lives longer than a day lengthens this (check.lua).
redis.call('SET', KEYS[1], head .. ARGV[3], 'PX', lasts(long + DAY + DAY))
for _, budget in ipairs(budgets) do
  -- Point the line at this challenge, until the last of the line expires; expired pointers are forgotten.
  local newest, left = budget[4], { line, id, expires }
  for i = 1, #newest, 3 do
    if newest[i] == line then
      left[3] = math.max(expires, newest[i + 2])
    elseif newest[i + 2] > now then
      left[#left + 1], left[#left + 2], left[#left + 3] = newest[i], newest[i + 1], newest[i + 2]
    end
  end
  budget[4] = left
end
keep()
return pack('<Bddd', SENT, now, expires, 1) .. told
