"""What is said of work: hand-offs, deadlines, queues."""

from __future__ import annotations


def _(text: str) -> str:
    """Let the catalogue gather a text that is translated when it is shown."""
    return text


TERMS: dict[str, tuple[str, str]] = {
    "due": (
        _("Due"),
        _("When an answer is expected, in the working hours that marketing and sales agreed on."),
    ),
    "to-answer": (
        _("To answer"),
        _(
            "Hand-offs that were given to this person, who has neither accepted nor rejected them. "
            "What is due first comes first; what is put aside is not counted."
        ),
    ),
    "late": (
        _("Late"),
        _(
            "Hand-offs to answer whose deadline has passed. It counts time at work: nights, days "
            "off and holidays do not count."
        ),
    ),
    "under-way": (
        _("Accepted, under way"),
        _("Hand-offs that were accepted and are not done. They stand here until they are done."),
    ),
    "put-aside": (
        _("Leads put aside"),
        _(
            "Hand-offs that are out of the list until a time that was chosen. They stay with this "
            "person, and their deadlines are not moved."
        ),
    ),
    "waiting-lane": (
        _("Waiting"),
        _(
            "Hand-offs that nobody has yet: people are off duty, away, or have as much work as "
            "their queue allows. The best leads are given first. With one queue chosen, each shows "
            "its place and the day on which it is likely to be given."
        ),
    ),
    "assigned-lane": (
        _("Assigned"),
        _("Hand-offs that somebody has and has not answered; what is due first stands first."),
    ),
    "accepted-lane": (
        _("Accepted by sales"),
        _("Hand-offs that sales accepted, whose leads have not gone further yet."),
    ),
    "settled-lane": (
        _("Settled"),
        _("Hand-offs that were done, rejected or withdrawn in the last seven days."),
    ),
    "stage-of-work": (
        _("Stage of the work"),
        _("Accepted hand-offs whose leads stand at this status; the longest there stand first."),
    ),
    "limit": (
        _("Limit of open work"),
        _(
            "How much open work one person may have, assigned and accepted together, in all "
            "queues. Who has as much gets nothing more until something is done."
        ),
    ),
    "pace": (
        _("Pace of a queue"),
        _("Hand-offs given to people a day over the last four weeks, weekends among them."),
    ),
    "passage": (
        _("Conversion from stage to stage"),
        _(
            "Leads that reached a stage in the last 90 days, and how many of them reached the next "
            "one. The median time is that of those who did."
        ),
    ),
    "service": (
        _("Service level kept"),
        _(
            "Hand-offs accepted or rejected by their deadline, divided by hand-offs with a "
            "deadline in the last 30 days. After a reassignment the new owner's deadline counts."
        ),
    ),
}
