"""A score taken apart in the terminal: verdict, dimensions, score, what is missing, play."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial

from rich import box
from rich.console import Group, JustifyMethod, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tamis.language import day, number, percent, plurals, translator
from tamis.reports.details import value_in_words
from tamis.reports.explanation import (
    Candidate,
    DimensionPart,
    Explanation,
    Missing,
    PlayPart,
    RulePart,
    Term,
)
from tamis.reports.phrases import kept_matches, points, spaced
from tamis.reports.terminal.text import HEADING, SOFT, harmless, heading

MOST_CANDIDATES = 5


def explanation_view(explanation: Explanation) -> RenderableType:
    """A lead's score taken apart: verdict, dimensions, score, what is missing, play."""
    _ = translator(explanation.language)
    title = Text(_("Lead {lead}").format(lead=harmless(explanation.lead_id)), style=HEADING)
    about = _("{model}, version {version}, on {day}").format(
        model=harmless(explanation.model),
        version=explanation.version,
        day=day(explanation.as_of, explanation.language),
    )
    parts: list[RenderableType] = [title, Text(about, style=SOFT)]
    if explanation.store:
        parts.append(Text(kept_matches(explanation.store, explanation.language), style=SOFT))
    if explanation.excluded:
        said = _(
            "This lead is excluded, so it has no score. The condition that excludes it: {condition}"
        )
        return Group(*parts, Text(said.format(condition=harmless(explanation.exclusion))))
    parts += [_verdict_line(explanation), _facts(explanation)]
    parts += [_dimension(part, explanation.language) for part in explanation.dimensions]
    parts += [_score(explanation)] if explanation.score is not None else []
    for found in (explanation.next_stage, explanation.next_temperature):
        parts += [_next(found, explanation)] if found else []
    parts += [_play(explanation.play, explanation.language)] if explanation.play else []
    return Group(*parts, Padding(Text(explanation.caution, style="italic"), (1, 0, 0, 0)))


def _verdict_line(explanation: Explanation) -> Text:
    _, language = translator(explanation.language), explanation.language
    said = []
    if explanation.score is not None:
        said.append(_("score {score}").format(score=number(explanation.score, language)))
    named = {
        _("cell {name}"): explanation.cell,
        _("temperature {name}"): explanation.temperature,
        _("stage {name}"): explanation.stage,
    }
    said += [text.format(name=harmless(name)) for text, name in named.items() if name]
    said.append(
        _("rank {rank} of {ranked}").format(
            rank=number(explanation.rank or 0, language),
            ranked=number(explanation.ranked, language),
        )
    )
    return Text(" · ".join(said), style="bold cyan")


def _facts(explanation: Explanation) -> RenderableType:
    """What is known of the lead, and which declared fields nobody knows."""
    _, language = translator(explanation.language), explanation.language
    if explanation.known is None:
        return Text("")
    known = [
        f"{harmless(f.name)} {harmless(value_in_words(f.value, language))}"
        for f in explanation.fields
        if f.value is not None
    ]
    unknown = [harmless(f.name) for f in explanation.fields if f.value is None]
    said = _("{share} of the fields known: {fields}")
    share = percent(explanation.known, language)
    text = Text(said.format(share=share, fields=" · ".join(known)), style=SOFT)
    if unknown:
        text.append("\n" + _("not known: {fields}").format(fields=", ".join(unknown)), style=SOFT)
    return text


def _dimension(part: DimensionPart, language: str) -> RenderableType:
    _ = translator(language)
    title = Text(harmless(part.label), style=HEADING)
    title.append("  " + number(part.value, language), style="bold cyan")
    if part.grade:
        title.append("  " + _("grade {grade}").format(grade=harmless(part.grade)), style="bold")
    body: list[RenderableType] = [Padding(title, (1, 0, 0, 0))]
    body.append(
        _rules(part, language) if part.rules else Text(_("No rule gave points."), style=SOFT)
    )
    if part.missing and part.missing.needed is not None:
        body.append(_to_grade(part.missing, language))
    return Group(*body)


def _rules(part: DimensionPart, language: str) -> Table:
    """The rules of a dimension: full points, what decay and cap took, and what remains."""
    _ = translator(language)
    fades, capped = any(r.decay for r in part.rules), any(r.cap for r in part.rules)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, show_footer=True)
    table.add_column(_("Rule"), footer=_("Sum"), ratio=1, min_width=30)
    if fades or capped:
        table.add_column(
            _("Before decay") if fades else _("Before cap"), justify="right", no_wrap=True
        )
    if fades:
        table.add_column(_("Decay"), justify="right", no_wrap=True)
    if capped:
        table.add_column(_("Cap"), justify="right", no_wrap=True)
    exact = any(rule.points % 1 for rule in part.rules)
    said = partial(number, language=language, decimals=2 if exact else 0, fixed=True)
    total = Text(said(part.unrounded), style="bold")
    table.add_column(_("Points"), justify="right", no_wrap=True, footer=total)
    for rule in part.rules:
        columns = [rule.full] if fades or capped else []
        columns += [rule.decay] if fades else []
        columns += [rule.cap] if capped else []
        taken = [said(value, sign=True) if value else "" for value in columns]
        table.add_row(
            _what(rule, language), *taken, Text(said(rule.points, sign=True), style="bold")
        )
    for text, value in _limits(part, language):
        blanks = [""] * (len(table.columns) - 2)
        table.add_row(Text(text, style="italic"), *blanks, said(value, sign=True))
    return table


