"""Where a step goes on when a channel did not do its work: a table, asked for one message at a time.

Nothing moves on by itself: only what the step's `then` says, only forward through its channels, and never a code or a
security alert, which the person asks for anew.

>>> from loansms.model import Channel, Purpose
>>> from loansms.policy.stages import Hop, Step
>>> step = Step(id="day-1", day=1, template="collection.early", purpose=Purpose.COLLECTION, priority=60,
...             channels=(Channel.SMS, Channel.PUSH, Channel.VOICE),
...             then=(Hop(when=Outcome.UNDELIVERED), Hop(when=Outcome.NO_REPLY, after_hours=24, channel=Channel.VOICE)))
>>> next_hop(step, Channel.SMS, Outcome.UNDELIVERED, timedelta())
<Channel.PUSH: 'push'>
>>> next_hop(step, Channel.PUSH, Outcome.NO_REPLY, timedelta(hours=30))
<Channel.VOICE: 'voice'>
>>> next_hop(step, Channel.PUSH, Outcome.NO_REPLY, timedelta(hours=3)) is None
True
"""

from __future__ import annotations

from datetime import timedelta

from loansms.model import Channel
from loansms.policy.faults import NEVER_A_STEP
from loansms.policy.stages import Outcome, Step


def next_hop(step: Step, channel: Channel, outcome: Outcome, waited: timedelta) -> Channel | None:
    """Return the channel on which `step` goes on after `channel` met with `outcome`, None where it does not.

    `waited` is how long ago the message went out. Of several rows of the step's table the first that leads forward
    decides.
    """
    if step.purpose in NEVER_A_STEP or channel not in step.channels:
        return None
    later = step.channels[step.channels.index(channel) + 1 :]
    for hop in step.then:
        if hop.when is not outcome or waited < timedelta(hours=hop.after_hours):
            continue
        if hop.channel is None and later:
            return later[0]
        if hop.channel in later:
            return hop.channel
    return None
