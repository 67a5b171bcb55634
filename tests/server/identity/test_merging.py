"""Who is who does not depend on the order in which it is said: same leads, events and scores."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.server.scoring.live_store import LiveStore, live_store

from tamis.server.clock import micros
from tamis.server.ingest.message import Item, LeadRow, Message
from tamis.server.read import changes
from tamis.server.store.tables import messages, people, scoring

MODEL = """
tamis: 1
name: random
fields: {lead: {email: text, job_title: text, created_at: timestamp}, event: {url: text}}
dimensions:
  fit: {rules: [{id: boss, when: "seniority(job_title) = 'c_level'", points: 30}]}
  engagement:
    decay: {half_life: 10d}
    rules:
      - {id: views, event: page_view, points: 3, per_day: 2}
      - {id: silent, event: "*", silent_for: 5d, points: -4}
score: {sum: [fit, engagement]}
"""
DAY = date(2026, 11, 22)
USERS, EMAILS, VISITORS = ("u1", "u2", "u3"), ("a@x.fr", "b@x.fr"), ("v1", "v2")
WHOLE = [Phase.explicit, Phase.reuse, Phase.generate]
Said = tuple[str, dict[str, Any], int]


def maybe(values: Sequence[str]) -> st.SearchStrategy[str | None]:
    return st.sampled_from([None, *values])


@st.composite
def calls(draw: Any) -> list[Message]:
    """Calls of few people who are said to be one another, with times that repeat."""
    made = []
    start = micros_of(DAY - timedelta(days=9))
    for place in range(draw(st.integers(2, 9))):
        kind = draw(st.sampled_from(["track", "track", "identify", "alias"]))
        at = start + draw(st.integers(0, 8)) * 86_400_000_000 + draw(st.sampled_from([0, 1]))
        user, visitor = draw(maybe(USERS)), draw(maybe(VISITORS))
        if kind == "alias" or not (user or visitor):
            user = user or "u1"
        email = draw(maybe(EMAILS)) if kind == "identify" else None
        title = draw(st.sampled_from(["CEO", "Intern", None]))
        traits = {
            n: v for n, v in (("email", email), ("job_title", title)) if v and kind == "identify"
        }
        previous = draw(st.sampled_from([*USERS, *VISITORS])) if kind == "alias" else None
        made.append(
            Message(
                f"m{place}", kind, "page_view" if kind == "track" else None, at, at,
                user_id=user, anonymous_id=visitor, email=email, previous_id=previous,
                traits=traits, properties={"url": "/x"} if kind == "track" else {},
            )
        )  # fmt: skip
    return made


def micros_of(day: date) -> int:
    from datetime import UTC, datetime, time

    return micros(datetime.combine(day, time(10), UTC))


@contextmanager
def store_at(template: Path) -> Iterator[LiveStore]:
    with tempfile.TemporaryDirectory() as folder:
        url = str(shutil.copy(template, Path(folder) / "tamis.db"))
        store = live_store(url, MODEL, DAY, "UTC")
        try:
            yield store
        finally:
            store.assembled.close()


def known(template: Path, deliveries: Sequence[Sequence[Item]]) -> Any:
    """What the store knows after some deliveries, without its inner keys."""
    with store_at(template) as store:
        for items in deliveries:
            store.deliver(items)
        e, leads, i = messages.events.c, people.leads.c, people.identities.c
        with store.database.read() as connection:
            ids = dict(connection.execute(select(leads.lead, leads.lead_id)).all())
            described = {
                row.lead_id: (row.fields, row.account_id, row.first_at, row.last_at)
                for row in connection.execute(select(people.leads))
            }
            events = {
                row.message_id: (row.lead and ids[row.lead], row.bot)
                for row in connection.execute(select(e.message_id, e.lead, e.bot))
            }
            names = {
                (row.kind, row.value): ids[row.lead]
                for row in connection.execute(select(i.kind, i.value, i.lead))
            }
        return described, events, names, store.scores()


def split(items: Sequence[Item], rnd: random.Random) -> list[list[Item]]:
    left, parts = list(items), []
    while left:
        size = rnd.choice([1, 1, 2, 9])
        parts.append(left[:size])
        left = left[size:]
    return parts


def order_is_nothing(template: Path, said: list[Message], seed: int) -> None:
    rnd = random.Random(seed)
    shuffled = rnd.sample(said, len(said))
    for one in shuffled:
        note(f"{one.message_id} {one.kind} {one.at} {one.user_id} {one.anonymous_id} {one.email} "
             f"{one.previous_id} {one.traits}")  # fmt: skip
    for one, other in zip(
        known(template, split(said, rnd)), known(template, split(shuffled, rnd)), strict=True
    ):
        assert one == other


@given(said=calls(), seed=st.integers(0, 2**32))
@settings(max_examples=15, phases=WHOLE)
def test_the_order_of_arrival_is_nothing(
    sqlite_template: Path, said: list[Message], seed: int
) -> None:
    order_is_nothing(sqlite_template, said, seed)


@pytest.mark.verify
@given(said=calls(), seed=st.integers(0, 2**32))
@settings(max_examples=2000, phases=WHOLE)
def test_the_order_of_arrival_is_nothing_on_many(
    sqlite_template: Path, said: list[Message], seed: int
) -> None:
    order_is_nothing(sqlite_template, said, seed)


def call(message_id: str, kind: str, at: int, **more: Any) -> Message:
    event = "page_view" if kind == "track" else None
    start = micros_of(DAY - timedelta(days=3))
    return Message(message_id, kind, event, start + at, start + at, **more)  # type: ignore[arg-type]


def test_a_visitor_is_no_lead_until_known(sqlite_template: Path) -> None:
    view = call("m1", "track", 0, anonymous_id="v1")
    leads, events, _, scores = known(sqlite_template, [[view]])
    assert (leads, events["m1"], scores) == ({}, (None, None), [])


def test_what_a_visitor_did_before_counts_once_it_is_known(sqlite_template: Path) -> None:
    view = call("m1", "track", 0, anonymous_id="v1")
    says = call("m2", "identify", 5, anonymous_id="v1", user_id="u1")
    _, events, _, scores = known(sqlite_template, [[view], [says]])
    assert events["m1"] == ("u1", None)
    assert scores[0]["engagement"] > 0


def test_a_lead_known_by_address_takes_the_user_id(sqlite_template: Path) -> None:
    by_mail = call("m1", "identify", 0, email="ann@x.fr", traits={"email": "ann@x.fr"})
    as_user = replace(by_mail, message_id="m2", user_id="u7", email="ann@x.fr")
    leads, *_ = known(sqlite_template, [[by_mail], [as_user]])
    assert list(leads) == ["u7"]


def test_a_visitor_belongs_to_whom_it_was_seen_with_first(sqlite_template: Path) -> None:
    first = call("m1", "identify", 0, anonymous_id="v1", user_id="u1")
    later = call("m2", "identify", 9, anonymous_id="v1", user_id="u2")
    view = call("m3", "track", 20, anonymous_id="v1")
    for order in ([first, later, view], [view, later, first]):
        _, events, _, _ = known(sqlite_template, [[one] for one in order])
        assert events["m3"] == ("u1", None)


def test_a_row_and_an_identify_are_one_lead(sqlite_template: Path) -> None:
    row = LeadRow("crm-1", micros_of(DAY), {"email": "Ann@X.fr", "job_title": "CEO"})
    says = call(
        "m1", "identify", 0, email="ann@x.fr", traits={"email": "ann@x.fr"}, anonymous_id="v1"
    )
    leads, *_ = known(sqlite_template, [[says], [row]])
    assert list(leads) == ["crm-1"]


def test_the_history_says_who_joined_whom_though_the_score_be_the_same(
    sqlite_template: Path,
) -> None:
    at = micros_of(DAY)
    with store_at(sqlite_template) as store:
        store.deliver([Message("m1", "track", "page_view", at, at, user_id="u1")])
        store.deliver([Message("m2", "identify", None, at, at, user_id="u2")])
        store.deliver([Message("m3", "alias", None, at, at, user_id="u2", previous_id="u1")])
        with store.database.read() as connection:
            lead = connection.scalars(select(people.leads.c.lead)).one()
            latest = changes.history(connection, lead, None, 1).changes[0]
            changed = connection.scalars(select(scoring.scores.c.changed)).one()
    assert (latest.cause, latest.delta, latest.after.pop("joined")) == ("merge", 0, ["u2"])
    assert latest.before == latest.after
    assert [cause.message_id for cause in latest.events] == ["m3"]
    assert changed == latest.entry
