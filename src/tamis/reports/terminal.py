"""Results in the terminal, as Rich renderables: grid, leads to call, a score taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from rich import box
from rich.console import (
    Console,
    ConsoleOptions,
    Group,
    JustifyMethod,
    RenderableType,
    RenderResult,
)
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tamis.language import day, number, percent, plurals, translator
from tamis.model.spec import Model
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
from tamis.reports.figures import Cell, Grid, ListedLead, leads_title
from tamis.reports.phrases import dimension_name, play_name, points, spaced

WIDE = 130
"""From this many columns on, each verdict has a column of its own."""
ID_WIDTH = 36
"""An id as computers make them fits on one line."""
MOST_CANDIDATES = 5
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
HEADING, SOFT = "bold", "dim"


def plain(text: str) -> str:
    """A text of the data that cannot move the cursor, change colours or turn the writing around."""
    return CONTROLS.sub(" ", text).strip()


def heading(text: str) -> RenderableType:
    """A heading with a line's room above it."""
    return Padding(Text(text, style=HEADING), (1, 0, 0, 0))


# ---------------------------------------------------------------- the grid


def grid_table(grid: Grid, model: Model, language: str) -> RenderableType:
    """The leads of each cell and the play of most of them; the best cell at the top left."""
    _ = translator(language)
    table = Table(box=box.ROUNDED, show_lines=True, pad_edge=True)
    table.add_column("", style=HEADING, justify="center", vertical="middle")
    for label in grid.columns:
        table.add_column(Text(plain(label)), justify="center", header_style=HEADING, min_width=12)
    for row in grid.rows:
        cells = [
            _cell(grid.cell(row, column), grid.most, model, language) for column in grid.columns
        ]
        table.add_row(Text(plain(row)), *cells)
    down, across = dimension_name(grid.down, language), dimension_name(grid.across, language)
    caption = _("Down: {down}. Across: {across}.").format(down=plain(down), across=plain(across))
    return Group(heading(_("Leads by cell")), Text(caption, style=SOFT), table)


def _cell(cell: Cell, most: int, model: Model, language: str) -> Text:
    """A cell's name and count, the fuller the bolder; below, the play of most of its leads."""
    text = Text(f"{plain(cell.name)}  ", style=SOFT)
    style = "bold cyan" if most and cell.leads > most / 4 else "bold" if cell.leads else "dim"
    text.append(number(cell.leads, language), style=style)
    play = next((p for p in model.plays if cell.plays and p.id == cell.plays[0][0]), None)
    if play:
        text.append("\n" + plain(play_name(play, language)), style="not bold")
    return text


# ---------------------------------------------------------------- the leads to call first


@dataclass(frozen=True)
class Leads:
    """The leads to call first; in a narrow terminal the verdicts share a column."""

    leads: Sequence[ListedLead]
    model: Model
    language: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield heading(leads_title(self.leads, self.model, self.language))
        yield self._wide() if options.max_width >= WIDE else self._narrow()

    def _table(self, *, wide: bool) -> Table:
        _ = translator(self.language)
        table = Table(
            box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, expand=True, padding=(0, 1, 1, 0)
        )
        table.add_column("#", justify="right", style=SOFT, no_wrap=True)
        width, ratio = (ID_WIDTH, None) if wide else (None, 4)
        table.add_column(_("Lead"), overflow="fold", width=width, ratio=ratio)
        if self.model.score:
            table.add_column(_("Score"), justify="right", no_wrap=True)
        return table

    def _narrow(self) -> Table:
        _ = translator(self.language)
        table = self._table(wide=False)
        table.add_column(_("Verdict"), min_width=14)
        table.add_column(_("Strongest reasons, by weight in the score"), ratio=5)
        for lead in self.leads:
            table.add_row(*self._first(lead), self._verdict(lead), self._reasons(lead))
        return table

    def _wide(self) -> Table:
        _ = translator(self.language)
        names = {
            "cell": _("Cell"),
            "temperature": _("Temperature"),
            "stage": _("Stage"),
            "play": _("Play"),
        }
        table, shown = self._table(wide=True), [name for name in names if self._has(name)]
        for name in shown:
            table.add_column(names[name], no_wrap=name != "play")
        table.add_column(_("Strongest reasons, by weight in the score"), ratio=6)
        for lead in self.leads:
            verdicts = [self._said(lead, name) for name in shown]
            table.add_row(*self._first(lead), *verdicts, self._reasons(lead))
        return table

    def _has(self, name: str) -> bool:
        parts = {
            "cell": self.model.cell,
            "temperature": self.model.temperatures,
            "stage": self.model.stages,
            "play": self.model.plays,
        }
        return bool(parts[name])

    def _first(self, lead: ListedLead) -> Iterator[RenderableType]:
        yield number(int(str(lead.verdict["rank"])), self.language)
        yield _person(lead)
        if self.model.score:
            score = lead.verdict["score"]
            yield Text(
                number(Decimal(str(score)), self.language, decimals=1, fixed=True), style="bold"
            )

    def _said(self, lead: ListedLead, name: str) -> Text:
        value = lead.verdict.get(name)
        if value is None:
            return Text("\u2013", style=SOFT)
        if name == "play":
            play = next(p for p in self.model.plays if p.id == value)
            return Text(plain(play_name(play, self.language)))
        return Text(plain(str(value)), style="bold" if name == "cell" else "")

    def _verdict(self, lead: ListedLead) -> Text:
        names = [name for name in ("cell", "temperature", "stage") if lead.verdict.get(name)]
        text = Text(" ").join(self._said(lead, name) for name in names)
        if lead.verdict.get("play"):
            text.append("\n").append_text(self._said(lead, "play"))
        return text

    def _reasons(self, lead: ListedLead) -> Text:
        return Text("\n").join(Text(plain(str(reason))) for reason in lead.reasons)