def _what(rule: RulePart, language: str) -> Text:
    """A rule's label and, in parentheses, what it saw of the lead."""
    if not rule.detail:
        return Text(harmless(rule.label))
    said = translator(language)("{what} ({detail})").format(what="\0", detail=harmless(rule.detail))
    before, after = said.split("\0")
    return Text(before + harmless(rule.label)).append(after, style=SOFT)


def _limits(part: DimensionPart, language: str) -> Iterator[tuple[str, Decimal]]:
    _ = translator(language)
    for group in part.groups:
        said = _("group {group}: at most {limit} together")
        yield (
            said.format(group=harmless(spaced(group.name)), limit=number(group.limit, language)),
            group.taken,
        )
    if part.range:
        said = _("range: at most {limit}") if part.range.taken < 0 else _("range: at least {limit}")
        yield said.format(limit=number(part.range.limit, language)), part.range.taken


def _to_grade(missing: Missing, language: str) -> Text:
    ngettext, needed = plurals(language), missing.needed or Decimal(0)
    said = ngettext(
        "To grade {grade}: {points} point missing.",
        "To grade {grade}: {points} points missing.",
        1 if needed == 1 else 2,
    )
    text = Text(said.format(grade=harmless(missing.to), points=number(needed, language)))
    given = [(candidate, candidate.points) for candidate in missing.candidates]
    return text.append_text(_candidates(given, language))


def _candidates(candidates: Sequence[tuple[Candidate, Decimal]], language: str) -> Text:
    """The rules that could still give points, the best few, with what they would give."""
    _ = translator(language)
    if not candidates:
        return Text("")
    said = _("{what} ({points})")
    shown = [
        said.format(what=harmless(candidate.label), points=points(given, language))
        for candidate, given in candidates[:MOST_CANDIDATES]
    ]
    return Text(" " + _("Could still come: {rules}.").format(rules=", ".join(shown)), style=SOFT)


def _score(explanation: Explanation) -> RenderableType:
    """How the dimensions make the score."""
    _, language = translator(explanation.language), explanation.language
    table = Table.grid(padding=(0, 2))
    sides: tuple[JustifyMethod, ...] = ("left", "right", "left", "right")
    for side in sides:
        table.add_column(justify=side)
    for part in explanation.dimensions:
        if part.part is None or part.share is None:
            continue
        times = f"\u00d7 {percent(part.share, language, decimals=1)}" if explanation.mean else ""
        table.add_row(
            Text(harmless(part.label)),
            number(part.value, language),
            times,
            number(part.part, language, fixed=True),
        )
    if explanation.rest:
        rest = points(explanation.rest, language, decimals=2)
        table.add_row(Text(_("rounding and range"), style="italic"), "", "", rest)
    score = Text(number(explanation.score or 0, language, fixed=True), style="bold cyan")
    table.add_row(Text(_("Score"), style="bold"), "", "", score)
    return Group(heading(_("From the dimensions to the score")), table)


def _next(missing: Missing, explanation: Explanation) -> RenderableType:
    _, language = translator(explanation.language), explanation.language
    name = harmless(missing.to)
    said = _("To stage {name}") if missing is explanation.next_stage else _("To temperature {name}")
    lines = [Text("  ").append_text(_way(way, language)) for way in missing.ways]
    if not (missing is explanation.next_temperature and explanation.next_stage):
        # The same rules lead to both: they are named once.
        given = [(candidate, candidate.effect) for candidate in missing.candidates]
        helping = _candidates(given, language)
        lines += [Text(" ").append_text(helping)] if helping else []
    return Group(heading(said.format(name=name)), *lines)


def _way(way: Sequence[Term], language: str) -> Text:
    """One alternative: its terms with a mark for each, and the points that are missing."""
    _ = translator(language)
    said = []
    for term in way:
        text = Text("✓ " if term.holds else "✗ ", style="green" if term.holds else "red")
        text.append(harmless(term.words))
        if term.shortfall is not None:
            lacking = number(term.shortfall, language)
            text.append(" " + _("({points} missing)").format(points=lacking), style="bold")
        said.append(text)
    return Text(f" {_('and')} ").join(said)


def _play(play: PlayPart, language: str) -> RenderableType:
    _ = translator(language)
    title = _("What to do: {play}").format(play=harmless(play.label))
    doing = {
        "handoff": _("hand-off"),
        "nurture": _("nurture"),
        "recycle": _("back to marketing"),
        "webhook": _("sent on"),
        "none": _("nothing"),
    }[play.do]
    said = [doing, *([harmless(spaced(play.to))] if play.to else [])]
    said += [_("within {time}").format(time=play.deadline)] if play.deadline else []
    holding = [way for way in play.ways if all(term.holds for term in way)]
    why = [Text("  ").append_text(_way(way, language)) for way in holding]
    return Group(heading(title), Text("  " + ", ".join(said)), *why)
