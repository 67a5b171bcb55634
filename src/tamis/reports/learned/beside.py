"""Rules and prediction side by side: the grid of agreement, leads worth a look, what each gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tamis.language import number, percent, translator
from tamis.reports.figures import NONE
from tamis.reports.learned.words import between, points, with_interval
from tamis.reports.sections import Heading, Said, Section, numbers

if TYPE_CHECKING:
    from tamis.predict.agreement.gain import Compared
    from tamis.predict.agreement.grid import Agreement
    from tamis.predict.agreement.worth_a_look import Disagreement


def cell_name(name: str, language: str) -> str:
    """A cell of the grid of agreement."""
    _ = translator(language)
    return {
        "both": _("both high"),
        "rules": _("only the rules"),
        "learned": _("only the learned model"),
        "neither": _("both low"),
    }[name]


def agreement_sections(
    found: Agreement,
    compared: Compared | None,
    worth_a_look: Sequence[Disagreement],
    language: str,
    *,
    flattered: bool = False,
) -> Iterator[Section]:
    """How far both agree, what each order gives, and the leads on which they differ most.

    `flattered`: the leads may be those that the model was learned from.
    """
    yield _grid(found, language)
    if compared is not None and compared.conversions > 1:
        yield _ways(compared, language, flattered=flattered)
    if worth_a_look:
        yield _leads(worth_a_look, language)


def _grid(found: Agreement, language: str) -> Section:
    _ = translator(language)
    rows = tuple(
        (
            cell_name(cell.name, language),
            number(cell.leads, language),
            NONE if cell.won is None else number(cell.won, language),
            with_interval(cell.conversion, language),
        )
        for cell in found.cells
    )
    said = _("High are the best {share} by the rules, and as many by the learned model.")
    sentences: list[str | Said] = [said.format(share=percent(found.share_score, language))]
    if found.rank_correlation is not None:
        alike = _("Their orders correlate by {rho} (1: the same order, 0: nothing in common).")
        rho = number(found.rank_correlation, language)
        sentences.append(Said(alike.format(rho=rho), "soft"))
    headings = (Heading(_("high are")), *numbers(_("leads"), _("won"), _("conversion")))
    return Section(_("Rules and learned model"), tuple(sentences), headings=headings, rows=rows)


def _ways(compared: Compared, language: str, *, flattered: bool) -> Section:
    _ = translator(language)
    said = {
        "rules": _("by the rules"),
        "learned": _("by the learned model"),
        "combined": _("by both, half and half"),
    }
    rows = tuple(
        (
            said[way.name],
            between(way.auc, language, decimals=3),
            between(way.lift, language, decimals=1),
        )
        for way in compared.ways
    )
    headings = (Heading(_("leads in the order")), *numbers(_("AUC"), _("lift of the best tenth")))
    note = _("From {leads} leads, {won} of them won.").format(
        leads=number(compared.leads, language), won=number(compared.conversions, language)
    )
    seen = _("The model was learned from leads of these days: its order is flattered here.")
    doubts = (Said(seen, "doubt"),) if flattered else ()
    return Section(_("What each order gives"), doubts, headings=headings, rows=rows, note=note)


def _leads(worth_a_look: Sequence[Disagreement], language: str) -> Section:
    _ = translator(language)
    rows = tuple(
        (
            one.lead_id,
            cell_name(one.side, language),
            number(one.score, language),
            percent(one.probability, language, decimals=1),
            "\n".join(f"{number(p, language, sign=True)} {rule}" for rule, p in one.rules),
            "\n".join(f"{points(weight, language)} {part}" for part, weight in one.parts),
        )
        for one in worth_a_look
    )
    headings = (
        Heading(_("lead")),
        Heading(_("high for")),
        *numbers(_("score"), _("probability")),
        Heading(_("rules")),
        Heading(_("learned parts")),
    )
    said = _("They may show a rule to change, data to mend, or a lead that nobody saw.")
    return Section(_("Disagreements worth a look"), (said,), headings=headings, rows=rows)
