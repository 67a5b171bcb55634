"""What is said of leads, and where they are."""

from __future__ import annotations


def _(text: str) -> str:
    """Let the catalogue gather a text that is translated when it is shown."""
    return text


TERMS: dict[str, tuple[str, str]] = {
    "score": (
        _("Score"),
        _(
            "The points of all rules that apply today, after decay and caps, on the model's scale. "
            "It says in which order to call."
        ),
    ),
    "cell": (
        _("Cell"),
        _(
            "Fit as a letter (A fits best, D least) and activity as a digit (4 is most active, 1 "
            "least). A4 is the best cell, D1 the last."
        ),
    ),
    "temperature": (
        _("Temperature"),
        _("Hot, warm or cold: how soon a lead should be called, by the bounds of the model."),
    ),
    "stage": (_("Stage"), _("Where the score alone puts a lead, by the bounds of the model.")),
    "status": (
        _("Status"),
        _("Where scores and people together have taken a lead: each step says who and why."),
    ),
    "order": (
        _("The order of calling"),
        _(
            "Leads that a play hands over come first, by the play's place in the model and by "
            "score, whatever their status: customers and lost leads have scores too."
        ),
    ),
    "lead-apart": (
        _("The score taken apart"),
        _(
            "What every rule gave this lead today. Figures add up: at its full, less what time "
            "took, less what a limit took, gives the points; the points give the dimension, and "
            "the dimensions the score. Each bar begins where the one above it ends."
        ),
    ),
    "lead-play": (
        _("To do"),
        _("What the model does with such a lead: the first of its plays whose condition holds."),
    ),
    "lead-rank": (
        _("Place in the order of calling"),
        _("How many leads are to be called before this one, by play, then by score."),
    ),
    "lead-known": (
        _("Known"),
        _(
            "The share of the model's fields that are filled in for this lead and its company: "
            "the more is known, the more the score can be trusted."
        ),
    ),
    "lead-declared": (
        _("As declared"),
        _(
            "What the lead, another system or sales said, as it was said, with who said it and "
            "since when. Nothing here is guessed."
        ),
    ),
    "lead-by-hand": (
        _("Points given by hand"),
        _(
            "A person may know what no rule sees. Such points count with their reason until they "
            "are withdrawn or over, under no limit but the dimension's."
        ),
    ),
    "lead-missing": (
        _("What is missing"),
        _(
            "The points to the next stage, and rules that gave nothing yet: what one fresh action, "
            "or a fact that becomes known, would add to the score at most."
        ),
    ),
    "lead-journey": (
        _("Where they are in their purchase"),
        _(
            "By the kind of what they read and do: learning about the problem, comparing "
            "solutions, preparing a purchase. The mark stands at the last kind that has a fifth of "
            "its points at least."
        ),
    ),
    "lead-products": (
        _("Products that interest them"),
        _(
            "By the dimensions that the model has for products; else by the products that their "
            "latest 300 actions were about."
        ),
    ),
}
