"""What the report calls milestones, traits, reasons and assets, in the reader's language."""

from __future__ import annotations

from tamis.language import translator
from tamis.model.spec import Model
from tamis.reports.phrases import capital, spaced


def milestone(name: str, language: str) -> str:
    """A milestone as a heading has it."""
    _ = translator(language)
    names = {
        "entered": _("Entered"),
        "qualified": _("Qualified"),
        "proposed": _("Proposed"),
        "accepted": _("Accepted"),
        "meeting_held": _("Meeting held"),
        "confirmed": _("Confirmed"),
        "opportunity": _("Opportunity"),
        "won": _("Sale won"),
    }
    return names.get(name, capital(spaced(name)))


def passage(stage: str, after: str, language: str) -> str:
    """From a milestone to the next."""
    return f"{milestone(stage, language)} → {milestone(after, language)}"


def trait(name: str, language: str) -> str:
    """What conversion is told by."""
    _ = translator(language)
    names = {
        "cell": _("Conversion by cell"),
        "source": _("Conversion by source"),
        "campaign": _("Conversion by campaign"),
        "product": _("Conversion by product"),
        "owner": _("Conversion by owner"),
    }
    return names[name]


def reason(name: str, model: Model, language: str) -> str:
    """A reason to reject a hand-off: the model's text, else that of a reason all models know."""
    _ = translator(language)
    names = {
        "not_ideal_customer": _("not an ideal customer"),
        "no_budget": _("no budget"),
        "bad_data": _("bad data"),
        "wrong_person": _("wrong person"),
        "timing": _("not the right time"),
        "duplicate": _("duplicate"),
        "competitor": _("competitor"),
        "unreachable": _("unreachable"),
    }
    known = next((one for one in model.feedback.reasons if one.name == name), None)
    plain = names.get(name, spaced(name))
    return known.label.text(language, plain) if known else plain


def asset(name: str, language: str) -> str:
    """A kind of asset."""
    _ = translator(language)
    names = {
        "webinar": _("Webinar"),
        "document": _("Document"),
        "mail": _("Mail"),
        "page": _("Page"),
    }
    return names[name]
