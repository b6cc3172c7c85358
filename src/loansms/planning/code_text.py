"""The words of a code: which template says it, in which language, and whether they show what is being signed.

`CodeWords` is made once for a lender and chooses without searching; `plan_code_text` does the same for one
message. A text that would not show the bound amount and payee, whose payee fails the wording review, or into
which the autofill line does not fit, is refused with a reason: no code goes out under false words.

>>> words = CodeWords(Catalogue.builtin(), Lender.example())
>>> said = words.text(code="839201", action="login", minutes=5, channel=Channel.SMS)
>>> said.template, said.locale, said.segments, said.text
('otp.code', 'zh-CN', 1, Secret(***))
>>> said.text.reveal()
'验证码839201，用于登录，5分钟内有效。勿告知任何人，包括我方人员。非本人操作请致电400-000-0000。'
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from attrs import field, frozen

from loansms.compliance import review_text
from loansms.errors import ConfigurationError, TemplateError
from loansms.model import Channel, Lender, Purpose, Reason, RecipientRole
from loansms.otp import Transaction
from loansms.otp.autofill import Autofill, RetrieverHash
from loansms.otp.profiles import Profile
from loansms.planning.code_choice import OTHER, Choice, choose, home_of
from loansms.planning.gate import lender_facts
from loansms.planning.shown import not_shown, unclear
from loansms.privacy import Secret
from loansms.templates import Catalogue, SlotKind, Template, render, takes_one_slot
from loansms.templates.locales import fallbacks
from loansms.text import count

_MAINLAND = "CN"
_MINUTE = timedelta(minutes=1)
_NO_TEMPLATE = Reason(
    "no_template",
    "house",
    "No text for this code in the language wanted or the lender's own.",
    severity="block",
    message_zh="没有可用的验证码文案（所需语言及机构默认语言均无）。",
)


@frozen(kw_only=True)
class CodeText:
    """A finished text of a code, or of an alert that goes with it: what a message carries.

    ``signature`` stands without its brackets, "" where none is added (a call has none); a call counts one
    segment; ``template_version`` is that of the words, ``slots`` are the values written into them.
    """

    text: Secret[str]
    template: str
    locale: str
    segments: int
    signature: str
    template_version: str = ""
    slots: Secret[Mapping[str, str]] | None = field(default=None, repr=False, eq=False)


@frozen
class _Around:
    """A text in which only the code is still open: what stands before and after it."""

    before: str
    after: str
    template: Template
    segments: int
    signature: str
    slots: Mapping[str, str] = field(repr=False, eq=False)

    def said(self, code: str) -> CodeText:
        """Return the text with `code` in its place."""
        return CodeText(
            text=Secret(f"{self.before}{code}{self.after}"),
            template=self.template.id,
            locale=self.template.locale,
            segments=self.segments,
            signature=self.signature,
            template_version=self.template.version,
            slots=Secret({**self.slots, "code": code}),
        )


@frozen(kw_only=True)
class CodeWords:
    """The words in which one lender sends its codes; made once.

    ``minutes``: how long a code lives as a whole, against which fixed words are held. ``template``: takes the
    place of the template of codes by text that are bound to nothing. ``template_profile``: the gateway whose
    code templates are used (see `loansms.templates.lint`); one that takes a single variable gets
    ``otp.plain``. ``autofill``: ends the texts of SMS; an app's hash gets ``otp.short``, and none is added to a
    text that shows a transaction, which somebody has to read. ``approved_only``: no template but an approved one
    carries a code.
    Raise ConfigurationError for autofill on the mainland, a template or a profile that nobody knows.
    """

    catalogue: Catalogue = field(kw_only=False)
    lender: Lender = field(kw_only=False)
    minutes: int = 5
    template: str | None = None
    template_profile: str = "none"
    autofill: Autofill | None = None
    approved_only: bool = False
    _chosen: Mapping[tuple[str, bool, bool], Choice] = field(init=False, repr=False, eq=False)
    _facts: Mapping[str, object] = field(init=False, repr=False, eq=False)
    # Texts bound to nothing, by what they depend on besides the code: one for every action and minute left.
    _around: dict[tuple[str, str, str, int, int], _Around] = field(
        init=False, repr=False, eq=False, factory=dict[tuple[str, str, str, int, int], _Around]
    )

    @classmethod
    def of(
        cls,
        catalogue: Catalogue,
        lender: Lender,
        profile: Profile,
        *,
        autofill: Autofill | None = None,
        template: str | None = None,
        approved_only: bool = False,
    ) -> CodeWords:
        """Return the words for codes issued under `profile`."""
        return cls(
            catalogue,
            lender,
            minutes=profile.lifetime // _MINUTE,
            template=template,
            template_profile=profile.template_profile or "none",
            autofill=autofill,
            approved_only=approved_only,
        )

    def __attrs_post_init__(self) -> None:
        if self.autofill is not None and self.lender.jurisdiction.partition("-")[0] == _MAINLAND:
            raise ConfigurationError(
                "autofill: mainland gateways register every word of a code template, so no line may be added; "
                "leave it out",
                "autofill：内地通道逐字报备验证码模板，不得附加自动填充行；请去掉该设置",
            )
        if self.template is not None:
            self.catalogue.locales(self.template)
        ids = {
            (False, False): self.template or self._unbound(),
            (False, True): "otp.transaction",
            (True, False): "otp.voice",
            (True, True): "otp.voice_transaction",
        }
        chosen = {
            (template.locale, *kind): self._choice(template, voice=kind[0], bound=kind[1])
            for kind, template_id in ids.items()
            for template in self.catalogue.templates.values()
            if template.id == template_id
        }
        object.__setattr__(self, "_chosen", chosen)
        object.__setattr__(self, "_facts", lender_facts(self.lender))

    def template_for(self, locale: str | None, *, voice: bool, bound: bool) -> Template | None:
        """Return the template for a reader of `locale` (None: the lender's own language), None without one."""
        chosen = self._for(locale or self.home, voice, bound)
        return None if chosen is None else chosen.template

    def fault_of(self, template: Template, *, voice: bool, bound: bool) -> Reason | None:
        """Return why `template` cannot carry a code, spoken or bound to a transaction; None when it can."""
        return self._choice(template, voice=voice, bound=bound).fault

    @property
    def home(self) -> str:
        """The language spoken to whoever states none."""
        return home_of(self.lender)

    @property
    def locales(self) -> tuple[str, ...]:
        """The locales in which there is any text of a code."""
        return tuple(sorted({key[0] for key in self._chosen}))

    def text(
        self,
        *,
        code: str,
        action: str,
        minutes: int,
        channel: Channel,
        transaction: Transaction | None = None,
        locale: str | None = None,
        template: str | None = None,
    ) -> CodeText | Reason:
        """Return the words of `code`, or why it may not be sent in words.

        `minutes`: how long it is still valid. `action`: a choice of the slot of that name, any other word is
        told as ``other``. `locale`: a language tag; one nobody serves gets the lender's own. `template`: speaks
        this once instead of the chosen one; TemplateError when no such template exists.
        """
        wanted = self.home if locale is None else locale
        voice, bound = channel is Channel.VOICE, transaction is not None
        if template is None:
            chosen = self._for(wanted, voice, bound)
        else:
            served = self.catalogue.resolve_locale(template, wanted, self.home)
            found = self.catalogue.get(template, served)
            chosen = self._choice(found, voice=voice, bound=bound)
        if chosen is None:
            return _NO_TEMPLATE
        if chosen.fault is not None:
            return chosen.fault
        slot = chosen.template.slots.get("action")
        told = action if slot is not None and action in slot.choices else OTHER
        if transaction is not None or self.autofill is not None or not (code.isascii() and code.isdigit()):
            return self._said(chosen, code, told, minutes, channel, transaction)
        key = (chosen.template.id, chosen.template.locale, told, minutes, len(code))
        around = self._around.get(key)
        if around is not None:
            return around.said(code)
        said = self._said(chosen, code, told, minutes, channel, None)
        if isinstance(said, CodeText) and _written_once(chosen.template, said, code):
            before, _, after = said.text.reveal().partition(code)
            slots = said.slots.reveal() if said.slots else {}
            self._around[key] = _Around(
                before, after, chosen.template, said.segments, said.signature, {**slots, "code": ""}
            )
        return said

    def _choice(self, template: Template, *, voice: bool, bound: bool) -> Choice:
        return choose(
            template, voice=voice, bound=bound, minutes=self.minutes, approved_only=self.approved_only
        )

    def _unbound(self) -> str:
        if takes_one_slot(self.template_profile):
            return "otp.plain"
        return "otp.short" if isinstance(self.autofill, RetrieverHash) else "otp.code"

    def _for(self, locale: str, voice: bool, bound: bool) -> Choice | None:
        for tag in fallbacks(locale):
            found = self._chosen.get((tag, voice, bound))
            if found is not None:
                return found
        there = [chosen for key, chosen in self._chosen.items() if key[1:] == (voice, bound)]
        return self._chosen.get((self.home, voice, bound)) or next(iter(there), None)

    def _said(
        self,
        chosen: Choice,
        code: str,
        action: str,
        minutes: int,
        channel: Channel,
        transaction: Transaction | None,
    ) -> CodeText | Reason:
        template = chosen.template
        told: dict[str, object] = {
            "code": code,
            "spoken_code": code,
            "action": action,
            "minutes": minutes,
        }
        if transaction is not None:
            told |= {"amount": transaction.amount, "payee": transaction.payee}
        try:
            done = render(
                template, {name: told[name] for name in chosen.fills if name in told}, lender=self.lender
            )
        except TemplateError as wrong:
            return refused(wrong)
        text, segments = done.text, done.segments
        if transaction is not None:
            doubt = self._doubt(template, text, transaction)
            if doubt is not None:
                return doubt
        if self.autofill is not None and channel is Channel.SMS:
            ended = self.autofill.ended(text, code, bound=transaction is not None)
            if ended is None:
                return _too_long(template)
            text, segments = ended, count(ended, done.billing, done.signature).segments
        return CodeText(
            text=Secret(text),
            template=template.id,
            locale=template.locale,
            segments=segments,
            signature=done.signature,
            template_version=template.version,
            slots=Secret(done.slots),
        )

    def _doubt(self, template: Template, text: str, transaction: Transaction) -> Reason | None:
        """Return why a text bound to a transaction may not be sent: not shown, unclear, or unlawful words.

        The fixed words were reviewed before; the payee's are the only free ones.
        """
        unseen = not_shown(template, text, transaction, self.lender) or unclear(
            transaction.payee, heard=template.channel is Channel.VOICE
        )
        if unseen is not None:
            return unseen
        review = review_text(
            transaction.payee,
            language=template.locale,
            purpose=Purpose.OTP,
            facts=self._facts,
            recipient_role=RecipientRole.BORROWER,
        ).cleared
        if review.allowed:
            return None
        first = review.findings[0]
        families = ", ".join(sorted(review.families))
        return Reason(
            "text_refused",
            first.citation,
            f"The payee's name does not pass the wording review: {families}.",
            rule_id=first.rule_id,
            severity="block",
            verified=first.verified,
            message_zh=f"收款方名称未通过审查：{families}。",
        )


def plan_code_text(
    *,
    code: str,
    action: str,
    minutes: int,
    channel: Channel,
    transaction: Transaction | None,
    locale: str | None,
    catalogue: Catalogue,
    lender: Lender,
    autofill: Autofill | None = None,
    template: str | None = None,
) -> CodeText | Reason:
    """Return the words of one code as `CodeWords.text` does, for a code that lives `minutes` as a whole."""
    words = CodeWords(catalogue, lender, minutes=minutes, autofill=autofill)
    return words.text(
        code=code,
        action=action,
        minutes=minutes,
        channel=channel,
        transaction=transaction,
        locale=locale,
        template=template,
    )


def refused(wrong: TemplateError) -> Reason:
    """Return what a template did not take: place and expectation, never the value."""
    return Reason("text_refused", "house", str(wrong), severity="block", message_zh=wrong.zh)


def _written_once(template: Template, said: CodeText, code: str) -> bool:
    """Return whether `code` stands in a text as it is, and nothing else there reads the same."""
    kinds = [slot.kind for slot in template.slots.values()]
    plain = kinds.count(SlotKind.CODE) == 1 and SlotKind.SPOKEN not in kinds
    return plain and said.text.reveal().count(code) == 1


def _too_long(template: Template) -> Reason:
    return Reason(
        "too_long",
        "Android SMS Retriever: a message of at most 140 bytes",
        f"{template.place}: too long with the app's hash; expected at most 140 bytes, shorten the text.",
        severity="block",
        message_zh=f"{template.place}：连同应用哈希超过 140 字节；请缩短文案。",
    )