def _person(lead: ListedLead) -> Text:
    """Who the lead is, as far as the model knows, and its id."""
    lines = [Text(plain(lead.who), style="bold")] if lead.who else []
    post = ", ".join(plain(part) for part in (lead.job, lead.company) if part)
    lines += [Text(post)] if post else []
    lines.append(Text(plain(lead.lead_id), style=SOFT if lines else "bold"))
    return Text("\n").join(lines)


# ---------------------------------------------------------------- a score taken apart


def explanation_view(explanation: Explanation) -> RenderableType:
    """A lead's score taken apart: verdict, dimensions, score, what is missing, play."""
    _ = translator(explanation.language)
    title = Text(_("Lead {lead}").format(lead=plain(explanation.lead_id)), style=HEADING)
    about = _("{model}, version {version}, on {day}").format(
        model=plain(explanation.model),
        version=explanation.version,
        day=day(explanation.as_of, explanation.language),
    )
    parts: list[RenderableType] = [title, Text(about, style=SOFT)]
    if explanation.excluded:
        said = _(
            "This lead is excluded, so it has no score. The condition that excludes it: {condition}"
        )
        return Group(*parts, Text(said.format(condition=plain(explanation.exclusion))))
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
    said += [text.format(name=plain(name)) for text, name in named.items() if name]
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
        f"{plain(f.name)} {plain(value_in_words(f.value, language))}"
        for f in explanation.fields
        if f.value is not None
    ]
    unknown = [plain(f.name) for f in explanation.fields if f.value is None]
    said = _("{share} of the fields known: {fields}")
    share = percent(explanation.known, language)
    text = Text(said.format(share=share, fields=" · ".join(known)), style=SOFT)
    if unknown:
        text.append("\n" + _("not known: {fields}").format(fields=", ".join(unknown)), style=SOFT)
    return text


def _dimension(part: DimensionPart, language: str) -> RenderableType:
    _ = translator(language)
    title = Text(plain(part.label), style=HEADING)
    title.append("  " + number(part.value, language), style="bold cyan")
    if part.grade:
        title.append("  " + _("grade {grade}").format(grade=plain(part.grade)), style="bold")
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
        return Text(plain(rule.label))
    said = translator(language)("{what} ({detail})").format(what="\0", detail=plain(rule.detail))
    before, after = said.split("\0")
    return Text(before + plain(rule.label)).append(after, style=SOFT)


def _limits(part: DimensionPart, language: str) -> Iterator[tuple[str, Decimal]]:
    _ = translator(language)
    for group in part.groups:
        said = _("group {group}: at most {limit} together")
        yield (
            said.format(group=plain(spaced(group.name)), limit=number(group.limit, language)),
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
    text = Text(said.format(grade=plain(missing.to), points=number(needed, language)))
    given = [(candidate, candidate.points) for candidate in missing.candidates]
    return text.append_text(_candidates(given, language))


def _candidates(candidates: Sequence[tuple[Candidate, Decimal]], language: str) -> Text:
    """The rules that could still give points, the best few, with what they would give."""
    _ = translator(language)
    if not candidates:
        return Text("")
    said = _("{what} ({points})")
    shown = [
        said.format(what=plain(candidate.label), points=points(given, language))
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
            Text(plain(part.label)),
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
    name = plain(missing.to)
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
        text.append(plain(term.words))
        if term.shortfall is not None:
            lacking = number(term.shortfall, language)
            text.append(" " + _("({points} missing)").format(points=lacking), style="bold")
        said.append(text)
    return Text(f" {_('and')} ").join(said)


def _play(play: PlayPart, language: str) -> RenderableType:
    _ = translator(language)
    title = _("What to do: {play}").format(play=plain(play.label))
    doing = {
        "handoff": _("hand-off"),
        "nurture": _("nurture"),
        "recycle": _("back to marketing"),
        "webhook": _("sent on"),
        "none": _("nothing"),
    }[play.do]
    said = [doing, *([plain(spaced(play.to))] if play.to else [])]
    said += [_("within {time}").format(time=play.deadline)] if play.deadline else []
    holding = [way for way in play.ways if all(term.holds for term in way)]
    why = [Text("  ").append_text(_way(way, language)) for way in holding]
    return Group(heading(title), Text("  " + ", ".join(said)), *why)
