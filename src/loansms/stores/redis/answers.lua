-- The answers of open and resend, as wire.py reads them.
local SENT, FULL, LOCKED, CLOSED = 0, 1, 2, 3
local EXISTS, UNKNOWN, ENDED, SUPERSEDED, EXPIRED, ENDING = 0, 1, 2, 3, 4, 5

local function closed(reason)
  return pack('<Bd', CLOSED, reason)
end
