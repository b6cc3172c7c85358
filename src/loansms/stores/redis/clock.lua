-- What every verb needs first. All keys of a tenant begin with one hash tag, so they lie in one cluster slot.
local spread = unpack
local pack, unpack = struct.pack, struct.unpack
local spot = string.match(KEYS[1], '^%b{}')
local id = string.sub(KEYS[1], #spot + 3)
local DAY = 86400000000 -- microseconds, as every time here; a double holds them exactly up to 2^53

-- How long a key is kept, in milliseconds: a minute longer than any rule needs, because the clock of a service
-- and that of the server differ.
local function lasts(micros)
  return math.ceil(micros / 1000) + 60000
end
