"""Evidence: what the past says of a model, its rules, the fields of forms and won customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tamis.engines.base import Session
from tamis.history.decided import span_of_outcomes
from tamis.history.evidence_days import days_to_judge
from tamis.history.evidence_order import FieldEvidence, fields_evidence, order_of
from tamis.history.evidence_rules import RuleEvidence, rules_evidence
from tamis.history.evidence_seen import Seen, see
from tamis.history.intervals import Interval
from tamis.history.portrait import Trait, portrait
from tamis.history.survey import Answer, Opinion, opinions
from tamis.model.spec import Model
from tamis.sources import Options, Table, provide
from tamis.sources.outcomes import provide_outcomes
from tamis.sources.store import StoreUse


@dataclass(frozen=True)
class Evidence:
    """What the past says of a model.

    `order` is the AUC, 0 to 1, of the model's points: 0.5 is chance. `opinions` are empty without
    a survey. `store` says how a store of kept matches was used; None where none was given.
    """

    seen: Seen
    order: Interval
    rules: tuple[RuleEvidence, ...]
    fields: tuple[FieldEvidence, ...]
    portrait: tuple[Trait, ...]
    opinions: tuple[Opinion, ...]
    store: StoreUse | None = None

    @property
    def has_signal(self) -> bool:
        """Whether the model orders leads better than chance, beyond doubt."""
        return self.order.above(0.5)


def evidence(
    session: Session,
    model: Model,
    today: date,
    *,
    leads: Table,
    accounts: Table | None = None,
    events: Table | None = None,
    outcomes: Table,
    on: date | None = None,
    horizon: int = 90,
    survey: Sequence[Answer] = (),
    options: Options | None = None,
    store: Path | None = None,
) -> Evidence:
    """Hold a model against what became of leads.

    The model is judged as of one past day `on`, or without it as of several, `horizon` days apart,
    the last of them such that its horizon is over on the last day with an outcome. A case is a lead
    on such a day, neither excluded nor decided yet; it is won when a win follows within the
    horizon. `today` bounds what is read. Kept matches of a `store` are used if they fit.

    Raises:
        SourceError: for data that cannot be read, without any case, or that begin after the days.
        EngineError: when the engine gives up.
    """
    how = options or Options()
    provide_outcomes(session, model, today, outcomes, how)
    first, last = span_of_outcomes(session, model, today)
    days = (on,) if on else days_to_judge(first, last, horizon)
    provided = provide(
        session,
        model,
        days[-1],
        leads=leads,
        accounts=accounts,
        events=events,
        options=how,
        store=store,
    )
    seen = see(session, model, provided, days, horizon, until=last)
    rules = rules_evidence(seen)
    return Evidence(
        seen,
        order_of(seen),
        rules,
        fields_evidence(seen),
        portrait(seen),
        opinions(survey, rules),
        provided.store,
    )
