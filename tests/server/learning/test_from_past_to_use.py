"""From outcomes to a model in use, and on: the whole way, with real parts, on both databases."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from tests.server.learning.world import ADA, DAY, HORIZON, World

from tamis.server.learning.forms import DeclareChange, MakeDraft, Policy, Take, Train
from tamis.server.models.desk import ModelDesk
from tamis.server.store.tables import people, scoring


def trained(world: World, reason: str = "") -> int:
    """A training asked for and done; gives the number of the model."""
    learning = world.server.learning
    learning.train(ADA, "random", Train(horizon=HORIZON, reason=reason))
    learning.work_off()
    task = learning.overview("random").task
    assert task is not None
    assert (task.state, task.error, task.done) == ("done", "", 100)
    return int(task.subject["number"])


def activated(world: World, version: int) -> None:
    """A draft that both sides approved, made active."""
    server = world.server
    with server.database.write() as connection:
        desk = ModelDesk(connection, server.clock.now(), ADA)
        which = f"random/{version}"
        desk.propose(which)
        desk.approve(which, "marketing")
        desk.approve(which, "sales")
        desk.activate(which)
    world.store.assembled.background.work_off()
    with server.database.read() as connection:
        assert ModelDesk(connection, server.clock.now()).version(which).state == "active"


def dimensions(world: World, version_key: int, lead_id: str) -> dict[str, float]:
    import msgspec

    s = scoring.scores.c
    with world.server.database.read() as connection:
        chosen = select(s.dimensions).where(s.version_key == version_key, s.lead_id == lead_id)
        found = msgspec.json.decode(connection.execute(chosen).scalar_one())
    return {name: points / 100 for name, points in found.items()}


def test_from_outcomes_to_scores_to_another_market(world: World) -> None:
    learning = world.server.learning
    number = trained(world, "the first one")
    (one,) = learning.overview("random").models
    assert (one.number, one.state, one.origin, one.usable) == (number, "candidate", "trained", True)
    assert one.auc.low is not None
    assert one.auc.low > 0.5
    whole = learning.whole("random", number)
    _says_what_holds(whole)

    made = learning.draft(ADA, "random", number, MakeDraft())
    assert learning.overview("random").models[0].state == "challenger"
    activated(world, made.version)
    seen = learning.overview("random")
    assert (seen.in_use, seen.models[0].state, seen.models[0].version) == (1, "promoted", 2)
    _is_scored(world)

    # Another draft changes an ordinary rule: what was learned is in use all the same.
    taken = learning.suggestions(ADA, "random", number, Take(chosen=["spain"]))
    activated(world, taken.version)
    assert learning.overview("random").in_use == number

    _alarms_come(world)
    learning.declare(ADA, "random", DeclareChange(day=DAY, about="a new country"))
    seen = learning.overview("random")
    assert (seen.alarms, seen.market[0].day) == ([], DAY.isoformat())
    assert seen.watched.number is None
    _goes_on_from_there(world)


def _says_what_holds(whole: object) -> None:
    """The parts say what the world was made of, and the report questions the rule that is wrong."""
    from tamis.server.learning.forms import WholeLearned

    assert isinstance(whole, WholeLearned)
    country = next(part for part in whole.learned.parts if part.column == "country")
    weights = {value: group.weight for group in country.groups for value in group.values}
    assert weights["france"] > weights["spain"]
    left = {one.column: one.why for one in whole.learned.left_out}
    assert left["gender"] == "protected"
    assert [one.column for one in whole.report.protected] == ["gender"]
    says = {one.key: one.says for one in whole.report.suggestions}
    assert says["spain"] == "against"
    assert whole.report.card is not None
    assert 0 < len(whole.report.card.lines) <= 20
    assert whole.report.agreement is not None
    assert whole.disagreements


def _is_scored(world: World) -> None:
    """Each lead's score has the learned dimension, explained by its rules."""
    from tamis.server.models import stored

    with world.server.database.read() as connection:
        version = stored.active(connection, "random")
        some = list(connection.execute(select(people.leads.c.lead_id, people.leads.c.lead)))[:40]
        assert version is not None
        for lead_id, lead in some:
            parts = world.server.scores.explain(connection, version.version_key, lead)
            learned = [part for part in parts if part["dimension"] == "learned"]
            points = sum(float(part["points"]) for part in learned)
            told = dimensions(world, version.version_key, lead_id)["learned"]
            assert any(part["rule"] == "learned_base" for part in learned)
            assert 1 <= told <= 99
            assert abs(max(1.0, min(99.0, points)) - told) < 0.02


