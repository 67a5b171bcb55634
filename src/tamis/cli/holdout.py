"""`tamis holdout`: plan a holdout, assign its leads, tell what came of it."""

from __future__ import annotations

import functools
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from tamis.cli import options
from tamis.cli.data import Data, takes_data
from tamis.cli.output import as_json, out, refuse_given, show, told, while_working
from tamis.cli.speech import LANGUAGE, _
from tamis.engines.base import Session
from tamis.errors import UsageError
from tamis.history.holdout import (
    Assigned,
    HoldoutAnalysis,
    HoldoutPlan,
    analyse,
    assign,
    new_hand_offs,
    past_share,
    plan_of,
)
from tamis.history.holdout_file import read_assigned, write_assigned
from tamis.language import number
from tamis.model.files import load_model
from tamis.model.spec import Model
from tamis.reports.holdout import analysis_sections, in_words, plan_sections
from tamis.reports.sections import in_terminal
from tamis.sources import Provided, provide
from tamis.sources.outcomes import provide_outcomes
from tamis.sources.store import StoreUse

SHARE = "10%"
"""The share kept aside where none is asked for."""


@takes_data
def holdout(
    model: options.ModelFile,
    *,
    data: Data,
    share: Annotated[
        str | None,
        typer.Option(
            metavar="PERCENT", help=_("Share of new hand-offs to keep aside; default: 10%.")
        ),
    ] = None,
    salt: Annotated[
        str | None, typer.Option(help=_("Another salt draws other leads; default: the model."))
    ] = None,
    assign_to: Annotated[
        Path | None,
        typer.Option(
            "--assign", metavar="FILE", help=_("Write who is kept aside (CSV); add new hand-offs.")
        ),
    ] = None,
    assigned: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help=_("Tell what came of these assignments.")),
    ] = None,
    outcomes: options.Outcomes = None,
    base: Annotated[
        str | None,
        typer.Option(metavar="PERCENT", help=_("Conversion of hand-offs; else from outcomes.")),
    ] = None,
    difference: Annotated[
        str | None,
        typer.Option(
            metavar="PERCENT",
            help=_("Difference in conversion to be seen; default: a third of the conversion."),
        ),
    ] = None,
    horizon: Annotated[
        str, typer.Option(metavar="DAYS", help=_("How long a lead has to be won, as 90d."))
    ] = "90d",
    json: options.Json = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Keep a random share of hand-offs aside, to measure what handing off by score brings."""
    with told():
        spoken = options.language_of(language)
        if assigned:
            planned = {"share": share, "salt": salt, "base": base, "difference": difference}
            read = {name: getattr(data, name) for name in ("leads", "accounts", "events", "store")}
            why = _("--assigned reads assignments and outcomes alone")
            refuse_given(why, assign=assign_to, **planned, **read)
        elif not assign_to:
            refuse_given(_("nobody is drawn without --assign"), salt=salt)
        asked = Asked(
            load_model(model),
            data,
            outcomes,
            share_of(SHARE if share is None else share),
            share_of(base) if base else None,
            share_of(difference) if difference else None,
            options.days_of(horizon, "--horizon"),
        )
        written = [assign_to] if assign_to else []
        data.refuse(data.source_for(asked.model), [asked.model], written, outcomes)
        with data.session() as session:
            if assigned:
                found = asked.analysis(session, assigned)
                if json:
                    as_json({**asdict(found), "in_words": in_words(found, spoken)})
                elif not data.quiet:
                    show(in_terminal(list(analysis_sections(found, spoken))))
                return
            plan, ids = asked.plan(session)
        rows = assign_in(assign_to, ids, plan, salt or asked.model.name) if assign_to else []
        if json:
            as_json({**asdict(plan), **(_counts(rows) if assign_to else {})})
        elif not data.quiet:
            show(in_terminal(list(plan_sections(plan, spoken))))
            if assign_to:
                said = _("{file}: assigned so far {leads}, kept aside of them {held}.")
                counts = {name: number(n, spoken) for name, n in _counts(rows).items()}
                out.print(said.format(file=assign_to, **counts), markup=False)


@dataclass(frozen=True)
class Asked:
    """What a call asks for: the model, the data, and the numbers of a plan."""

    model: Model
    data: Data
    outcomes: list[str] | None
    share: float
    base: float | None
    difference: float | None
    horizon: int

    @property
    def day(self) -> date:
        """The as-of day."""
        return options.day_of(self.data.as_of, self.model)

    def analysis(self, session: Session, assigned: Path) -> HoldoutAnalysis:
        """What came of a file of assignments. Raises: UsageError without outcomes."""
        if not self.outcomes:
            raise UsageError(_("no outcomes: give --outcomes FILE"))
        rows = read_assigned(assigned)
        self._read_outcomes(session)
        return analyse(session, self.model, self.day, rows, self.horizon)

    def plan(self, session: Session) -> tuple[HoldoutPlan, list[str]]:
        """The plan, and the new hand-offs by rank."""
        work = functools.partial(self._looked, session)
        ids, base, store = while_working(session, _("Scoring"), work, quiet=self.data.quiet)
        plan = plan_of(
            self.day,
            share=self.share,
            a_week=len(ids),
            base=base,
            difference=self.difference,
            horizon=self.horizon,
        )
        return replace(plan, store=store), ids

    def _looked(self, session: Session) -> tuple[list[str], float | None, StoreUse | None]:
        provided, base = self._provided(session), self.base
        if self.outcomes and base is None:
            self._read_outcomes(session)
            base = past_share(session, self.model, self.day, provided, self.horizon).value
        return new_hand_offs(session, self.model, self.day, provided), base, provided.store

    def _read_outcomes(self, session: Session) -> None:
        reading = self.data.source_for(self.model).options
        provide_outcomes(session, self.model, self.day, self.outcomes, reading)

    def _provided(self, session: Session) -> Provided:
        source = self.data.source_with_leads(self.model)
        return provide(
            session,
            self.model,
            self.day,
            leads=source.leads,
            accounts=source.accounts,
            events=source.events,
            options=source.options,
            store=self.data.store,
        )


def assign_in(path: Path, ids: list[str], plan: HoldoutPlan, salt: str) -> list[Assigned]:
    """All assignments of a file after the new hand-offs were added to it. Raises: UsageError."""
    options.refuse_unwritable(path)
    before = read_assigned(path) if path.exists() else ()
    rows = assign(ids, plan.as_of, salt, plan.share, before)
    write_assigned(path, rows)
    return rows


def _counts(rows: list[Assigned]) -> dict[str, int]:
    return {"leads": len(rows), "held": sum(1 for one in rows if one.group == "holdout")}


def share_of(text: str) -> float:
    """A share above 0 and below 1, written `10%` or `0.1`. Raises: UsageError.

    >>> share_of("10%"), share_of("0.25")
    (0.1, 0.25)
    """
    plain = text.replace(",", ".").replace("\u202f", "").replace(" ", "")
    try:
        share = float(plain.removesuffix("%")) / (100 if plain.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        raise UsageError(_("`{text}` is no share: write it as 10%").format(text=text))
    return share
