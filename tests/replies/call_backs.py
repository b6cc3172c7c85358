"""Replies that ask to be rung, with the hours they name, and replies that only look so;
the first thirty were written before the rules for them, of which 25 were read rightly.

`None` for hours: none is named. A complaint of calls and a refusal of them stay what they are.
"""

from __future__ import annotations

from datetime import time

from loansms.replies import Intent

CALL, STOP, COMPLAINT = Intent.CALL_ME, Intent.OPT_OUT, Intent.COMPLAINT
Hours = tuple[time, time] | None

UNSEEN: tuple[tuple[str, Intent, Hours], ...] = (
    ("Can you call me after 7?", CALL, (time(19), time(21))),
    ("pls ring back around 10am", CALL, (time(10), time(12))),
    ("phone me before 11 in the morning", CALL, (time(8), time(11))),
    ("please telephone me tonight", CALL, (time(18), time(21))),
    ("give us a ring tomorrow morning", CALL, (time(8), time(12))),
    ("I'm at work, call me back at lunchtime", CALL, (time(12), time(14))),
    ("could someone phone me between 2 and 4pm", CALL, (time(14), time(16))),
    ("call me back tomorrow afternoon please", CALL, (time(12), time(18))),
    ("busy now, ring me later", CALL, None),
    ("after 5:30 is best, call me then", CALL, (time(17, 30), time(21))),
    ("call me after 18:00", CALL, (time(18), time(21))),
    ("please phone once I finish work", CALL, (time(18), time(21))),
    ("晚上七点以后打给我", CALL, (time(19), time(21))),
    ("我在开会，下午三点再打过来", CALL, (time(15), time(18))),
    ("下班以后给我打电话", CALL, (time(18), time(21))),
    ("明早给我来个电话吧", CALL, (time(8), time(12))),
    ("午休的时候打给我", CALL, (time(12), time(14))),
    ("6点后再联系我", CALL, (time(18), time(21))),
    ("明天上午10点到11点之间打给我", CALL, (time(10), time(11))),
    ("現在不方便，晚上再打來", CALL, (time(18), time(21))),
    ("18:30以后请回电", CALL, (time(18, 30), time(21))),
    ("在忙，晚点打给我", CALL, None),
    ("you call me 10 times a day", COMPLAINT, None),
    ("They called me 6 times yesterday", COMPLAINT, None),
    ("why are you calling me at night", COMPLAINT, None),
    ("calling my office after 6 is harassment", COMPLAINT, None),
    ("call me after 6 again and I report you", COMPLAINT, None),
    ("stop calling me after 6", STOP, None),
    ("半夜还打电话给我，我要投诉", COMPLAINT, None),
    ("一天打十个电话，晚上也打", COMPLAINT, None),
)
"""The reply, what it means, and the hours of the person's own day in which to ring."""

LATER: tuple[tuple[str, Intent, Hours], ...] = (
    ("Please give me a call after 4pm", CALL, (time(16), time(21))),
    ("can u call back at 9 tmrw", CALL, (time(9), time(12))),
    ("call me Saturday morning", CALL, (time(8), time(12))),
    ("pls call me at 12:30", CALL, (time(12, 30), time(14))),
    ("你晚上八点打给我吧", CALL, (time(20), time(21))),
    ("周六下午打电话给我", CALL, (time(12), time(18))),
    ("两点以后回我电话", CALL, (time(14), time(21))),
    ("you guys phoned me at 6 in the morning, unacceptable", COMPLAINT, None),
    ("我上班呢别打电话，晚上再说", STOP, None),
)
"""Written when the rules were done; of the first reading one was wrong ("call back at 9")."""
