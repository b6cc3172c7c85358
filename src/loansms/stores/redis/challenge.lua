-- A challenge, as wire.py reads it. A head of fixed places: void, length of the body, issued, expires,
-- sends, sent, taken, refunded. A body that never changes: tag, device, line, budgets, guards, sealed, each after
-- its length. When it is used, a tail: when the grant expires, whether it was redeemed, its tag. So a verb writes
-- a few bytes in place or at the end, and the key keeps its time to live.
local HEAD, BODY = '<BI4dddddd', 'I4c0I4c0I4c0I4c0I4c0'
local SENDS, TAKEN, REFUNDED, START = 21, 37, 45, 53 -- places counted from 0; the body starts at the last

-- Right codes of which the guards are still to be told: kept for a year (milliseconds), and at most so many bytes.
local PROVED, YEAR, MANY = spot .. 'p:', 31622400000, 65536
