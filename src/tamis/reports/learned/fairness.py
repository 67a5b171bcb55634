"""What a learned model does with groups of people, and what stands in for protected columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from tamis.language import number, percent, translator
from tamis.reports.learned.words import with_interval
from tamis.reports.sections import Heading, Said, Section, numbers

if TYPE_CHECKING:
    from tamis.predict.protected import GroupFigures, Proxy


def fairness_sections(
    proxies: Sequence[Proxy], groups: Mapping[str, Sequence[GroupFigures]], language: str
) -> Iterator[Section]:
    """Strong proxies, then a table for each protected column that the data have."""
    _ = translator(language)
    strong = [one for one in proxies if one.strong]
    if strong:
        title = _("Columns that stand in for a protected one")
        yield Section(title, points=tuple(proxy_said(one, language) for one in strong))
    for column, figures in groups.items():
        headings = (
            Heading(_("Group")),
            *numbers(_("examples"), _("Won"), _("Told"), _("In the best tenth")),
        )
        rows = tuple(_row(one, language) for one in figures)
        yield Section(_("By group: {column}").format(column=column), headings=headings, rows=rows)


def proxy_said(one: Proxy, language: str) -> str:
    """Which group a column tells, and how well."""
    _ = translator(language)
    said = _("{column} tells {protected} “{group}” (AUC {auc})")
    auc = number(one.auc.value or 0.0, language)
    return said.format(column=one.column, protected=one.protected, group=one.group, auc=auc)


def _row(one: GroupFigures, language: str) -> tuple[str | Said, ...]:
    _ = translator(language)
    names = ", ".join(one.pooled)
    name = Said(one.group, below=names)
    if one.passed_over:
        name = Said(one.group, "bad", below=_("passed over"))
    return (
        name,
        number(one.rows, language),
        with_interval(one.conversion, language),
        percent(one.told, language, decimals=1),
        with_interval(one.top, language),
    )
