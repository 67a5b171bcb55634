"""What the audit keeps, in words: one sentence for each action, with what is known of it."""

from __future__ import annotations

from collections.abc import Mapping

from tamis.language import Language, translator
from tamis.server.security.answers import Entry


def _(text: str) -> str:
    """Let the catalogue gather a text that is translated when it is shown."""
    return text


DEEDS: Mapping[str, str] = {
    "user.add": _("added a person as {role}"),
    "user.change": _("changed a person"),
    "user.login": _("logged in"),
    "user.logout": _("logged out"),
    "user.logout-everywhere": _("logged out everywhere"),
    "user.password": _("set a password"),
    "user.password-link": _("made a link to set a password"),
    "key.add": _("made the key “{name}”"),
    "key.revoke": _("revoked the key “{name}”"),
    "absence.add": _("recorded an absence"),
    "absence.remove": _("took an absence back"),
    "import.file": _("imported a file: {taken} new, {quarantined} put aside"),
    "person.export": _("exported what is stored of a person"),
    "person.erase": _("erased a person"),
    "person.consent": _("recorded what a person says of being profiled"),
    "retention.sweep": _("deleted what is older than the retention"),
    "quarantine.replayed": _("read a message of the quarantine again"),
    "quarantine.dropped": _("dropped a message of the quarantine"),
    "delivery.replay": _("sent a dead letter to {target} again"),
    "delivery.drop": _("gave a message to {target} up"),
    "bots.mark": _("held events to be a machine's"),
    "bots.unmark": _("held events to be a person's"),
    "lead.move": _("moved a lead from {from} to {to}"),
    "lead.hold": _("held a lead where it is"),
    "lead.release": _("let a lead move by its score again"),
    "lead.answer": _("answered for a lead"),
    "handoff.accept": _("accepted a hand-off"),
    "handoff.reject": _("rejected a hand-off"),
    "handoff.done": _("finished a hand-off"),
    "handoff.assign": _("gave a hand-off to somebody"),
    "handoff.snooze": _("put a hand-off off"),
    "adjustment.give": _("gave manual points"),
    "adjustment.withdraw": _("took manual points back"),
    "version.drafted": _("drafted a version"),
    "version.edited": _("edited a version"),
    "version.proposed": _("proposed a version"),
    "version.approved": _("approved a version"),
    "version.rejected": _("rejected a version"),
    "version.activating": _("asked for a version to be activated"),
    "version.activated": _("activated a version"),
    "version.retired": _("retired a version"),
    "version.shadowed": _("ran a version in shadow"),
    "version.unshadowed": _("ended the shadow of a version"),
    "version.commented": _("commented on a version"),
}
UNKNOWN = _("unknown")


def in_words(entry: Entry, language: Language) -> str:
    """What was done, without who and to what; the action's own name where no words are known."""
    say = translator(language)
    said = DEEDS.get(entry.action)
    if said is None:
        return entry.action
    return say(said).format_map(_Known(entry.details, say(UNKNOWN)))


class _Known(dict[str, object]):
    """What is known of a deed; a word for what is not."""

    def __init__(self, details: Mapping[str, object], unknown: str) -> None:
        super().__init__(details)
        self._unknown = unknown

    def __missing__(self, _name: str) -> str:
        return self._unknown
