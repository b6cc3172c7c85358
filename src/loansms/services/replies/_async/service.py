"""What borrowers write back, taken in end to end: obeyed first, then held, recorded, handed over and answered.

The order is the promise: an opt-out, a wrong number and a hold are in the ledger before anything that may fail is
asked, and the same reply told again does nothing twice and finishes what was cut short.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from loansms.clock import Clock, SystemClock, require_aware
from loansms.compliance import confirm_within
from loansms.errors import StoreError
from loansms.model import (
    Channel,
    Confirmation,
    Contact,
    ContactKind,
    Hold,
    HoldKind,
    InboundMessage,
    Lender,
    Purpose,
    Record,
    Revocation,
)
from loansms.planning import debtor_key, tenant_of
from loansms.providers import AsyncSupportsInbound
from loansms.providers.cases import AsyncCaseQueue
from loansms.replies import CaseKind, Intent, Reader
from loansms.services.keeping._async.keeper import AsyncKeeper
from loansms.services.replies._async.answers import AsyncReplyAnswers
from loansms.services.replies._async.cases import AsyncReplyCases
from loansms.services.replies.reading import AccessCodes, Reading, ReadingRoom, stops_asked
from loansms.services.replies.record import reply_record
from loansms.services.replies.rules import WRONG_PERSON, ReplyRules, StopReach, reply_rules, stops_of
from loansms.services.replies.taken import ANSWERED, ReplyTaken, reply_id
from loansms.services.replies.trail import REPLY_STEP, Trail
from loansms.services.replies.wishes import preferences_of
from loansms.services.sending._async.outreach import AsyncOutreachService
from loansms.services.sending.facts import AsyncFactSource
from loansms.stores import OPTED_OUT, AsyncFullLedger

# After these one confirmation may go, and nothing is owed where it does not.
_ENDS = frozenset({Intent.OPT_OUT, Intent.WRONG_PERSON})


class AsyncReplyService:
    """Takes in replies of one lender group.

    `outreach` sends the answers through the same gate as everything else, and its catalogue knows the menus; `keeper` is
    that of the service that sent: it finds the borrower of a number, and keeps the words sealed. `cases` is the desk's
    queue, `facts` the host's core system, without which no answer speaks of a loan. `access_codes` say which purposes are
    sent from which access number. Raise StoreError for a store without a journal.
    """

    def __init__(
        self,
        *,
        store: AsyncFullLedger,
        lender: Lender,
        outreach: AsyncOutreachService,
        keeper: AsyncKeeper | None = None,
        cases: AsyncCaseQueue | None = None,
        facts: AsyncFactSource | None = None,
        access_codes: AccessCodes | None = None,
        rules: ReplyRules | None = None,
        reader: Reader | None = None,
        clock: Clock | None = None,
    ) -> None:
        if not store.guarantees().journal:
            raise StoreError(
                "store: replies need a store that keeps a journal (MemoryStore, SqliteStore, PostgresStore)",
                "store：处理回复需要带有日志的存储（MemoryStore、SqliteStore、PostgresStore）",
            )
        self._store = store
        self._lender = lender
        self._tenant = tenant_of(lender)
        self._packs = outreach.setup.packs
        self._keeper = keeper
        self._rules = rules or reply_rules()
        self._clock = clock or SystemClock()
        overrides = outreach.setup.overrides
        self._cases = AsyncReplyCases(
            store=store, lender=lender, queue=cases, rules=self._rules, overrides=overrides
        )
        self._answers = AsyncReplyAnswers(lender=lender, outreach=outreach, facts=facts, rules=self._rules)
        self._room = ReadingRoom(
            lender=lender,
            catalogue=outreach.setup.catalogue,
            rules=self._rules,
            overrides=overrides,
            access_codes=access_codes or {},
            reader=reader,
        )

    async def collect(
        self, provider: AsyncSupportsInbound, *, now: datetime | None = None
    ) -> list[ReplyTaken]:
        """Fetch and take every reply the provider holds up to `now`."""
        at = require_aware(now or self._clock.now())
        return [await self.take(message, now=at) for message in await provider.inbound(at)]

    async def take(self, message: InboundMessage, *, now: datetime | None = None) -> ReplyTaken:
        """Take in one reply; what it stops is stopped before anything else is asked or written."""
        at = require_aware(now or self._clock.now())
        tags = self._keeper.tags(message.phone) if self._keeper and message.phone else ()
        reply = reply_id(message, tags[0] if tags else "")
        trails = {one: await self._trail(one) for one in await self._possible(message)}
        acting = self._writer(message, trails)
        if not trails:
            return await self._nobodys(reply, message, at)
        readings = {one: self._room.read(message, trail) for one, trail in trails.items()}
        first = acting or max(readings, key=lambda one: _recency(readings[one]))
        again = reply in trails[first].replies
        stopped: frozenset[Purpose] = frozenset()
        confirms = self._confirmation(message, readings[first], acting, trails)
        holds: tuple[Hold, ...] = ()
        if not again:
            stopped = await self._stop(reply, message, readings, acting)
            holds = await self._hold(reply, message, readings[first], list(trails), acting)
            await self._record(reply, message, readings[first], list(trails), acting)
        reading = readings[first]
        kinds = _cases_of(reading, one_writer=acting is not None)
        late = at - message.received_at > self._rules.answer_within
        opened = await self._cases.open(reply, message, first, kinds, reading, trails[first], at)
        template, answer, why = "", None, "several_borrowers"
        if acting is not None:
            template, answer, why = await self._answers.answer(
                reply, message, acting, reading, late=late, at=at, confirms=confirms
            )
        owed = (
            bool(reading.plan.template)
            and answer not in ANSWERED
            and reading.understanding.intent not in _ENDS
        )
        if owed and CaseKind.UNCLEAR not in opened:
            opened += await self._cases.open(
                reply, message, first, [CaseKind.UNCLEAR], reading, trails[first], at
            )
        said = reading.understanding
        return ReplyTaken(
            reply_id=reply,
            borrowers=tuple(self._borrower(one) for one in trails),
            intent=said.intent,
            confidence=said.confidence,
            stopped=stopped,
            holds=holds,
            cases=tuple(opened),
            promise_on=said.promise_on,
            score=reading.score,
            wishes=reading.wishes,
            call_hours=reading.call_hours,
            template=template,
            answer=answer,
            why=why,
            again=again,
            opted_out=reading.plan.suppress is not None,
        )

    # ------------------------------------------------------------------------------------------ who wrote

    async def _possible(self, message: InboundMessage) -> list[str]:
        """Return the debtors a reply may come from: the one the provider names, and those its number stands for."""
        found: set[str] = set()
        if message.borrower_id is not None:
            found.add(debtor_key(self._tenant, message.borrower_id))
        if self._keeper is not None and message.phone is not None:
            head = debtor_key(self._tenant, "")
            found |= {one for one in await self._keeper.find(message.phone) if one.startswith(head)}
        return sorted(found)

    async def _trail(self, debtor: str) -> Trail:
        trail = Trail()
        async for entry in self._store.entries(debtor=debtor):
            trail.add(entry)
        return trail

    def _writer(self, message: InboundMessage, trails: Mapping[str, Trail]) -> str | None:
        """Return the one debtor who wrote, None where it may be several."""
        if message.borrower_id is not None:
            return debtor_key(self._tenant, message.borrower_id)
        told = message.reply_to
        named = [one for one, trail in trails.items() if told and trail.message(told)]
        possible = named or list(trails)
        return possible[0] if len(possible) == 1 else None

    def _borrower(self, debtor: str) -> str:
        return debtor.removeprefix(debtor_key(self._tenant, ""))

    async def _nobodys(self, reply: str, message: InboundMessage, at: datetime) -> ReplyTaken:
        """Hand a reply of a number that is nobody's to a person: its words could not be obeyed."""
        trail = await self._trail("")
        reading = self._room.read(message, trail)
        again = reply in trail.replies
        if not again:
            told = reply_record(reply, "", message.received_at, reading, shared=False)
            await self._store.append([told])
        opened = await self._cases.open(reply, message, "", [CaseKind.UNCLEAR], reading, trail, at)
        said = reading.understanding
        return ReplyTaken(
            reply_id=reply,
            intent=said.intent,
            confidence=said.confidence,
            cases=tuple(opened),
            why="unknown_number",
            again=again,
            opted_out=said.intent is Intent.OPT_OUT,
        )

    # ------------------------------------------------------------------------------------------ what is done at once

    async def _stop(
        self, reply: str, message: InboundMessage, readings: Mapping[str, Reading], acting: str | None
    ) -> frozenset[Purpose]:
        """End the messages a reply ends, for all whom its number may stand for; return their purposes."""
        ended: frozenset[Purpose] = frozenset()
        if asked := stops_asked(readings.values()):
            scope, purposes = asked
            reaches = stops_of(scope, self._lender.jurisdiction, purposes, self._rules)
            for place, reach in enumerate(reaches):
                ended |= reach.purposes
                for debtor in readings:
                    await self._end(f"{REPLY_STEP}{reply}|{place}", debtor, reach, message.received_at)
        if acting is not None and readings[acting].plan.marks_wrong_person:
            await self._store.suppress(acting, WRONG_PERSON, message.received_at)
            ended = frozenset(Purpose)
        return ended

    def _confirmation(
        self, message: InboundMessage, reading: Reading, acting: str | None, trails: Mapping[str, Trail]
    ) -> Confirmation | None:
        """Return the stop that the answer to this reply may follow; None where it stops nothing, or nothing anew."""
        if acting is None:
            return None
        trail, at = trails[acting], message.received_at
        code = ""
        if reading.plan.marks_wrong_person and reading.plan.suppress is None:
            code = WRONG_PERSON
        elif (asked := stops_asked([reading])) and not reading.plan.marks_wrong_person:
            reaches = stops_of(asked[0], self._lender.jurisdiction, asked[1], self._rules)
            code = OPTED_OUT if any(one.code == OPTED_OUT for one in reaches) else ""
        stood = trail.stopped_at.get(code)
        if not code or stood not in (None, at):
            return None
        until = self._rules.confirm_until(at, confirm_within(self._packs))
        return Confirmation(code=code, stopped_at=at, until=until)

    async def _end(self, source: str, debtor: str, reach: StopReach, at: datetime) -> None:
        if reach.code:
            await self._store.suppress(debtor, reach.code, at, purposes=reach.purposes)
        else:
            taken = Revocation(at=at, purposes=reach.purposes, channels=reach.channels)
            await self._store.revoke_consent(debtor, taken, source)

    async def _hold(
        self,
        reply: str,
        message: InboundMessage,
        reading: Reading,
        debtors: Sequence[str],
        acting: str | None,
    ) -> tuple[Hold, ...]:
        """Hold what asks for money; where several may have written, each of them, and a wrong number too."""
        holds = reading.plan.holds
        if acting is None and reading.plan.marks_wrong_person:
            holds += (Hold(HoldKind.OPERATOR),)
        for debtor in [acting] if acting else debtors:
            for hold in holds:
                kept = hold if acting else Hold(hold.kind, hold.until)
                source = f"{REPLY_STEP}{reply}|{hold.kind.value}"
                await self._store.record_hold(debtor, kept, message.received_at, source)
        return holds

    async def _record(
        self,
        reply: str,
        message: InboundMessage,
        reading: Reading,
        debtors: Sequence[str],
        acting: str | None,
    ) -> None:
        heard = Contact(channel=Channel.SMS, at=message.received_at, kind=ContactKind.INBOUND_MESSAGE)
        step, told = f"{REPLY_STEP}{reply}", list[Record]()
        for debtor in [acting] if acting else debtors:
            digest = ""
            if self._keeper is not None:
                digest = await self._keeper.seal_reply(debtor, step, message, self._packs)
            shared = acting is None
            told.append(
                reply_record(reply, debtor, message.received_at, reading, shared=shared, digest=digest)
            )
        if acting:
            await self._store.record_contact(acting, heard, step)
        await self._store.append(told)
        wanted = preferences_of(reading.wishes)
        if acting and wanted:
            await self._store.record_preferences(acting, wanted, message.received_at, step)


def _recency(reading: Reading) -> tuple[bool, float]:
    return (reading.answered is not None, reading.answered.at.timestamp() if reading.answered else 0.0)


def _cases_of(reading: Reading, *, one_writer: bool) -> list[CaseKind]:
    """Return the cases a reply opens, the gravest first."""
    kinds = [one for one in reading.plan.cases if not (reading.says_nothing_else and one is CaseKind.UNCLEAR)]
    if not one_writer and reading.understanding.intent not in (Intent.OPT_OUT, Intent.ACKNOWLEDGEMENT):
        kinds.append(CaseKind.UNCLEAR)
    return list(dict.fromkeys(kinds))
