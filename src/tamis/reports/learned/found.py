"""What was found in the data before learning: what reading did, columns that know too much."""

from __future__ import annotations

from tamis.language import listed, number, percent, plurals, translator
from tamis.predict.leaks import Suspect
from tamis.predict.table.notes import Note
from tamis.reports.learned.words import names


def note_said(note: Note, language: str) -> str:
    """What reading a table did, in a sentence."""
    _, ngettext = translator(language), plurals(language)
    count, columns = number(note.count, language), names(note.columns, language)
    match note.code:
        case "missing":
            said = ngettext(
                "{count} cell of {columns} says {words}: taken as missing.",
                "{count} cells of {columns} say {words}: taken as missing.",
                note.count,
            )
        case "no-label":
            said = ngettext(
                "{count} row without a label left out.",
                "{count} rows without a label left out.",
                note.count,
            )
        case "no-time":
            said = ngettext(
                "{count} row without a time left out.",
                "{count} rows without a time left out.",
                note.count,
            )
        case "repeated":
            said = ngettext(
                "{count} row of {of} says the same as an earlier one.",
                "{count} rows of {of} say the same as earlier ones.",
                note.count,
            )
        case "date":
            said = _("Dates, from which nothing is learned: {columns}.")
        case "empty":
            said = _("Empty columns: {columns}.")
        case "unreadable":
            said = _("Columns that hold neither numbers nor texts: {columns}.")
    words = listed([f"`{word}`" for word in note.words], language)
    of = number(note.of, language)
    return said.format(count=count, columns=columns, words=words, of=of)


def suspect_said(one: Suspect, language: str) -> str:
    """Why a column is suspected of having been filled in after the outcome."""
    _ = translator(language)
    match one.why:
        case "filled":
            said = _("known for {won} of the leads that were won, and for {rest} of the others")
        case "lacking":
            said = _(
                "none of the {lacking} leads without it was won; {expected} were to be expected"
            )
        case "later":
            said = _("only {before} of the leads that were won had a value before that")
        case "value":
            said = _("by itself it tells won leads from the others (AUC {auc})")
        case "certain":
            said = _(
                "{decided} of the leads have values of which nearly all, or nearly none, were "
                "won: {words}"
            )
        case "name":
            said = _(
                "“{word}” in its name speaks of what is known late, and it tells won leads "
                "(AUC {auc})"
            )
        case "together":
            said = _("it is filled in together with {beside}")
    return said.format(
        won=_share(one.won_filled, language),
        rest=_share(one.rest_filled, language),
        lacking=number(one.lacking or 0, language),
        expected=number(one.expected or 0, language, decimals=0),
        before=_share(one.before, language),
        auc=number(one.auc or 0, language, fixed=True),
        decided=_share(one.decided, language),
        words=listed([f"`{word}`" for word in one.words], language),
        word=one.word,
        beside=f"`{one.beside}`",
    )


def _share(value: float | None, language: str) -> str:
    return percent(value or 0.0, language)
