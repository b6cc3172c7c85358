"""The profiles that ship: which numbers a lender's codes are issued under, each with its source.

A profile is a value: take one of these and change what you must (``attrs.evolve``, `Profile.ruled`). Which standard
each satisfies is `otp.standards`; the service proves it when it is built.

>>> LENDER.digits, LENDER.lifetime.seconds, LENDER.failures
(6, 300, 5)
>>> [(rate.count, int(rate.window.total_seconds())) for rate in LENDER.rule("phone").rates]
[(1, 60), (5, 3600), (10, 86400)]
>>> served(LENDER, "CN", PhoneNumber.parse("+12025550123")).code
'country_not_served'
"""

from __future__ import annotations

from datetime import timedelta

import phonenumbers
from attrs import evolve
from phonenumbers import PhoneNumberType

from loansms.model import PhoneNumber, Reason
from loansms.otp.admission import Guard
from loansms.otp.profile import COUNTED, DAY, GUARD, HALF_HOUR, HOUR, MINUTE, BucketRule, Profile, Rate

__all__ = [
    "ASVS_L2",
    "COUNTED",
    "DAY",
    "GUARD",
    "HALF_HOUR",
    "HOUR",
    "LENDER",
    "MAINLAND",
    "MINUTE",
    "NIST_63B",
    "PSD2_SCA",
    "SHIPPED",
    "BucketRule",
    "Profile",
    "Rate",
    "served",
]


def served(profile: Profile, jurisdiction: str, phone: PhoneNumber) -> Reason | None:
    """Return why no code may go to `phone` at all, None when it may; asked before anything is charged.

    A lender of one country denies the others: that is the first defence against pumping. So does a number that
    is neither a mobile nor a landline (premium rate, shared cost, internet telephony).
    """
    countries = (
        frozenset({jurisdiction.partition("-")[0]}) if profile.countries is None else profile.countries
    )
    if phone.country not in countries:
        return _ELSEWHERE
    # The model knows what can be texted; the kind of any other number is asked for here, which is rare.
    if not phone.can_text and phonenumbers.number_type(phonenumbers.parse(phone.e164)) not in _PERSONAL:
        return _NO_PERSONS
    return None


