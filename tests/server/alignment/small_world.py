"""Small random histories, as plain objects: what the store is filled from, and the oracle reads."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from random import Random
from typing import Any

from sqlalchemy import Connection, delete, insert

from tamis.server.clock import micros
from tamis.server.store.tables import lifecycle, messages, models, people, work

DAY = 86_400_000_000
FIRST, LAST = date(2026, 9, 1), date(2026, 10, 31)
NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)
START = micros(datetime(2026, 8, 1, tzinfo=UTC))
YAML = """tamis: 1
name: new-business
about: Leads for the sales team
timezone: Europe/Paris
fields:
  lead: {title: text, source: text}
dimensions:
  fit:
    grades: {A: 40, B: 0}
    rules:
      - {id: boss, when: "title = 'boss'", points: 60}
score: {sum: [fit]}
cell: [fit]
lifecycle: taxonomy
feedback: {reasons: [no_budget, timing, {too_small: {en: Too small, fr: Trop petit}}]}
goals:
  - {milestone: accepted, per_month: 3}
  - {milestone: won, per_month: 1}
costs: {fair: 120, search: 45.5}
"""
STEPS = ("qualified", "proposed", "accepted", "confirmed", "opportunity", "won")
STATUSES = dict(zip(STEPS, ("mql", "sql", "srl", "sal", "sqo", "won"), strict=True))
REASONS = ("no_budget", "timing", "too_small")
EVENTS = ("page_view", "content_download", "webinar_attended", "email_click", "demo_request")


@dataclass
class Life:
    """A lead: its steps as (milestone or None, at, score, cell), and all that surrounds it."""

    lead: int
    first_at: int
    steps: list[tuple[str | None, int, int | None, str | None]] = field(default_factory=list)
    events: list[tuple[int, str, dict[str, Any], str | None]] = field(default_factory=list)
    values: list[tuple[int, str, str]] = field(default_factory=list)
    wins: list[tuple[int, int | None]] = field(default_factory=list)
    seller: str | None = None


@dataclass
class SmallWorld:
    """Leads and hand-offs; hand-offs as rows of the table."""

    lives: list[Life]
    handoffs: list[dict[str, Any]]
    activations: list[tuple[int, int]]


def drawn(seed: int, leads: int = 25) -> SmallWorld:
    """Histories as they may come: skips, meetings out of order, returns, ties, no answers."""
    random = Random(seed)
    lives = [_life(random, lead) for lead in range(1, leads + 1)]
    handoffs, open_ = [], set[int]()
    for number in range(1, 2 * leads + 1):
        one = _handoff(random, number, leads)
        is_open = one["state"] in ("waiting", "assigned", "accepted")
        # A lead has one open hand-off at most.
        if not is_open or one["lead"] not in open_:
            handoffs.append(one)
            open_ |= {one["lead"]} if is_open else set()
    activations = sorted((_at(random), number) for number in random.choices((1, 2, 3), k=4))
    return SmallWorld(lives, handoffs, [(number, at) for at, number in activations])


def _at(random: Random, low: int = 0, high: int = 100) -> int:
    # Few instants, so that some fall together.
    return START + random.randrange(low * 24, high * 24) * DAY // 24


def _life(random: Random, lead: int) -> Life:
    at = _at(random, 0, 80)
    life = Life(lead, at - random.randrange(3) * DAY)
    life.steps.append((None, at, random.choice((None, 1000)), None))
    for milestone in STEPS[: random.randrange(len(STEPS) + 1)]:
        at += random.choice((0, random.randrange(20 * 24) * DAY // 24))
        score = random.choice((None, random.randrange(10_001)))
        life.steps.append((milestone, at, score, random.choice(("A", "B", None))))
        if random.random() < 0.2:
            life.steps.append((milestone, at + DAY, 5000, "B"))
        if milestone == "accepted" and random.random() < 0.6:
            life.steps.append(("meeting_held", at + random.randrange(-2, 9) * DAY, None, None))
    for _ in range(random.randrange(6)):
        said: dict[str, Any] = {}
        for name, words in (
            ("utm_source", ("search", "mail", "")),
            ("utm_campaign", ("autumn", 'a "b"')),
            ("product", ("flow", "vault")),
        ):
            if random.random() < 0.5:
                said[name] = random.choice(words)
        bot = "burst" if random.random() < 0.1 else None
        life.events.append((_at(random), random.choice(EVENTS), said, bot))
    for name, words in (("source", ("fair", "search")), ("campaign", ("autumn", "spring"))):
        if random.random() < 0.4:
            # Often at the instant of an event: then the field holds.
            instants = [at for at, *_ in life.events] or [_at(random)]
            life.values.append((random.choice(instants), name, random.choice(words)))
    if random.random() < 0.3:
        amount = random.choice((None, 1_000_000_000, 2_500_000_000))
        life.wins.append((_at(random, 20, 100), amount))
    life.seller = random.choice((None, "sam", "eve"))
    return life


def _handoff(random: Random, number: int, leads: int) -> dict[str, Any]:
    made = _at(random, 0, 90)
    state = random.choice(("waiting", "assigned", "accepted", "rejected", "withdrawn", "done"))
    assigned = None if state == "waiting" else made + random.randrange(48) * DAY // 24
    answered = settled = None
    if state in ("accepted", "rejected", "done") and assigned is not None:
        answered = assigned + random.randrange(96) * DAY // 24
    if state in ("rejected", "withdrawn", "done") and assigned is not None:
        settled = (answered or assigned) + random.choice((0, DAY))
    due = None if assigned is None else assigned + random.choice((DAY, 2 * DAY))
    if answered is not None and random.random() < 0.2:
        due = answered
    return {
        "handoff": number,
        "model": "new-business",
        "lead": random.randrange(1, leads + 1),
        "play": "call",
        "queue": "sales",
        "cause": number,
        "state": state,
        "owner": None if state == "waiting" else random.choice(("sam", "eve")),
        "turn": random.randrange(5),
        "made_at": made,
        "assigned_at": assigned,
        "due_at": due,
        "answered_at": answered,
        "settled_at": settled,
        "snoozed_until": assigned + 3 * DAY if assigned and random.random() < 0.2 else None,
        "reason": random.choice(REASONS) if state == "rejected" else None,
        "score": 5000,
        "cell": "A",
        "version_key": 1,
    }  # fmt: skip


def keep(connection: Connection, world: SmallWorld) -> None:
    """Write the histories into a store, in place of what is there."""
    for table in (
        people.leads, people.lead_values, people.outcomes, messages.events, work.handoffs,
        lifecycle.status_history, models.versions, models.version_steps,
    ):  # fmt: skip
        connection.execute(delete(table))
    rows = [_version(number) for number in (1, 2, 3)]
    connection.execute(insert(models.versions), rows)
    steps = [
        {"version_key": number, "action": "activated", "role": "", "made_by": "ada", "at": at}
        for number, at in world.activations
    ]
    if steps:
        connection.execute(insert(models.version_steps), steps)
    for life in world.lives:
        _keep_life(connection, life)
    if world.handoffs:
        connection.execute(insert(work.handoffs), world.handoffs)


def _version(number: int) -> dict[str, Any]:
    return {
        "version_key": number, "model": "new-business", "number": number, "yaml": YAML,
        "state": "active" if number == 3 else "retired", "scored": True, "owner": "ada",
        "measures": "[]", "relies_on": "[]", "made_at": 0, "made_by": "ada",
    }  # fmt: skip


def _keep_life(connection: Connection, life: Life) -> None:
    lead = {"lead": life.lead, "lead_id": f"l{life.lead}", "fields": "{}", "owner": life.seller}
    times = {"first_at": life.first_at, "last_at": life.first_at}
    connection.execute(insert(people.leads).values(**lead, **times))
    for place, (milestone, at, score, cell) in enumerate(life.steps):
        row = {"model": "new-business", "lead": life.lead, "at": at, "milestone": milestone}
        row |= {
            "before": None if place == 0 else "lead",
            "after": STATUSES.get(milestone or "", "lead"),
        }
        row |= {"passed": False, "cause": "score", "version_key": 1, "score": score, "cell": cell}
        connection.execute(insert(lifecycle.status_history).values(row))
    for place, (at, name, said, bot) in enumerate(life.events):
        row = {"message_id": f"{life.lead}-{place}", "lead": life.lead, "kind": "track", "at": at}
        row |= {
            "event": name,
            "received_at": at,
            "properties": json.dumps(said, separators=(",", ":")),
        }
        connection.execute(insert(messages.events).values(**row, context="{}", bot=bot))
    for at, name, value in life.values:
        row = {"lead": life.lead, "field": name, "at": at, "value": json.dumps(value)}
        connection.execute(insert(people.lead_values).values(**row, source="api"))
    for place, (at, amount) in enumerate(life.wins):
        row = {"outcome_id": f"{life.lead}-{place}", "lead": life.lead, "outcome": "won", "at": at}
        connection.execute(insert(people.outcomes).values(**row, amount=amount, received_at=at))
