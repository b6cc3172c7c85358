"""Write the table of shipped gateway profiles, docs/reference/provider-acceptance.md, from the profiles themselves.

`--check` fails when the page is not what this script would write.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from loansms.templates import Acceptance
from loansms.templates.acceptance import shipped
from loansms.templates.acceptance_terms import Adder, Code, Kind, Links, Signature, Sourced, Variables

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "reference" / "provider-acceptance.md"
DASH: Final = "–"
INTRO: Final = """# Provider acceptance

What each gateway takes of a lender, by the profiles in `loansms/templates/data/acceptance`. The page is written from
them by `python scripts/provider_acceptance.py`. State: 2026-11-22. Terms change and contracts differ: ask your gateway,
and keep its answer in a [profile of your own](../how-to/choose-a-route.md).

- **Content**: *taken*; by *contract*; *ask* (nothing is written, ask before the first send); *refused*.
- **Marks**: V1 read at the source, V2 second hand, R recalled, house a choice of this package until a contract says otherwise.
- A rule id (CNP-…, US-…) is the rule of the packs that judges each message; the profile and the rule say the same, which a
  test holds.
- A line that is missing is not known, and nothing is asked for.

## Content

| profile | gateway | code | notice | reminder | collection | promotion | debts of others |
|---|---|---|---|---|---|---|---|
"""
USE: Final = """
## Reading a profile

```python
from loansms.templates import Acceptance

cloud = Acceptance.named("aliyun_cn")  # aliyun, Aliyun-CN and alibaba are the same
assert cloud.content.collection == "refused"
assert (cloud.length.max_chars, cloud.length.rule) == (500, "CNP-FMT-04")
assert cloud.code.digits == (4, 6)
```

`lint(catalogue, profile)`, `routes(template)` and `advise(catalogue, profile)` read them; so does
`loansms check-templates --profile`.
"""


def page() -> str:
    """Return the whole page."""
    told = {name: one for name, one in shipped().items() if one.content is not None}
    content = "".join(_content(one) for one in told.values())
    return INTRO + content + "".join(_terms(one) for one in told.values()) + USE


def _content(profile: Acceptance) -> str:
    content = profile.content
    if content is None:
        return ""
    kinds = (content.of(kind).value for kind in Kind)
    others = content.third_party.value if content.third_party else "as its own"
    return f"| {profile.name} | {profile.title} | {' | '.join(kinds)} | {others} |\n"


def _terms(profile: Acceptance) -> str:
    rows = "".join(
        f"| {name} | {told} | {line.rule or DASH} | {line.source} | {line.mark} |\n"
        for name, told, line in _lines(profile)
    )
    names = f"\n\nAlso: {', '.join(f'`{one}`' for one in profile.aliases)}." if profile.aliases else ""
    return f"\n## {profile.name}\n\n{profile.title}.{names}\n\n| term | value | rule | source | mark |\n|---|---|---|---|---|\n{rows}"


def _lines(profile: Acceptance) -> Iterator[tuple[str, str, Sourced]]:
    """Yield each line of a profile: its name, what it says, and the line itself."""
    if profile.content:
        yield "content", "see above", profile.content
    yield from _form(profile)
    yield from _named(profile)
    if profile.hours:
        yield (
            "hours",
            f"{profile.hours.start}–{profile.hours.end}: {_list(profile.hours.applies)}",
            profile.hours,
        )
    for rate in profile.rates:
        yield "rate", f"{_list(rate.applies)}: {_list(map(str, rate.limits))}, per {rate.per}", rate


def _form(profile: Acceptance) -> Iterator[tuple[str, str, Sourced]]:
    if signature := profile.signature:
        filed = ", filed first" * signature.filed
        yield "signature", f"{_adder(signature)}{filed}{_span(signature)}", signature
    if brackets := profile.brackets:
        yield "brackets", f"no {brackets.forbid} in the body", brackets
    if symbols := profile.symbols:
        yield "symbols", f"none of {symbols.forbid}", symbols
    if script := profile.script:
        yield "script", f"{script.takes} characters only", script
    if length := profile.length:
        yield "length", f"at most {length.max_chars} characters with signature and values", length
    if variables := profile.variables:
        yield "variables", _list(_variables(variables)), variables


def _adder(signature: Signature) -> str:
    by = f"the {signature.by}" if signature.by in (Adder.PROVIDER, Adder.SENDER) else signature.by
    return "none" if signature.by is Adder.NONE else f"{signature.form} added by {by}"


def _span(signature: Signature) -> str:
    least, most = signature.min_chars or 1, signature.max_chars
    return f", {least} to {most} characters" if most else ""


def _variables(one: Variables) -> Iterator[str]:
    if one.syntax:
        yield f"written `{one.syntax}`"
    if one.max_count is not None:
        yield f"at most {one.max_count}"
    if one.max_chars is not None:
        yield f"at most {one.max_chars} characters each{' (differs by account)' * one.varies}"
    if not one.adjacent:
        yield "none side by side"
    if not one.all_variable:
        yield "not alone"
    if not one.repeated:
        yield "each once"


def _named(profile: Acceptance) -> Iterator[tuple[str, str, Sourced]]:
    if code := profile.code:
        yield "code template", _list(_code(code)), code
    if links := profile.links:
        yield "links", _list(_links(links)), links
    if phones := profile.phones:
        most = f", at most {phones.max_count}" if phones.max_count is not None else ""
        yield "telephone lines", f"{_list(phones.kinds)}{most}; no messenger or group", phones
    if notice := profile.notice_opt_out:
        yield "opt-out in notices", f"{notice.demand}: {notice.text}", notice
    if promotion := profile.promotion_opt_out:
        exact = ", these very words" * promotion.exact
        yield "opt-out in promotions", f"{promotion.demand}: {promotion.text}{exact}", promotion


def _code(code: Code) -> Iterator[str]:
    if code.words:
        yield f"one of {' '.join(code.words)}"
    if code.digits:
        yield f"{code.digits[0]} to {code.digits[1]} digits"
    if code.max_variables:
        yield f"at most {code.max_variables} variable"
    if not code.contacts:
        yield "no contacts"
    if not code.links:
        yield "no links"


def _links(links: Links) -> Iterator[str]:
    if not links.taken:
        yield "none"
    if not links.variable:
        yield "fixed"
    if not links.short:
        yield "not shortened"
    if links.filed:
        yield "ICP-filed host"


def _list(told: Iterable[str]) -> str:
    return ", ".join(told) or DASH


def main(check: bool) -> int:
    """Write the page, or with `check` say whether it is stale."""
    text = page()
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    if check:
        print("not what scripts/provider_acceptance.py writes: docs/reference/provider-acceptance.md")
        return 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
