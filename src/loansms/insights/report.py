"""The report of one run as a single HTML file that reads offline.

A pure function of the run: decisions by stage, by day and by reason, the bad rows, the outcomes nobody
knows yet. It holds no phone number, name or message text, and everything in it is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import field, frozen

from loansms.insights.page import Content, Html, bar, document, element, joined, section, table
from loansms.insights.sentences import moment, number, plain_summary
from loansms.insights.summary import RunSummary, Tally, summarise
from loansms.insights.wording import is_chinese, say
from loansms.model import Channel, Reason
from loansms.portfolio import Reject
from loansms.providers.calling_name import CardSeen
from loansms.services import RunReport

_SHOWN = 500  # bad rows and unknown outcomes listed; the files hold them all
_CALLS = frozenset({Channel.VOICE, Channel.AGENT})


@frozen(kw_only=True)
class ReportAbout:
    """What a page tells beyond the run itself.

    ``stages`` maps the policy's stages, in its own order, to their labels (English, Chinese).
    ``authorities`` maps a rule id to the kind of its source ("law", "regulation", "house" ...); a reason
    without a rule is the lender's own. ``sent`` is false for a plan. ``versions`` name what decided. ``cards`` say under
    which names your numbers call (`loansms.providers.calling_name.seen_as`): told where a step of the run is a call.
    """

    example_only: bool = False
    sent: bool = True
    provider: str = ""
    versions: Mapping[str, str] = field(factory=dict[str, str])
    stages: Mapping[str, tuple[str, str]] = field(factory=dict[str, tuple[str, str]])
    authorities: Mapping[str, str] = field(factory=dict[str, str])
    cards: Sequence[CardSeen] = ()


def report_html(run: RunReport, lang: str = "en", about: ReportAbout | None = None) -> str:
    """Return the page for `run` in `lang` (en or zh-CN).

    >>> from datetime import UTC, datetime
    >>> run = RunReport(now=datetime(2026, 9, 24, 2, tzinfo=UTC), rows=(), lenders=("A & B",))
    >>> page = report_html(run, "en")
    >>> "A &amp; B" in page, "http://" in page or "https://" in page
    (True, False)
    """
    about = about or ReportAbout()
    summary = summarise(run.rows, about.stages)
    labels = {key: say(f"outcome.{key}", lang) for key in summary.outcomes}
    main = element(
        "main",
        section(
            say("page.short", lang),
            element(
                "ul",
                *(element("li", line) for line in plain_summary(summary, lang, len(run.warnings))),
                class_="short",
            ),
        ),
        _outcomes(summary, labels, lang),
        _tallies("stage", summary.by_stage, labels, lang, about.stages),
        _tallies("day", summary.by_day, labels, lang),
        _reasons(summary, about, labels, lang),
        _cards(run, about, lang),
        _unknown(summary, lang),
        _rejects(run.rejects, lang),
        _warnings(run.warnings, lang),
        _words(labels, lang),
    )
    return document(
        f"{', '.join(run.lenders)} {_title(run, lang)}".strip(),
        "zh-CN" if is_chinese(lang) else "en",
        _header(run, about, lang),
        main,
        element("footer", element("p", say("page.private", lang))),
    )


def _title(run: RunReport, lang: str) -> str:
    return say("page.title", lang, day=run.now.date().isoformat())


def _header(run: RunReport, about: ReportAbout, lang: str) -> Html:
    facts = {
        say("about.now", lang): moment(run.now),
        say("about.book", lang): run.book,
        say("about.mode", lang): say("mode.run" if about.sent else "mode.plan", lang),
        say("about.provider", lang): about.provider,
        **{_version_of(name, lang): version for name, version in about.versions.items()},
    }
    if not about.versions:
        facts[say("about.versions", lang)] = "; ".join(run.versions)
    told = [
        element("div", element("dt", name), element("dd", value)) for name, value in facts.items() if value
    ]
    example = [element("p", say("page.example", lang), class_="example")] if about.example_only else []
    title = element("span", _title(run, lang))
    return element("header", element("h1", ", ".join(run.lenders), title), *example, element("dl", *told))


def _version_of(name: str, lang: str) -> str:
    """Return the label of a version: "pack CN" is the rule pack of CN."""
    kind, _, which = name.partition(" ")
    return f"{say(f'about.{kind}', lang)} {which}".strip()


def _outcomes(summary: RunSummary, labels: Mapping[str, str], lang: str) -> Html:
    tiles = [
        element(
            "li",
            element("b", number(count)),
            element("span", labels[key]),
            element("small", f"{100 * count / summary.total:.1f} %"),
            class_=f"tile k-{key}",
        )
        for key, count in summary.outcomes.items()
    ]
    return section(
        say("page.outcomes", lang),
        bar(summary.outcomes, labels, summary.total),
        element("ul", *tiles, class_="tiles"),
    )


def _tallies(
    kind: str,
    tallies: Sequence[Tally],
    labels: Mapping[str, str],
    lang: str,
    names: Mapping[str, tuple[str, str]] | None = None,
) -> Content:
    if not tallies:
        return ""
    shown = [key for key in labels if any(key in one.counts for one in tallies)]
    widest = max(one.total for one in tallies)
    rows: list[list[Content]] = [
        [
            element("b", _named(one.key, names or {}, lang)),
            *(number(one.counts.get(key, 0)) for key in shown),
            number(one.total),
            bar(one.counts, labels, widest),
        ]
        for one in tallies
    ]
    heads = [say(f"head.{kind}", lang), *(labels[key] for key in shown), say("head.total", lang), ""]
    made = table(heads, rows, numeric=range(1, len(heads) - 1))
    return section(say(f"page.{kind}s", lang), made, note=say(f"page.{kind}s.note", lang))


def _named(key: str, names: Mapping[str, tuple[str, str]], lang: str) -> str:
    label = names.get(key, ("", ""))[is_chinese(lang)]
    return label or key or say("stage.", lang)


def _reasons(summary: RunSummary, about: ReportAbout, labels: Mapping[str, str], lang: str) -> Html:
    # The authority says it already, and the policy's version stands at the head of the page.
    told_elsewhere = {"house", "provider", about.versions.get("policy", "house")}
    rows: list[list[Content]] = [
        [
            _chip(one.outcome, labels),
            number(one.count),
            one.told(lang),
            element("code", one.reason.code),
            "" if one.reason.citation in told_elsewhere else one.reason.citation,
            _authority(one.reason, about, lang),
        ]
        for one in summary.by_reason
    ]
    keys = ["outcome", "count", "reason", "code", "source", "authority"]
    if not any(row[4] for row in rows):  # no rule with a source of its own spoke
        keys.pop(4)
        rows = [[*row[:4], *row[5:]] for row in rows]
    made = table([say(f"head.{key}", lang) for key in keys], rows, numeric=[1])
    return section(say("page.reasons", lang), made)


def _authority(reason: Reason, about: ReportAbout, lang: str) -> str:
    own = "provider" if reason.citation == "provider" else "house"
    return say(f"authority.{about.authorities.get(reason.rule_id, own)}", lang)


def _chip(outcome: str, labels: Mapping[str, str]) -> Html:
    return element("span", labels[outcome], class_=f"chip k-{outcome}")


def _cards(run: RunReport, about: ReportAbout, lang: str) -> Content:
    if not about.cards or not any(one.row.channel in _CALLS for one in run.rows):
        return ""
    rows: list[list[Content]] = [
        [
            element("b", one.shown or say("card.number", lang)),
            one.reason.told(lang),
            ", ".join(one.shown_on),
            ", ".join(f"{mark.source}: {mark.kind.value}" for mark in one.marks),
        ]
        for one in about.cards
    ]
    heads = [say(f"head.{key}", lang) for key in ("seen", "reason", "shown_on", "marks")]
    return section(say("page.cards", lang), table(heads, rows), note=say("page.cards.note", lang))


def _unknown(summary: RunSummary, lang: str) -> Content:
    if not summary.unknown:
        return ""
    rows: list[list[Content]] = [
        [element("code", one.loan_id), one.step, one.template, str(one.line or "")]
        for one in summary.unknown[:_SHOWN]
    ]
    heads = [say(f"head.{key}", lang) for key in ("loan", "step", "template", "line")]
    note = say("meaning.unknown", lang)
    made = table(heads, rows, numeric=[3])
    return section(say("page.unknown", lang), made, _more(len(summary.unknown), lang), note=note)


def _rejects(rejects: Sequence[Reject], lang: str) -> Html:
    title = say("page.rejects", lang)
    if not rejects:
        return section(title, element("p", say("page.none", lang)))
    rows: list[list[Content]] = [
        [str(one.line), element("code", one.column), (is_chinese(lang) and one.reason_zh) or one.reason]
        for one in rejects[:_SHOWN]
    ]
    heads = [say(f"head.{key}", lang) for key in ("line", "column", "expected")]
    return section(title, table(heads, rows, numeric=[0]), _more(len(rejects), lang))


def _more(count: int, lang: str) -> Content:
    if count <= _SHOWN:
        return ""
    return element("p", say("page.more", lang, count=number(count - _SHOWN)), class_="note")


def _warnings(warnings: Sequence[Reason], lang: str) -> Content:
    if not warnings:
        return ""
    return section(
        say("page.warnings", lang),
        element("ul", *(element("li", one.told(lang)) for one in warnings), class_="warnings"),
    )


def _words(labels: Mapping[str, str], lang: str) -> Html:
    terms = joined(
        element("div", element("dt", _chip(key, labels)), element("dd", say(f"meaning.{key}", lang)))
        for key in labels
    )
    return section(say("page.words", lang), element("dl", terms, class_="words"))
