-- loansms.otp.budget, said for the server: reads the budgets `ids`, asks whether one is locked at `now` for
-- `device` (`own`: it asked for this very code), and whether one points past this challenge of `line`. Straight
-- code, no functions: to make one costs as much as to read a key.
-- A budget is {failures, cleared, known, newest, longest}: failures are time, device, ...; known are device,
-- time, ...; newest are line, challenge, expires, ...; longest is how long whoever wrote it wants it kept.
local most_failures, window, ceiling, reserve, lane, most_known, known_for = unpack('<ddddddd', ARGV[1])
local budgets, keys, till, superseded = {}, {}, nil, false
local place = 1
while place <= #ids do
  local one
  one, place = unpack('<I4c0', ids, place)
  local key = spot .. 'b:' .. one
  local kept = redis.call('GET', key)
  local budget = kept and cmsgpack.unpack(kept) or { {}, 0, {}, {}, 0 }
  budgets[#budgets + 1], keys[#keys + 1] = budget, key

  local newest = budget[4]
  for i = 1, #newest, 3 do
    if newest[i] == line and newest[i + 1] ~= id then superseded = true end
  end

  local failures = budget[1]
  if #failures > 0 then
    local day, recent, mine, known = {}, {}, {}, false
    for i = 1, #failures, 2 do
      local at = failures[i]
      if at > now - DAY then
        day[#day + 1] = at
        if at > now - window and at > budget[2] then recent[#recent + 1] = at end
        if failures[i + 1] == device then mine[#mine + 1] = at end
      end
    end
    for i = 1, #budget[3], 2 do
      if budget[3][i] == device then known = budget[3][i + 1] > now - known_for end
    end
    local most = known and ceiling or ceiling - reserve
    local free = #day >= most and day[#day - most + 1] + DAY or now
    local opens = now
    if #recent >= most_failures then
      opens = recent[#recent - most_failures + 1] + window
      if device ~= '' and lane > 0 and (known or own) then
        opens = math.min(opens, #mine >= lane and mine[#mine - lane + 1] + DAY or now)
      end
    end
    opens = math.max(free, opens)
    if opens > now and (not till or opens > till) then till = opens end
  end
end

local function keep()
  for i = 1, #budgets do
    local longest = math.max(budgets[i][5], DAY, known_for)
    budgets[i][5] = longest
    redis.call('SET', keys[i], cmsgpack.pack(budgets[i]), 'PX', lasts(longest))
  end
end
