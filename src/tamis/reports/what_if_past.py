"""What two models would have made of past leads, in words and tables."""

from __future__ import annotations

from collections.abc import Iterator

from tamis.history.what_if import WhatIf
from tamis.history.what_if_past import Conversions, Converted
from tamis.language import day, number, translator
from tamis.reports.figures import NONE, figure
from tamis.reports.sections import Heading, Section


def past_sections(found: WhatIf, past: Conversions, language: str) -> Iterator[Section]:
    """What became of past leads under both models."""
    _ = translator(language)
    everyone = past.of("all")
    whole = everyone[0] if everyone else None
    said = _(
        "Both models judge {day}; counted is what was won after it, up to {until}. Left out "
        "are leads already decided by then: {decided}."
    ).format(
        day=day(past.day, language),
        until=day(past.until, language),
        decided=number(past.decided, language),
    )
    rows = [(_("All leads"), "", *_won(whole, language))] if whole else []
    rows += list(_sides(found, past, language))
    headings = (
        Heading(_("Leads")),
        Heading(_("Model")),
        Heading(_("Number"), number=True),
        Heading(_("Won"), number=True),
        Heading(_("Share won, interval of 95%"), number=True),
    )
    title = _("What it would have made of past leads")
    yield Section(title, (said,), headings=headings, rows=tuple(rows))
    changed = {group.value: group for group in past.of("change")}
    names = {
        "kept": _("handed off by both"),
        "added": _("handed off by the second alone"),
        "dropped": _("handed off by the first alone"),
        "never": _("handed off by neither"),
    }
    rows_ = [(name, *_won(changed[key], language)) for key, name in names.items() if key in changed]
    yield Section(headings=(headings[0], *headings[2:]), rows=tuple(rows_))


def _sides(
    found: WhatIf, past: Conversions, language: str
) -> Iterator[tuple[str, str, str, str, str]]:
    _ = translator(language)
    sides = {"before": _("Before"), "after": _("After")}
    for by, value in _grouped(found):
        for side, said in sides.items():
            groups = [g for g in past.of(by, side) if g.value == value]  # type: ignore[arg-type]
            for group in groups:
                yield (_group(group, language), said, *_won(group, language))


def _grouped(found: WhatIf) -> list[tuple[str, str | None]]:
    models = found.after, found.before
    names = dict.fromkeys(t.name for model in models for t in model.temperatures)
    temperatures = [("temperature", name) for name in names]
    first = [("first", str(found.capacity))] if found.capacity else []
    return [("handoff", "yes"), ("handoff", "no"), *temperatures, *first]


def _group(group: Converted, language: str) -> str:
    _ = translator(language)
    if group.by == "handoff":
        return _("handed off") if group.value == "yes" else _("not handed off")
    if group.by == "first":
        return _("first {count} in the order of calling").format(
            count=number(int(group.value or 0), language)
        )
    return group.value or NONE


def _won(group: Converted, language: str) -> tuple[str, str, str]:
    return (
        number(group.leads, language),
        number(group.won, language),
        str(figure(group.share, language, decimals=1, unit="%")),
    )
