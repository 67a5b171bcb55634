"""Outcomes as people have them: which leads were won or lost, when, and for how much."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlglot import exp

from tamis.engines.base import Session
from tamis.facts.inputs import OUTCOMES
from tamis.facts.plan import Plan
from tamis.model.spec import Model
from tamis.sources.deliver import deliver
from tamis.sources.matching import matched
from tamis.sources.options import Manner, Options
from tamis.sources.reading import reading
from tamis.sources.verdicts import refuse_missing, refuse_other_words, refuse_unreadable
from tamis.sql.write import column, query, table, text

WORDS: Mapping[str, str] = {
    "won": "won",
    "closed won": "won",
    "gagné": "won",
    "gagnée": "won",
    "lost": "lost",
    "closed lost": "lost",
    "perdu": "lost",
    "perdue": "lost",
}
"""How people write what became of a lead, in lower case."""


def provide_outcomes(
    session: Session, model: Model, as_of: date, data: object, options: Options
) -> None:
    """Make outcomes readable as `outcome_rows`; `as_of` bounds the time zone's offsets.

    Raises: SourceError for data that cannot be read as outcomes.
    """
    delivered = deliver(session, "outcomes", data, options.manners.get("outcomes", Manner()))
    given = matched(session, {"outcomes": delivered}, {"outcomes": OUTCOMES.columns}, options)
    manner = options.manners.get("outcomes", Manner())
    read = reading(session, Plan(model, as_of), delivered, given["outcomes"], manner)
    held = f"{OUTCOMES.name}__read"
    session.keep(held, read.rows())
    refuse_unreadable(session, read, held)
    for key in ("lead_id", "timestamp"):
        refuse_missing(session, read, held, key)
    refuse_other_words(session, read, held, "outcome", tuple(WORDS))
    meant = exp.Case(
        this=exp.Lower(this=exp.Trim(this=column("outcome", "o"))),
        ifs=[exp.If(this=text(word), true=text(outcome)) for word, outcome in WORDS.items()],
    )
    session.keep(
        OUTCOMES.name,
        query(
            "SELECT o.lead_id, :outcome AS outcome, o.timestamp, o.amount FROM :rows AS o",
            outcome=meant,
            rows=table(held),
        ),
    )
    session.drop([held])
