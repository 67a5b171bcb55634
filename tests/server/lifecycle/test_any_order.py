"""Scores, decisions, merges, erasures, restarts and clocks in any order leave legal histories."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from tests.server.lifecycle.conftest import Store
from tests.server.lifecycle.legal import by_lead, faults

from tamis.server.clock import SetClock
from tamis.server.lifecycle.forms import NewAnswer, NewMove
from tamis.server.privacy.erase import erase
from tamis.server.problems import Problem
from tamis.server.server import Server
from tamis.server.store.database import Database
from tamis.server.store.tables import lifecycle, messages, people, scoring

SERIAL = count(1)
WHO = st.integers(0, 5)
QUESTIONS = st.sampled_from(["accepted", "meeting", "budget", "authority", "need", "timeframe"])
STATUSES = ("prospect", "lead", "mql", "sql", "srl", "sal", "sqo", "won", "lost", "recycled")
ROLES = ("sales", "marketing", "admin")
Acts = st.lists(
    st.one_of(
        st.tuples(st.just("scored"), st.lists(st.tuples(WHO, st.integers(0, 100)), min_size=1)),
        st.tuples(st.just("moved"), WHO, st.sampled_from(STATUSES), st.sampled_from(ROLES)),
        st.tuples(st.just("answered"), WHO, QUESTIONS, st.booleans()),
        st.tuples(st.just("held"), WHO, st.booleans()),
        st.tuples(st.just("outcome"), WHO, st.sampled_from(["won", "lost"]), st.integers(-9, 9)),
        st.tuples(st.just("merged"), WHO, WHO),
        st.tuples(st.just("merged"), WHO, WHO),
        st.tuples(st.just("erased"), WHO),
        st.tuples(st.just("passed"), st.sampled_from([-3, -0.5, 0.5, 1, 2, 31])),
        st.tuples(st.just("restarted")),
    ),
    min_size=4,
    max_size=30,
)  # fmt: skip


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=Acts)
def test_any_order_leaves_legal_histories(store: Store, acts: list[tuple[Any, ...]]) -> None:
    begin_anew(store)
    for act, *what in acts:
        DO[act](store, *what)
        store.look()
        check(store)


def check(store: Store) -> None:
    """Every history is legal, each lead stands where its own ends, and nobody is left behind."""
    histories = by_lead(store.history())
    for history in histories.values():
        assert faults(store.lifecycle, history, ("won", "lost")) == []
    assert {lead for _, lead in histories} <= set(store.leads.values())
    for name, lead in store.leads.items():
        history = histories.get(("new-business", lead))
        if history:
            row = store.status(name)
            assert (row["status"], row["step"]) == (history[-1]["after"], history[-1]["step"])
            assert row["held_by"] is None or row["look_at"] is None


def begin_anew(store: Store) -> None:
    """The store of an example before is emptied."""
    with store.server.database.write() as connection:
        for table in (
            *(lifecycle.statuses, lifecycle.status_history, lifecycle.recorded_answers),
            *(people.outcomes, people.leads, scoring.scores, messages.events),
        ):
            connection.execute(delete(table))
    store.leads.clear()
    names = [come(store) for _ in range(4)]
    # The last one comes in by whatever happens to it first.
    store.score(*zip(names, (10, 35, 60), strict=False))


def come(store: Store) -> str:
    """Somebody of whom nobody has heard."""
    name = f"n{next(SERIAL)}"
    store.lead(name, *(["page_view"] if len(store.leads) % 2 else []))
    return name


def named(store: Store, number: int) -> str:
    """One of those who are there; others come when nobody is."""
    return sorted(store.leads)[number % len(store.leads)] if store.leads else come(store)


def score(store: Store, scores: list[tuple[int, int]]) -> None:
    held = {n for n in store.leads if has_status(store, n) and store.status(n)["held_by"]}
    before = {name: store.status(name) for name in held}
    store.score(*{named(store, who): points for who, points in scores}.items())
    assert {name: store.status(name) for name in held} == before


def has_status(store: Store, name: str) -> bool:
    return any(row["lead"] == store.leads[name] for row in store.history())


def move(store: Store, who: int, to: str, role: str) -> None:
    name = named(store, who)
    seen = store.status(name)["status"] if has_status(store, name) else "prospect"
    decide(store, name, role, lambda one: one.move(NewMove(to=to, seen=seen, reason="so")))


def answer(store: Store, who: int, question: str, yes: bool) -> None:
    told = NewAnswer(question=question, yes=yes)
    decide(store, named(store, who), "sales", lambda one: one.answer(told))


def hold(store: Store, who: int, yes: bool) -> None:
    name = named(store, who)
    decide(store, name, "sales", lambda one: one.hold("") if yes else one.release())


def decide(store: Store, name: str, role: str, do: Callable[[Any], object]) -> None:
    """What a person tries; a refusal changes nothing."""
    before = store.history()
    try:
        with store.server.database.write() as connection:
            do(store.decision(connection, name, role))
    except Problem:
        assert store.history() == before


def outcome(store: Store, who: int, told: str, day: int) -> None:
    store.outcome(named(store, who), told, max(0, store.server.micros + day * 86_400_000_000))


def merge(store: Store, who: int, other: int) -> None:
    name, into = named(store, who), named(store, other)
    if name != into:
        store.merge(name, into)


def gone(store: Store, who: int) -> None:
    name = named(store, who)
    erase(store.server, name, "ada")
    del store.leads[name]


def restart(store: Store) -> None:
    old = store.server
    old.database.close()
    database = Database(old.settings.store)
    clock = SetClock(old.clock.now())
    store.server = Server(old.settings, clock, database, old.scores, old.intake)


DO: Mapping[str, Callable[..., None]] = {
    "scored": score,
    "moved": move,
    "answered": answer,
    "held": hold,
    "outcome": outcome,
    "merged": merge,
    "erased": gone,
    "passed": lambda store, days: store.pass_by(days),
    "restarted": restart,
}
