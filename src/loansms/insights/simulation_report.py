"""A simulation as a single HTML file that reads offline, and as a small summary for notebooks.

Both say first that the behaviour is assumed. Neither holds a phone number, a name or a text; everything is escaped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from loansms.insights.page import Content, Html, bar, document, element, section, table
from loansms.insights.sentences import moment, number
from loansms.insights.simulation import Simulation
from loansms.insights.simulation_figures import assumption_rows, figure_rows, in_short
from loansms.insights.simulation_wording import tell
from loansms.insights.wording import general, is_chinese

_SHOWN: Final = 200  # borrowers listed; the frame holds them all
_BAR: Final = "planned"  # the colour of messages to be sent, in report.css


def simulation_html(simulation: Simulation, lang: str = "en") -> str:
    """Return the page of a simulation in `lang` (en or zh-CN)."""
    sections = [
        section(
            tell("short", lang),
            element("ul", *(element("li", line) for line in in_short(simulation, lang)), class_="short"),
        ),
        _assumptions(simulation, lang),
        _figures(simulation, lang),
        _days(simulation, lang),
        _steps(simulation, lang),
        _held(simulation, lang),
        _moved(simulation, lang),
        *([_changed(simulation, lang)] if len(simulation.versions) > 1 else []),
    ]
    names = ", ".join(dict.fromkeys(one.slots(lang)["lender_name"] for one in simulation.lenders))
    return document(
        f"{names} {tell('title', lang)}".strip(),
        "zh-CN" if is_chinese(lang) else "en",
        _header(simulation, names, lang),
        element("main", *sections),
        element("footer", element("p", tell("private", lang))),
    )


def summary_html(simulation: Simulation, lang: str = "en") -> str:
    """Return the few figures a notebook shows."""
    told = element("p", element("strong", tell("assumed", lang)))
    said = element("ul", *(element("li", line) for line in in_short(simulation, lang)))
    return str(element("div", told, said, _figure_table(simulation, lang)))


def _header(simulation: Simulation, names: str, lang: str) -> Html:
    first = simulation.totals.to_dicts()[0]
    facts = {
        **{tell("version", lang, name=one.name): one.policy.version for one in simulation.versions},
        tell("about.book", lang): simulation.book,
        tell("about.rows", lang): f"{number(first['loans'])}, {number(first['borrowers'])}",
        tell("about.rejects", lang): number(simulation.rejects) if simulation.rejects else "",
        tell("about.as_of", lang): str(simulation.book_as_of or ""),
        tell("about.start", lang): moment(simulation.start),
        tell("about.days", lang): str(simulation.days),
        tell("about.seed", lang): str(simulation.seed),
        tell("about.behaviour", lang): simulation.behaviour.name,
        tell("about.packs", lang): ", ".join(simulation.packs),
        tell("about.price", lang): "" if simulation.price is None else str(simulation.price),
    }
    told = [
        element("div", element("dt", name), element("dd", value)) for name, value in facts.items() if value
    ]
    title = element("h1", names, element("span", tell("title", lang)))
    return element(
        "header", title, element("p", tell("assumed", lang), class_="example"), element("dl", *told)
    )


def _assumptions(simulation: Simulation, lang: str) -> Html:
    heads = [tell(f"head.{key}", lang) for key in ("assumption", "chance", "after_reading")]
    made = table(heads, assumption_rows(simulation.behaviour, lang), numeric=[1, 2])
    return section(tell("assumptions", lang), made, note=tell("assumptions.note", lang))


def _figures(simulation: Simulation, lang: str) -> Html:
    two = len(simulation.versions) > 1
    borrowers = number(simulation.totals["borrowers"][0])
    note = tell("figures.note", lang, n=borrowers) if two else ""
    return section(tell("figures", lang), _figure_table(simulation, lang), note=note)


def _figure_table(simulation: Simulation, lang: str) -> Html:
    heads = figure_heads(simulation, lang)
    return table(heads, figure_rows(simulation, lang), numeric=range(1, len(heads)))


def figure_heads(simulation: Simulation, lang: str) -> list[str]:
    """Return the heads of the table of all figures."""
    heads = [
        tell("head.figure", lang),
        *(tell("version", lang, name=one.name) for one in simulation.versions),
    ]
    two = len(simulation.versions) > 1
    return [*heads, *(tell(f"head.{key}", lang) for key in ("difference", "interval") if two)]


def _days(simulation: Simulation, lang: str) -> Html:
    sent: Counter[tuple[object, str]] = Counter()
    for row in simulation.daily.select("day", "version", "messages").iter_rows():
        sent[row[0], row[1]] += row[2]
    names = [one.name for one in simulation.versions]
    most = max(sent.values(), default=0)
    label = {_BAR: tell("figure.messages", lang)}
    rows: list[list[Content]] = []
    for day in sorted({str(day) for day, _ in sent}):
        counts = [
            next((n for (on, of), n in sent.items() if (str(on), of) == (day, name)), 0) for name in names
        ]
        cells = [cell for n in counts for cell in (number(n), bar({_BAR: n} if n else {}, label, most))]
        rows.append([day, *cells])
    heads = [tell("head.day", lang)]
    heads += [cell for name in names for cell in (tell("version", lang, name=name), "")]
    made = table(heads, rows, numeric=range(1, len(heads), 2))
    return section(tell("days", lang), made, note=tell("days.note", lang))


def _steps(simulation: Simulation, lang: str) -> Html:
    figures = ["messages", "segments", "handovers", "deferrals", "cap_hits", "denials", "read", "opt_outs"]
    order = {step.id: place for one in simulation.versions for place, step in enumerate(one.policy.steps)}
    steps = sorted(
        simulation.steps.to_dicts(), key=lambda row: (order.get(row["step"], len(order)), row["version"])
    )
    stages = _stages(simulation)
    rows: list[list[Content]] = [
        [
            row["version"],
            _stage(row["stage"], stages, lang),
            element("code", row["step"]),
            *(number(row[one]) for one in figures),
        ]
        for row in steps
    ]
    heads = [tell(f"head.{key}", lang) for key in ("version", "stage", "step")]
    heads += [tell(f"figure.{one}", lang) for one in figures]
    return section(tell("steps", lang), table(heads, rows, numeric=range(3, len(heads))))


def _held(simulation: Simulation, lang: str) -> Html:
    held: Counter[tuple[str, str, str, str]] = Counter()
    for row in simulation.kept_back.iter_rows(named=True):
        held[row["what"], row["reason"], row["rule"], row["version"]] += row["steps"]
    rows: list[list[Content]] = [
        [
            tell(f"outcome.{what}", lang),
            _reason(simulation, code, rule, lang),
            element("code", rule or code),
            version,
            number(count),
        ]
        for (what, code, rule, version), count in sorted(held.items())
    ]
    if not rows:
        return section(tell("held", lang), element("p", tell("none", lang)))
    heads = [tell(f"head.{key}", lang) for key in ("outcome", "reason", "code", "version", "count")]
    return section(tell("held", lang), table(heads, rows, numeric=[4]), note=tell("held.note", lang))


def _reason(simulation: Simulation, code: str, rule: str, lang: str) -> str:
    # What all such steps have in common; one row's own sentence names its day and its loan.
    return general(code, lang) or simulation.reasons[code, rule].told(lang)


def _moved(simulation: Simulation, lang: str) -> Html:
    stages = _stages(simulation)
    columns = ("version", "stage_start", "stage_end")
    moved = Counter(simulation.loans.select(columns).iter_rows())
    order = ["", *stages]
    rows: list[list[Content]] = [
        [version, _stage(first, stages, lang), _stage(last, stages, lang), number(count)]
        for (version, first, last), count in sorted(
            moved.items(), key=lambda one: (order.index(one[0][1]), order.index(one[0][2]), one[0][0])
        )
    ]
    heads = [tell(f"head.{key}", lang) for key in ("version", "first", "last", "loans")]
    return section(tell("moved", lang), table(heads, rows, numeric=[3]))


def _changed(simulation: Simulation, lang: str) -> Html:
    changed = simulation.changed
    if changed.is_empty():
        return section(tell("changed", lang), element("p", tell("none", lang)))
    stages = _stages(simulation)
    rows: list[list[Content]] = [
        [
            element("code", row["borrower_id"]),
            *(_stage(row[name], stages, lang) for name in ("stage_end", "stage_end_b")),
            *(_first(row[f"first_step{side}"], row[f"first_day{side}"]) for side in ("", "_b")),
        ]
        for row in changed.head(_SHOWN).to_dicts()
    ]
    heads = [tell(f"head.{key}", lang) for key in ("borrower", "stage_a", "stage_b", "first_a", "first_b")]
    count = {"shown": number(len(rows)), "count": number(changed.height)}
    return section(tell("changed", lang), table(heads, rows), note=tell("changed.note", lang, **count))


def _first(step: str, day: object) -> str:
    return f"{step} {day}" if step else "–"


def _stages(simulation: Simulation) -> dict[str, tuple[str, str]]:
    every = [stage for one in simulation.versions for stage in one.policy.stages]
    return {one.name: (one.label, one.label_zh) for one in every}


def _stage(name: str, stages: Mapping[str, Sequence[str]], lang: str) -> str:
    if not name:
        return tell("nothing_owed", lang)
    return stages.get(name, ("", ""))[is_chinese(lang)] or name
