"""Evidence on the active version, from the copy: conversion with each rule and without it."""

from __future__ import annotations

from datetime import date

from tamis.history.decided import span_of_outcomes
from tamis.history.evidence_days import days_to_judge
from tamis.history.evidence_order import fields_evidence, order_of
from tamis.history.evidence_rules import rules_evidence
from tamis.history.evidence_seen import see
from tamis.history.portrait import portrait
from tamis.model.spec import Model
from tamis.server.past.answers import PastEvidence
from tamis.server.past.listed import Copy
from tamis.server.past.resident import HORIZON, open_engine, provide_past, provided


def past_evidence(copy: Copy, model: Model, today: date, memory: str, every: int) -> PastEvidence:
    """Hold the model against what became of leads; of `every` so many leads one is looked at.

    Raises:
        SourceError: where there is no outcome, or the data begin too late to say anything.
        EngineError: when the engine gives up.
    """
    with open_engine(memory) as session:
        provide_past(session, copy, model, today)
        first, last = span_of_outcomes(session, model, today)
        days = days_to_judge(first, last, HORIZON)
        found = provided(session, copy, model, days[-1], every)
        seen = see(session, model, found, days, HORIZON, until=last)
        return PastEvidence(
            seen.days,
            seen.horizon,
            seen.cases,
            seen.leads,
            seen.won,
            seen.ends_early,
            order_of(seen),
            rules_evidence(seen),
            fields_evidence(seen),
            portrait(seen),
        )
