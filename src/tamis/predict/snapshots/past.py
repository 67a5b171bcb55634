"""The past: examples from facts and outcomes, with what the model gave each of them then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tamis.language import day, number, plurals, translator
from tamis.predict.examples import Column, Examples, Numbers, Texts


@dataclass(frozen=True)
class RulePoints:
    """What each rule of the model gave, after its own cap.

    `ids` are the rules in the order of the model; `points` has one row per example and one column
    per rule, 0 for none.
    """

    ids: tuple[str, ...]
    points: Numbers


@dataclass(frozen=True)
class Dropped:
    """What is no example: leads on days, by why.

    `decided`: won or lost on that day or before; `excluded`: by the model. `after` is the last day
    taken: of later ones the horizon is not over (null for one day of which nothing is asked).
    """

    decided: int
    excluded: int
    horizon: int | None = None
    after: date | None = None

    def sentences(self, language: str) -> tuple[str, ...]:
        """What was left out, for a report; reasons without any row are not mentioned."""
        ngettext, _ = plurals(language), translator(language)
        found = []
        if self.decided:
            text = ngettext(
                "{count} snapshot left out: the lead was already won or lost.",
                "{count} snapshots left out: the leads were already won or lost.",
                self.decided,
            )
            found.append(text.format(count=number(self.decided, language)))
        if self.excluded:
            text = ngettext(
                "{count} snapshot left out: the model excludes the lead.",
                "{count} snapshots left out: the model excludes the leads.",
                self.excluded,
            )
            found.append(text.format(count=number(self.excluded, language)))
        if self.after:
            text = _("Days after {day} left out: their {horizon} days are not over yet.")
            found.append(text.format(day=day(self.after, language), horizon=self.horizon))
        return tuple(found)


@dataclass(frozen=True)
class Past:
    """Leads on days, neither decided nor excluded then, by day and lead id.

    `examples` have the columns that rules can say, `unsaid` those that none can, for a look only.
    `rules` and `score` (null where the model has none) are what the model gave on that day, and so
    are `cell`, `temperature` and `stage` (None where it gave none). `days` are the days taken;
    `horizon` the days within which a win counts (null where none was asked for); `until` the last
    day whose outcomes are known (null: none asked). `no_history` names the columns whose values
    are those of today, for nothing tells the earlier ones.
    """

    examples: Examples
    unsaid: tuple[Column, ...]
    rules: RulePoints
    score: Numbers | None
    cell: Texts
    temperature: Texts
    stage: Texts
    days: tuple[date, ...]
    horizon: int | None
    until: date | None
    dropped: Dropped
    no_history: tuple[str, ...] = ()
