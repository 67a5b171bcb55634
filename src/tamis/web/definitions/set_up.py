"""What is set up and looked after."""

from __future__ import annotations


def _(text: str) -> str:
    """Let the catalogue gather a text that is translated when it is shown."""
    return text


TERMS: dict[str, tuple[str, str]] = {
    "key": (
        _("Key"),
        _(
            "What a program shows to send or read, as a person shows a password. The store keeps "
            "a hash of it, so nobody can look it up again."
        ),
    ),
    "target": (
        _("Target"),
        _(
            "A system that Tamis tells what happens: a webhook, a channel, a mailbox, a CRM. "
            "Which there are stands in the file that TAMIS_TARGETS names."
        ),
    ),
    "dead-letter": (
        _("Dead letter"),
        _(
            "A message that a target refused for good, or that was tried for days. It can be sent "
            "again; its key stays, so that a receiver can tell that it is the same."
        ),
    ),
    "quarantine": (
        _("Quarantine"),
        _(
            "Messages that could not be taken, kept with the reason. Read again, each counts from "
            "when it first came, and once at most."
        ),
    ),
    "bot": (
        _("Bot"),
        _(
            "Events that no person made: crawlers, bursts, mail scanners. They are kept with the "
            "reason and count for nothing; a cleared mark gives the points back."
        ),
    ),
    "queue-length": (
        _("Messages that wait"),
        _("Messages that were received and are not written yet. Beyond the bound, clients wait."),
    ),
    "rejected-rows": (
        _("Rows put aside"),
        _(
            "Rows that cannot be taken: they go to the quarantine with the reason, and the others "
            "are imported all the same."
        ),
    ),
    "readable": (
        _("Can be taken"),
        _("Rows that can be read. Those that are in the store already count once."),
    ),
}