def _alarms_come(world: World) -> None:
    """Leads of another country come: the watch says so within weeks."""
    learning = world.server.learning
    learning.work_off()
    watched = learning.overview("random").watched
    assert (watched.number, watched.day) == (1, DAY.isoformat())
    for week in range(1, 4):
        first = DAY + timedelta(days=7 * week - 6)
        world.come(first, first + timedelta(days=6), 150, brazil=0.8, france=0.2)
        world.store.day(DAY + timedelta(days=7 * week))
        learning.work_off()
        if learning.overview("random").alarms:
            break
    found = learning.overview("random").alarms
    assert "country" in {one.field for one in found}
    (one,) = (one for one in found if one.field == "country" and one.kind == "new_value")
    assert (one.value, one.todo) == ("brazil", "name_value")
    assert one.since is not None
    assert DAY.isoformat() < one.since <= world.today.isoformat()


def _goes_on_from_there(world: World) -> None:
    """After a declared change what came since is as it should be, and learning begins there."""
    learning = world.server.learning
    learning.work_off()
    assert learning.overview("random").watched.day == world.today.isoformat()
    first = world.today + timedelta(days=1)
    week = first + timedelta(days=6)
    world.come(first, week, 150, brazil=0.8, france=0.2)
    world.store.day(week)
    learning.work_off()
    assert learning.overview("random").alarms == []
    end = week + timedelta(days=120)
    world.store.day(end, turn=False)
    world.come(week + timedelta(days=1), end, 400, brazil=0.8, france=0.2)
    world.store.day(end)
    again = learning.whole("random", trained(world))
    assert again.learned.training.since == DAY.isoformat()
    assert str(again.learned.training.first) >= DAY.isoformat()
    assert again.learned.training.conversions < 400


def test_a_policy_asks_for_a_training_by_itself(lone_world: World) -> None:
    learning = lone_world.server.learning
    learning.set_policy(ADA, "random", Policy(every_days=30, horizon=HORIZON))
    learning.work_off()
    (one,) = learning.overview("random").models
    assert (one.state, one.made_by, one.reason) == (
        "candidate",
        "system",
        "the policy: every 30 days",
    )
    learning.work_off()
    assert len(learning.overview("random").models) == 1


def test_the_base_is_moved_by_a_draft_and_rivals_are_compared(lone_world: World) -> None:
    learning = lone_world.server.learning
    made = learning.draft(ADA, "random", trained(lone_world), MakeDraft())
    activated(lone_world, made.version)
    lone_world.mood = -2.0
    for day in (DAY + timedelta(days=130), DAY + timedelta(days=330)):
        first = lone_world.today + timedelta(days=1)
        lone_world.store.day(day, turn=False)
        lone_world.come(first, day, 500)
        lone_world.store.day(day)
        learning.work_off()
    found = learning.overview("random")
    # One draft waits: another is not made beside it.
    (other,) = (one for one in found.models if one.origin == "recalibrated")
    assert (other.number, other.state, other.made_by) == (2, "challenger", "system")
    assert (other.version, other.version_state, found.in_use) == (3, "draft", 1)
    base = {n: learning.whole("random", n).learned.intercept for n in (1, 2)}
    assert -3.0 < base[2] - base[1] < -0.5
    assert {one.kind for one in found.alarms} & {"base_rate", "calibration"}
    fresh = learning.compare("random", 1, 2).fresh
    assert fresh is not None
    assert (fresh.found, fresh.conversions >= 40) == ("better", True)
    assert fresh.gain.low is not None
    assert fresh.gain.low > 0
