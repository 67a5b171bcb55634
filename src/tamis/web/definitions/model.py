"""What is said of models, rules and what a change of them would do."""

from __future__ import annotations


def _(text: str) -> str:
    """Let the catalogue gather a text that is translated when it is shown."""
    return text


TERMS: dict[str, tuple[str, str]] = {
    "grade": (
        _("Grade"),
        _(
            "A letter or a digit for one side of the judgement: the best grade whose bound the "
            "points reach. Two grades together make a cell, such as A4."
        ),
    ),
    "play": (
        _("Play"),
        _(
            "What is to be done with a lead. The plays are asked in their order, and the first "
            "whose condition holds is taken."
        ),
    ),
    "rule-leads": (
        _("Leads that a rule touches"),
        _("How many leads have points of this rule today, more or fewer than none."),
    ),
    "rule-gives": (
        _("What a rule gives"),
        _(
            "The points that it gives today to a lead that it touches, on average: after decay and "
            "its own limit, before the limits of its group and its dimension."
        ),
    ),
    "won-with": (
        _("Won with and without a rule"),
        _(
            "Leads judged on past days: the share won within the horizon, of those who had points "
            "of this rule then and of those who had none. In brackets the interval of 95%."
        ),
    ),
    "evidence": (
        _("What the past says"),
        _(
            "Whether leads with this rule were won more often than without it, beyond what chance "
            "does. It shows what goes together, not what causes what."
        ),
    ),
    "moved": (
        _("Leads that move"),
        _(
            "Leads that the draft puts into another cell, temperature, stage or play than the "
            "version in use does, on the facts of today."
        ),
    ),
    "handed-off": (
        _("Hand-offs"),
        _("Leads whose play hands them off to sales, by each of the two versions."),
    ),
    "new-a-week": (
        _("New hand-offs a week"),
        _(
            "Leads handed off today that were not seven days ago, both days judged by the same "
            "version. Who came and went within the week is not seen."
        ),
    ),
    "capacity": (
        _("What sales can take"),
        _("Hand-offs that the queues gave to people in a week, on average of the last four weeks."),
    ),
    "conversion": (
        _("Won, before and after"),
        _(
            "Both versions judge the same past day. Of each group of leads: the share won within "
            "the horizon after it, with the interval of 95%. Sales called by the list of then."
        ),
    ),
    "rating": (
        _("Rating"),
        _("0 says nothing about a lead, 1 a little, 2 a good deal, 3 decides."),
    ),
}
