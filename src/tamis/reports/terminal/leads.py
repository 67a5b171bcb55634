"""The leads to call first in the terminal: who, which verdicts, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from tamis.language import number, translator
from tamis.model.spec import Model
from tamis.reports.figures import ListedLead, leads_title
from tamis.reports.phrases import play_name
from tamis.reports.terminal.text import SOFT, harmless, heading

WIDE = 130
"""From this many columns on, each verdict has a column of its own."""
ID_WIDTH = 36
"""An id as computers make them fits on one line."""


@dataclass(frozen=True)
class Leads:
    """The leads to call first; in a narrow terminal the verdicts share a column."""

    leads: Sequence[ListedLead]
    model: Model
    language: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield heading(leads_title(self.leads, self.model, self.language))
        yield self._wide() if options.max_width >= WIDE else self._narrow()

    def _table(self, *, wide: bool) -> Table:
        _ = translator(self.language)
        table = Table(
            box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, expand=True, padding=(0, 1, 1, 0)
        )
        table.add_column("#", justify="right", style=SOFT, no_wrap=True)
        width, ratio = (ID_WIDTH, None) if wide else (None, 4)
        table.add_column(_("Lead"), overflow="fold", width=width, ratio=ratio)
        if self.model.score:
            table.add_column(_("Score"), justify="right", no_wrap=True)
        return table

    def _narrow(self) -> Table:
        _ = translator(self.language)
        table = self._table(wide=False)
        table.add_column(_("Verdict"), min_width=14)
        table.add_column(_("Strongest reasons, by weight in the score"), ratio=5)
        for lead in self.leads:
            table.add_row(*self._first(lead), self._verdict(lead), self._reasons(lead))
        return table

    def _wide(self) -> Table:
        _ = translator(self.language)
        names = {
            "cell": _("Cell"),
            "temperature": _("Temperature"),
            "stage": _("Stage"),
            "play": _("Play"),
        }
        table, shown = self._table(wide=True), [name for name in names if self._has(name)]
        for name in shown:
            table.add_column(names[name], no_wrap=name != "play")
        table.add_column(_("Strongest reasons, by weight in the score"), ratio=6)
        for lead in self.leads:
            verdicts = [self._said(lead, name) for name in shown]
            table.add_row(*self._first(lead), *verdicts, self._reasons(lead))
        return table

    def _has(self, name: str) -> bool:
        parts = {
            "cell": self.model.cell,
            "temperature": self.model.temperatures,
            "stage": self.model.stages,
            "play": self.model.plays,
        }
        return bool(parts[name])

    def _first(self, lead: ListedLead) -> Iterator[RenderableType]:
        yield number(int(str(lead.verdict["rank"])), self.language)
        yield _person(lead)
        if self.model.score:
            score = lead.verdict["score"]
            yield Text(
                number(Decimal(str(score)), self.language, decimals=1, fixed=True), style="bold"
            )

    def _said(self, lead: ListedLead, name: str) -> Text:
        value = lead.verdict.get(name)
        if value is None:
            return Text("\u2013", style=SOFT)
        if name == "play":
            play = next(p for p in self.model.plays if p.id == value)
            return Text(harmless(play_name(play, self.language)))
        return Text(harmless(str(value)), style="bold" if name == "cell" else "")

    def _verdict(self, lead: ListedLead) -> Text:
        names = [name for name in ("cell", "temperature", "stage") if lead.verdict.get(name)]
        text = Text(" ").join(self._said(lead, name) for name in names)
        if lead.verdict.get("play"):
            text.append("\n").append_text(self._said(lead, "play"))
        return text

    def _reasons(self, lead: ListedLead) -> Text:
        return Text("\n").join(Text(harmless(str(reason))) for reason in lead.reasons)


def _person(lead: ListedLead) -> Text:
    """Who the lead is, as far as the model knows, and its id."""
    lines = [Text(harmless(lead.who), style="bold")] if lead.who else []
    post = ", ".join(harmless(part) for part in (lead.job, lead.company) if part)
    lines += [Text(post)] if post else []
    lines.append(Text(harmless(lead.lead_id), style=SOFT if lines else "bold"))
    return Text("\n").join(lines)
