"""Facts as relations: leads with their account on the day, and the events that may count."""

from __future__ import annotations

from tamis.facts import events, leads
from tamis.facts.plan import Plan
from tamis.sql.chain import Constants, Step


def constants(plan: Plan) -> tuple[Constants, ...]:
    """The lists of mail domains that the model asks for."""
    return leads.constants(plan)


def steps(plan: Plan) -> tuple[Step, ...]:
    """The steps of the facts, in order."""
    return (*leads.steps(plan), *events.steps(plan))