_PERSONAL = frozenset(
    {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
)
_ELSEWHERE = Reason(
    "country_not_served",
    "house; geographic permission of Twilio Verify (error 60605)",
    "Codes are sent to numbers of the countries served, and this number is of another.",
    severity="block",
    message_zh="验证码仅发送至本机构服务地区的号码，该号码属于其他国家或地区。",
)
_NO_PERSONS = Reason(
    "number_kind",
    "NIST SP 800-63B-4, out-of-band devices (internet telephony); house (premium and shared cost)",
    "Codes are sent to mobiles and landlines only; this is a number of another kind.",
    severity="block",
    verified="V1",
    message_zh="验证码仅发送至手机或固定电话，该号码属于其他类型。",
)

# --- What ships. Sources in short: "channel" = Alibaba Cloud Dysms, per signature and number, rolling
# (help.aliyun.com/document_detail/2881383.html); "carrier" = ten non-marketing messages a number and day
# (cloud.tencent.com/document/faq/382/13303); "Authgear" = docs/specs/fraud-protection.md, fa7a7d55.

_NUMBER = (
    Rate(
        count=1, window=MINUTE
    ),  # channel; the 60 s that Alibaba, django-otp, Supabase and Authgear take too
    Rate(count=5, window=HOUR),  # channel
    Rate(count=10, window=DAY),  # channel, carrier
)

# Ten messages a number and day is what carriers pass on; codes to an unconfirmed number, which a stranger may
# ask for, take five of them at most, so five are always left for the person whose number it is.
_UNCONFIRMED = (
    Rate(count=1, window=MINUTE),  # channel
    Rate(count=5, window=HOUR),  # channel
    Rate(count=5, window=DAY),  # house: half of the carrier's day
)

_LENDER_RULES = (
    BucketRule(name="phone", rates=_NUMBER),
    BucketRule(name="phone_unconfirmed", rates=_UNCONFIRMED),
    BucketRule(
        name="phone_action", rates=(Rate(count=5, window=HOUR), Rate(count=10, window=DAY))
    ),  # channel
    BucketRule(name="carrier", rates=(Rate(count=10, window=DAY),)),  # carrier
    # House: a shop or a mobile network hides many borrowers behind one address. Authgear lets an address ask
    # 60 times a minute, 3,600 an hour; this is a thirty-sixth. A slot of ten minutes keeps the log under 150.
    BucketRule(
        name="ip",
        rates=(Rate(count=100, window=HOUR), Rate(count=1000, window=DAY)),
        slot=timedelta(minutes=10),
    ),
    # House: a device is one person's, or a counter's where several borrowers are served.
    BucketRule(name="device", rates=(Rate(count=20, window=HOUR), Rate(count=50, window=DAY))),
    # House: ten thousand numbers share a prefix (coss.com's verify guard takes the same four digits).
    BucketRule(name="prefix", rates=(Rate(count=300, window=HOUR),), slot=timedelta(minutes=5)),
    # Shadow until the host has seen its own rates (Authgear's default too: record only). Percent: the day's
    # 30 % of the verified, taken for the hour too, looser than Authgear's. Counts: Authgear's for an address are
    # 5 an hour and 10 a day, for a country 20 a day; a prefix, between the two, takes 5 an hour and 20 a day.
    # Authgear's hour of a country leans on a maximum of 14 days, which no log of a day holds: so a country has a
    # day alone.
    BucketRule(
        name="prefix_guard",
        rates=(Rate(count=5, window=HOUR), Rate(count=20, window=DAY)),
        slot=timedelta(minutes=15),
        guard=Guard(percent=30, shadow=True),
    ),
    BucketRule(
        name="country_guard",
        rates=(Rate(count=20, window=DAY),),
        slot=HALF_HOUR,
        guard=Guard(percent=30, shadow=True),
    ),
    BucketRule(
        name="ip_guard",
        rates=(Rate(count=5, window=HOUR), Rate(count=10, window=DAY)),
        slot=timedelta(minutes=15),
        guard=Guard(percent=30, shadow=True),
    ),
)

LENDER = Profile(
    name="lender",
    # 300 s: Alibaba's PNVS, Auth0, django-otp; half of what NIST and ASVS allow. 5 failures: PSD2's most, Kratos'
    # and Twilio's number. 10 in 24 h against six digits: 1 in 100,000 a day.
    rules=_LENDER_RULES,
    standards=("NIST SP 800-63B-4", "OWASP ASVS 5.0 L2"),
)
"""The default: six digits, 300 s, 5 failures; a number 60 s apart, 5 an hour, 10 in 24 hours."""

NIST_63B = evolve(
    LENDER,
    name="nist-63b",
    lifetime=timedelta(minutes=10),  # the most the standard allows: for readers who need longer
    standards=("NIST SP 800-63B-4",),
)
"""NIST SP 800-63B-4, out-of-band by text or voice; ten minutes of life, the most it allows."""

ASVS_L2 = evolve(
    LENDER,
    name="asvs-l2",
    lifetime=timedelta(minutes=10),  # V6.5.5
    standards=("OWASP ASVS 5.0 L2",),
)
"""OWASP ASVS 5.0 at level 2; level 3 allows no telephone codes at all (V6.6.1)."""

PSD2_SCA = evolve(
    LENDER,
    name="psd2-sca",
    # Art. 4(3)(b) counts failures whatever the device, so none has a lane beyond a full window. Known devices
    # keep their reserve of the day; a stranger can hold an action for the window at most, as the article wants.
    device_lane=0,
    standards=("PSD2 RTS 2018/389",),
    transaction_actions=frozenset({"repayment", "early_repayment", "settle"}),  # art. 5: the actions that pay
    # What is no payment; any other word, a misspelt one too, needs its amount and payee.
    unbound_actions=frozenset(
        {
            "verify",
            "login",
            "loan_application",
            "sign_contract",
            "disbursement",
            "bind_account",
            "change_phone",
            "reset_password",
            "number_change_old",
            "number_change_new",
            "number_change_vouch",
            "extension",
            "agree_plan",
            "sign_guarantee",
            "authorise_agent",
            "authorise_enquiry",
            "authorise_debit",
            "cancel_debit",
            "unbind_account",
            "update_details",
            "close_account",
        }
    ),
    split_budgets=False,  # art. 4(3)(b) counts failures, whichever number the code went to
    totp=False,  # a TOTP says nothing of amount and payee (art. 5)
)
"""Strong customer authentication under (EU) 2018/389: acts that pay are bound to amount and payee."""

MAINLAND = evolve(
    LENDER,
    name="mainland",
    rules=tuple(
        [
            {
                # The channel counts every code to a number, confirmed or not: 1 a minute, 5 an hour, 10 a day.
                "carrier": BucketRule(name="carrier", rates=_NUMBER),
                # House: two of the channel's five an hour, so three are left for the person whose number it is.
                "phone_unconfirmed": BucketRule(
                    name="phone_unconfirmed",
                    rates=(
                        Rate(count=1, window=MINUTE),
                        Rate(count=2, window=HOUR),
                        Rate(count=5, window=DAY),
                    ),
                ),
            }.get(rule.name, rule)
            for rule in _LENDER_RULES
        ]
    ),
    countries=frozenset({"CN"}),
    standards=("Alibaba Cloud SMS", "JR/T 0068-2020"),
    template_profile="aliyun",  # one variable of 4 to 6 characters
)
"""What Alibaba Cloud SMS passes on; others pass less, see Tencent Cloud (cloud.tencent.com/document/faq/382/13303).

The clauses of JR/T 0068-2020 are unverified and shown as such.
"""

SHIPPED = (LENDER, NIST_63B, ASVS_L2, PSD2_SCA, MAINLAND)
"""Every profile that ships."""
