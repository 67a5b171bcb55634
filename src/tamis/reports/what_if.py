"""What a second model changes, in words and tables for a terminal or a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tamis.history.moves import Bin, Matrix, Move, MovedLead, RuleEffect
from tamis.history.what_if import WhatIf
from tamis.language import day, number, percent, plurals, translator
from tamis.model.spec import Model
from tamis.reports.figures import NONE
from tamis.reports.phrases import capital, play_name, points, rule_name
from tamis.reports.sections import Heading, Said, Section
from tamis.reports.store_use import store_used
from tamis.reports.what_if_charts import grid_before_and_after, hand_offs_a_week
from tamis.reports.what_if_past import past_sections

MOST_LABELS, WIDEST_MATRIX, GAP = 9, 90, 3
"""Values in a matrix; characters in its names, above which columns have numbers; between two."""
MOST_MOVES, MOST_RULES = 8, 15


def what_if_sections(found: WhatIf, language: str) -> Iterator[Section]:
    """The parts of the answer: who moves, the work, why, and what became of past leads."""
    yield _overview(found, language)
    if found.changes:
        _ = translator(language)
        said = tuple(change.text(_) for change in found.changes)
        yield Section(_("What is different in the model"), points=said)
    if found.before.plays or found.after.plays:
        yield _handoffs(found, language)
    for matrix in found.matrices:
        yield from _moves(found, matrix, language)
    if found.rules or found.unexplained:
        yield _rules(found, language)
    if any(bin_.leads for bin_ in found.scores):
        yield _scores(found.scores, language)
    if found.conversions:
        yield from past_sections(found, found.conversions, language)


def what_if_title(found: WhatIf, language: str) -> str:
    """The title of the answer."""
    _ = translator(language)
    said = _("What if: {before} and {after}, {day}")
    models = {"before": _model(found.before, language), "after": _model(found.after, language)}
    return said.format(day=day(found.as_of, language), **models)


def _model(model: Model, language: str) -> str:
    _ = translator(language)
    return _("{name} version {version}").format(name=model.name, version=model.version)


def _overview(found: WhatIf, language: str) -> Section:
    _, ngettext = translator(language), plurals(language)
    moved = ngettext(
        "{moved} of {leads} lead moves to another cell, temperature, stage or play.",
        "{moved} of {leads} leads move to another cell, temperature, stage or play.",
        found.leads,
    ).format(moved=number(found.moved, language), leads=number(found.leads, language))
    lines: list[str | Said] = [moved]
    if found.excluded or found.included:
        said = _("Newly excluded: {excluded}. No longer excluded: {included}.")
        lines.append(
            said.format(
                excluded=number(found.excluded, language), included=number(found.included, language)
            )
        )
    once = _("Both models count the same events: events were not read again for the second one.")
    again = _("The second model counts other events or leads: they were counted again for it.")
    lines += store_used(found.result.store, language)
    title, note = what_if_title(found, language), once if found.reused else again
    return Section(title, tuple(lines), note=note)


# ---------------------------------------------------------------- the work


def _handoffs(found: WhatIf, language: str) -> Section:
    _ = translator(language)
    before, after = found.handoffs_before, found.handoffs_after
    rows = [
        (_("Handed off on the day"), *_pair(before.leads, after.leads, language)),
        (_("New in the 7 days before"), *_pair(before.entered, after.entered, language)),
    ]
    plays = [dict(before.by_play), dict(after.by_play)]
    for id_ in dict.fromkeys((*plays[0], *plays[1])):
        counts = (plays[0].get(id_, 0), plays[1].get(id_, 0))
        rows.append((capital(_play(found, id_, language)), *_pair(*counts, language)))
    return Section(
        _("Hand-offs"),
        sentences=tuple(_load(found, language)),
        headings=_before_after("", language),
        rows=tuple(rows),
        note=_(
            "New in the 7 days: handed off on the day and not seven days before, both days judged "
            "by the same model."
        ),
        charts=tuple(hand_offs_a_week(found, language)),
    )


def _load(found: WhatIf, language: str) -> Iterator[str]:
    _ = translator(language)
    said = _("Handed off by the second model alone: {added}; by the first alone: {dropped}.")
    yield said.format(added=number(found.added, language), dropped=number(found.dropped, language))
    if found.capacity:
        shares = [
            percent(handed.entered / found.capacity, language)
            for handed in (found.handoffs_before, found.handoffs_after)
        ]
        said = _(
            "Of a capacity of {capacity} a week, new hand-offs take {before} before and "
            "{after} after."
        )
        yield said.format(
            capacity=number(found.capacity, language), before=shares[0], after=shares[1]
        )


def _before_after(first: str, language: str) -> tuple[Heading, ...]:
    _ = translator(language)
    return (
        Heading(first),
        Heading(_("Before"), number=True),
        Heading(_("After"), number=True),
        Heading(_("Difference"), number=True),
    )


def _pair(before: int, after: int, language: str) -> tuple[str, str, str]:
    change = number(after - before, language, sign=True)
    return number(before, language), number(after, language), change


# ---------------------------------------------------------------- who moves


def _moves(found: WhatIf, matrix: Matrix, language: str) -> Iterator[Section]:
    _ = translator(language)
    title = {
        "cell": _("Moves between cells"),
        "temperature": _("Moves between temperatures"),
        "stage": _("Moves between stages"),
        "play": _("Moves between plays"),
    }[matrix.aspect]
    labels = _labels(found, matrix)
    if matrix.aspect != "cell" and 1 < len(labels) <= MOST_LABELS:
        yield _square(found, matrix, labels, title, language)
        title = ""
    yield _listed(found, matrix, title, language)


def _labels(found: WhatIf, matrix: Matrix) -> list[str | None]:
    """The values that occur, in the order of the models, none last."""
    occur = {value for move in matrix.moves for value in (move.before, move.after)}
    known = [name for model in (found.after, found.before) for name in _names(model, matrix.aspect)]
    ordered: list[str | None] = [name for name in dict.fromkeys(known) if name in occur]
    return [*ordered, None] if None in occur else ordered


def _names(model: Model, aspect: str) -> list[str]:
    if aspect == "play":
        return [play.id for play in model.plays]
    return [one.name for one in (model.stages if aspect == "stage" else model.temperatures)]


def _square(
    found: WhatIf, matrix: Matrix, labels: Sequence[str | None], title: str, language: str
) -> Section:
    """Before down, after across; a dot where nobody moves."""
    _ = translator(language)
    counts = {(move.before, move.after): move.leads for move in matrix.moves}
    names = [_value(found, matrix.aspect, label, language) for label in labels]
    across = names
    if sum(len(name) + GAP for name in names) + max(map(len, names)) > WIDEST_MATRIX:
        across = [str(place) for place in range(1, len(names) + 1)]
        names = [f"{place} {name}" for place, name in zip(across, names, strict=True)]
    rows = [
        (name, *(_count(counts.get((old, new), 0), language) for new in labels))
        for name, old in zip(names, labels, strict=True)
    ]
    return Section(
        title,
        sentences=(_("Before in rows, after in columns."),),
        headings=(Heading(""), *(Heading(name, number=True) for name in across)),
        rows=tuple(rows),
    )


def _count(leads: int, language: str) -> str:
    return number(leads, language) if leads else "·"


def _listed(found: WhatIf, matrix: Matrix, title: str, language: str) -> Section:
    """The largest moves with the first leads of each."""
    _, ngettext = translator(language), plurals(language)
    in_grid = matrix.aspect == "cell"
    moves = [move for move in matrix.moves if move.before != move.after]
    if not moves:
        return Section(title, sentences=(_("Nobody moves."),))
    rows = tuple(
        (
            _value(found, matrix.aspect, move.before, language),
            _value(found, matrix.aspect, move.after, language),
            number(move.leads, language),
            _first(move, language),
        )
        for move in moves[:MOST_MOVES]
    )
    left = len(moves) - len(rows)
    more = ngettext(
        "{count} smaller move is not shown.", "{count} smaller moves are not shown.", left
    )
    columns = (Heading(_("From")), Heading(_("To")), Heading(_("Leads"), number=True))
    return Section(
        title,
        headings=(*columns, Heading(_("First of them, with their score"))),
        rows=rows,
        note=more.format(count=number(left, language)) if left else "",
        charts=tuple(grid_before_and_after(found, matrix, language)) if in_grid else (),
    )


def _first(move: Move, language: str) -> str:
    return "\n".join(_lead(lead, language) for lead in move.first)


def _lead(lead: MovedLead, language: str) -> str:
    scores = [
        NONE if score is None else number(score, language, decimals=1)
        for score in (lead.score_before, lead.score_after)
    ]
    return f"{lead.lead_id} ({scores[0]} → {scores[1]})"


def _value(found: WhatIf, aspect: str, value: str | None, language: str) -> str:
    _ = translator(language)
    if value is None:
        return _("none")
    return _play(found, value, language) if aspect == "play" else value


def _play(found: WhatIf, id_: str, language: str) -> str:
    plays = (*found.after.plays, *found.before.plays)
    return next((play_name(play, language) for play in plays if play.id == id_), id_)


# ---------------------------------------------------------------- why


def _rules(found: WhatIf, language: str) -> Section:
    _ = translator(language)
    rows = tuple(
        (
            _rule(found, effect, language),
            number(effect.leads, language),
            points(effect.points, language, decimals=0),
            number(effect.decided, language),
        )
        for effect in found.rules[:MOST_RULES]
    )
    said = _(
        "Leads that move though none of their points changes, by grades, weights or conditions: "
        "{count}."
    )
    alone = (said.format(count=number(found.unexplained, language)),) if found.unexplained else ()
    return Section(
        _("What moves them"),
        sentences=alone,
        headings=(
            Heading(_("Rule")),
            Heading(_("Leads with other points"), number=True),
            Heading(_("Points in all"), number=True),
            Heading(_("Decided moves"), number=True),
        ),
        rows=rows,
        note=_("Decided: leads that move and in whose points nothing else changes more."),
    )


def _rule(found: WhatIf, effect: RuleEffect, language: str) -> str:
    _ = translator(language)
    kind, _colon, of = effect.rule.partition(":")
    if of:
        said = _("limit of the group {name}") if kind == "cap" else _("range of {name}")
        return said.format(name=of)
    old, new = found.before.rule(effect.rule), found.after.rule(effect.rule)
    rule = new or old
    name = rule_name(rule, language) if rule else effect.rule
    if old is None:
        return _("{rule} (new)").format(rule=name)
    return _("{rule} (removed)").format(rule=name) if new is None else name


def _scores(bins: Sequence[Bin], language: str) -> Section:
    _ = translator(language)
    total = sum(bin_.leads for bin_ in bins)
    rows = tuple(
        (_span(bin_, language), number(bin_.leads, language), percent(bin_.leads / total, language))
        for bin_ in reversed(bins)
        if bin_.leads
    )
    headings = (Heading(_("Change of score")), Heading(_("Leads"), number=True))
    return Section(
        _("How scores change"), headings=(*headings, Heading(_("Share"), number=True)), rows=rows
    )


def _span(bin_: Bin, language: str) -> str:
    """The change of a bin in words: its bounds are those of `history.moves.EDGES`."""
    _ = translator(language)
    if bin_.low == 0:
        return _("no change")
    if bin_.high is None and bin_.low is not None:
        return _("{low} and more").format(low=points(bin_.low, language))
    if bin_.low is None and bin_.high is not None:
        return _("beyond {high}").format(high=points(bin_.high, language))
    assert bin_.low is not None
    assert bin_.high is not None
    ends = (bin_.low, bin_.high) if bin_.low > 0 else (bin_.high, bin_.low)
    low, high = (points(end, language, decimals=2) for end in ends)
    return _("from {low} to {high}").format(low=low, high=high)
