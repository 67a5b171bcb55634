"""What every number of the alignment report means: the one place where it is said.

Each number in each output names its definition by the key here, and the report prints them all at
its end. Texts are English; `Definition.said` gives them in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tamis.language import translator


def _(text: str) -> str:
    """Let the catalogue gather a sentence that is translated when it is said."""
    return text


@dataclass(frozen=True, slots=True)
class Definition:
    """A number: its name, its formula in words, and the cohort rule: who is counted."""

    name: str
    formula: str
    cohort: str = ""

    def said(self, language: str) -> Definition:
        """The definition in a language."""
        say = translator(language)
        return Definition(say(self.name), say(self.formula), self.cohort and say(self.cohort))


PERIOD = _(
    "Days are those of the model's time zone; the first and the last day of the period count whole."
)
FOLLOWED = _(
    "Leads that reached the milestone from which it is counted in the period, each followed to the "
    "end of the period, or for as many days as are asked; leads whose days are not over yet are "
    "left out and counted as open."
)
DEFINITIONS: Mapping[str, Definition] = {
    "reached": Definition(
        _("Reached a milestone"),
        _(
            "The first time, ever, that the lead's history has the milestone, passed ones included;"
            " `entered` is its first status, `won` also an outcome won. Later times do not count."
        ),
        PERIOD,
    ),
    "conversion": Definition(
        _("Conversion"),
        _("Leads that reached the next milestone, divided by leads that reached this one."),
        FOLLOWED,
    ),
    "time_in_stage": Definition(
        _("Time in stage"),
        _(
            "Days from reaching a milestone to reaching the next: the median and the quartiles of "
            "the leads that reached both. Leads that still wait have no time yet."
        ),
        FOLLOWED,
    ),
    "first_meeting": Definition(
        _("First-meeting rate"),
        _("Leads with a meeting held, divided by leads that sales accepted."),
        FOLLOWED,
    ),
    "service_kept": Definition(
        _("Service levels kept"),
        _(
            "Hand-offs accepted or rejected by their deadline, divided by hand-offs with a "
            "deadline. After a reassignment the new owner's deadline counts."
        ),
        _(
            "Hand-offs whose deadline lies in the period and is past; those withdrawn before it "
            "are left out."
        ),
    ),
    "rejections": Definition(
        _("Rejections by reason"),
        _("Hand-offs rejected for a reason, divided by all that were accepted or rejected."),
        _(
            "Hand-offs that sales answered in the period, whenever they were made; what was "
            "rejected after it was accepted counts as rejected, on the day of the rejection."
        ),
    ),
    "in_order": Definition(
        _("Work taken in the recommended order"),
        _(
            "Hand-offs answered while no other one that stood before them in the order of the "
            "queue waited for the same person, divided by hand-offs answered. What was snoozed "
            "stands aside; the order is the one that is stored now."
        ),
        _("Hand-offs that their owner accepted or rejected in the period."),
    ),
    "bands": Definition(
        _("Conversion and revenue by score band"),
        _(
            "Leads won, divided by leads, by the score at the first milestone in tenths of its "
            "range; revenue is the sum of the amounts won, and per lead its mean over all leads of "
            "the band. Intervals at 95 per cent: Wilson's for shares, Student's for means."
        ),
        FOLLOWED,
    ),
    "source_return": Definition(
        _("Return by source"),
        _(
            "Revenue less cost, divided by cost; the cost is the leads of the source times what "
            "the model says that one costs. Without a cost in the model there is no return."
        ),
        _(
            "Leads that entered in the period, each followed to the end of the period, or for as "
            "many days as are asked; leads whose days are not over yet are left out."
        ),
    ),
    "model_change": Definition(
        _("Before and after a model change"),
        _(
            "Conversion from each milestone to the next after the change less the one before it, "
            "with an interval at 95 per cent (Newcombe's)."
        ),
        _(
            "The latest activation of another version in the period. Leads that reached the "
            "milestone in equally many days before and after it, each side followed to its own end."
        ),
    ),
    "cycle": Definition(
        _("Cycle length"),
        _(
            "Days to the win from the first touch, which is the earliest message about the lead, "
            "and from reaching `qualified`: the median and the quartiles."
        ),
        _("Leads won in the period."),
    ),
    "asset_cycle": Definition(
        _("Cycle length by asset"),
        _(
            "Days from the first touch to the win of the leads that met such an asset before it; a "
            "lead counts for each kind that it met. The kind follows from the event: a page, or "
            "the words for document, webinar or mail in its name."
        ),
        _("Leads won in the period."),
    ),
    "touches": Definition(
        _("Touches before each milestone"),
        _(
            "Events of the lead up to the instant at which it reached the milestone, those of "
            "machines left out: the median and the quartiles; and the kinds of event that most of "
            "these leads had."
        ),
        _("Leads that reached the milestone in the period."),
    ),
    "goals": Definition(
        _("Goals"),
        _("Leads that reached the milestone, beside the goal that the model agrees on."),
        _("Calendar months that the period touches; a month that it cuts is marked."),
    ),
    "cell": Definition(
        _("Cell of a lead"),
        _(
            "Its cell when it reached the milestone from which the conversion is taken; a later "
            "one would be known of those alone that went on."
        ),
    ),
    "source": Definition(
        _("Source of a lead"),
        _(
            "Its first touch that names one: the earliest of the events with `utm_source` (which "
            "the context's campaign gives) and of the values of the field `source` or `lead_source`"
            "; at one instant, the field."
        ),
    ),
    "campaign": Definition(
        _("Campaign of a lead"),
        _(
            "Its first touch that names one: the earliest of the events with `utm_campaign` and of "
            "the values of the field `campaign`; at one instant, the field."
        ),
    ),
    "product": Definition(
        _("Product of a lead"),
        _(
            "What most of its events up to the end of the period say in `product`, the first by "
            "name among equals; without any, the field `product`."
        ),
    ),
    "owner": Definition(
        _("Owner of a lead"),
        _("Who had its latest hand-off up to the end of the period; without one, its seller."),
    ),
}
"""By key, in the order in which they are printed."""
