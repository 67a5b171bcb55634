"""Facts for a note, read from the store as the pages of a lead read them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, select

from tamis.server.clock import day_in, day_of, instant_of
from tamis.server.models.versions import Version
from tamis.server.notes.facts import (
    Contribution,
    DimensionFact,
    EventFact,
    FieldFact,
    MeetingFact,
    NoteFacts,
    OutcomeFact,
    PlayFact,
    RefusalFact,
    ScoreFact,
)
from tamis.server.read.answering import json_of
from tamis.server.read.answers import Moment, Verdict
from tamis.server.read.catalogue import today
from tamis.server.read.changes import history
from tamis.server.read.fresh import Stored, parts
from tamis.server.read.lead_page import account
from tamis.server.read.timeline import timeline
from tamis.server.read.verdicts import verdict_on
from tamis.server.server import Server
from tamis.server.store.tables import lifecycle, people

C, R = people.consents, lifecycle.recorded_answers
MOMENTS = 500
"""Events and outcomes, and changes of scores, the latest of which are looked at."""


def note_facts(server: Server, connection: Connection, version: Version, row: Stored) -> NoteFacts:
    """Everything that a note on a lead may say by a version of a model. `row` is of `leads`.

    Of who refused to be profiled nothing is read but the refusal.
    """
    zone, day = version.model.timezone, day_of(today(version, server.clock))
    if row["opted_out"]:
        refusal = _refusal(connection, row["lead"], zone)
        return NoteFacts(model=version.model, today=day, refusal=refusal)
    said = _verdict(server, connection, version, row["lead"])
    moments = timeline(connection, row["lead"], None, MOMENTS).moments
    return NoteFacts(
        model=version.model,
        today=day,
        play=PlayFact(said.play) if said and said.play else None,
        fields=_fields(connection, row),
        contributions=_contributions(server, connection, version, row["lead"]) if said else (),
        dimensions=_dimensions(version, said),
        events=[_event(one, zone) for one in moments if one.type == "event" and not one.bot],
        outcomes=[_outcome(one, zone) for one in moments if one.type == "outcome"],
        meeting=_meeting(connection, version, row["lead"]),
        scores=_scores(connection, version, row["lead"], said, day),
    )


def _refusal(connection: Connection, lead: int, zone: str) -> RefusalFact:
    refused = (C.c.lead == lead) & (C.c.purpose == "profiling") & ~C.c.given
    at = connection.execute(select(C.c.at).where(refused).order_by(C.c.at.desc())).scalar()
    return RefusalFact(None if at is None else day_in(zone, instant_of(at)))


def _meeting(connection: Connection, version: Version, lead: int) -> MeetingFact | None:
    """The meeting that was recorded, unless the latest word is that none was held."""
    asked = (R.c.model == version.name) & (R.c.lead == lead) & (R.c.question == "meeting")
    query = select(R).where(asked).order_by(R.c.answer.desc()).limit(1)
    row = connection.execute(query).first()
    if row is None or not row.yes:
        return None
    return MeetingFact(row.answer, day_in(version.model.timezone, instant_of(row.at)))


def _verdict(server: Server, connection: Connection, version: Version, lead: int) -> Verdict | None:
    """What the model says today; None for a lead without a score, or that it excludes."""
    said = verdict_on(server, connection, version, lead)
    return None if said is None or said.excluded else said


def _fields(connection: Connection, row: Stored) -> list[FieldFact]:
    known = account(connection, row["account_id"])
    lead = [FieldFact("lead", name, value) for name, value in json_of(row["fields"]).items()]
    of_account = known.fields.items() if known else ()
    return [*lead, *(FieldFact("account", name, value) for name, value in of_account)]


def _contributions(
    server: Server, connection: Connection, version: Version, lead: int
) -> list[Contribution]:
    return [
        Contribution(
            dimension=row["dimension"],
            rule=row["rule"],
            points=row["points"],
            count=row["count"],
            last_day=None if row["last_day"] is None else day_of(row["last_day"]),
        )
        for row in parts(server, connection, version, lead)
    ]


def _dimensions(version: Version, said: Verdict | None) -> list[DimensionFact]:
    values = said.dimensions if said else {}
    return [
        DimensionFact(one.name, values[one.name], one.high)
        for one in version.model.dimensions
        if one.name in values
    ]


def _scores(
    connection: Connection, version: Version, lead: int, said: Verdict | None, day: date
) -> list[ScoreFact]:
    """The score of today, then those of the history of this model."""
    if said is None or said.score is None:
        return []
    past = history(connection, lead, None, MOMENTS).changes
    return [
        ScoreFact(day, said.score),
        *(
            ScoreFact(one.day, one.score_after, one.entry)
            for one in past
            if one.model == version.name and one.score_after is not None
        ),
    ]


def _event(moment: Moment, zone: str) -> EventFact:
    told = moment.properties or {}
    channel, format_ = told.get("channel"), told.get("format")
    return EventFact(
        message_id=moment.id,
        name=moment.name,
        day=_day(moment, zone),
        channel=channel if isinstance(channel, str) else None,
        format=format_ if isinstance(format_, str) else None,
    )


def _outcome(moment: Moment, zone: str) -> OutcomeFact:
    return OutcomeFact(moment.id, moment.name, _day(moment, zone))


def _day(moment: Moment, zone: str) -> date:
    return day_in(zone, datetime.fromisoformat(moment.at))
