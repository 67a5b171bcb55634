"""Learned models kept, drafts made of them, what is declared of the market, alarms."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

import pytest
from msgspec.structs import replace
from sqlalchemy import func, insert, select
from tests.server.conftest import NOW
from tests.server.learning.small import ABSTAINS, LEARNED, MODEL, file
from tests.server.read.conftest import lead, version

from tamis.model.checks import checked_model
from tamis.server.clock import SetClock, micros
from tamis.server.delivery.message import Message
from tamis.server.delivery.wording import worded
from tamis.server.identity.people import People
from tamis.server.ingest.message import Message as Call
from tamis.server.learning import alarms, due, stored, work
from tamis.server.learning.alarms import Noticed
from tamis.server.learning.forms import (
    Addition,
    DeclareChange,
    Disagreement,
    Edit,
    Figure,
    LearningReport,
    MakeDraft,
    Policy,
    SettleAlarm,
    Suggestion,
    Take,
    Train,
)
from tamis.server.learning.stored import New
from tamis.server.models import tasks
from tamis.server.models.desk import ModelDesk
from tamis.server.privacy.erase import erase
from tamis.server.problems import Problem
from tamis.server.security.guards import Caller
from tamis.server.security.permissions import ROLES
from tamis.server.server import Server
from tamis.server.store.tables import access, people
from tamis.server.store.tables.learning import learned_disagreements

ADA = Caller("marie", ROLES["admin"], "admin")
SALES = Caller("sam", ROLES["sales"], "sales")
NONE = Figure(None, None, None)
SPAIN = Suggestion(
    key="spain", rule="spain", dimension="fit", per="once", level="", today=30, points=-12,
    supported=Figure(-12, -20, -4), odds=NONE, leads=50, won=2, conversion=NONE, says="against",
    kept="", worth_a_draft=True,
    edits=[Edit(["dimensions", "fit", "rules", "spain", "points"], "-12")],
)  # fmt: skip
SIZE = Addition(
    key="size", column="size", dimension="fit", levels=[], chance=0.001, leads=10,
    lines=["id: size", "field: size", "bands: {10: 5}"], with_it=NONE, without_it=NONE,
    declares=Edit(["fields", "lead", "size"], "number"),
)  # fmt: skip
BRAZIL = Noticed(
    kind="new_value", field="country", since=date(2026, 11, 9), before=Figure(0, 0, 0.01),
    now=Figure(0.3, 0.25, 0.35), asked="value", bound=None, value="brazil", part="all",
    chance=1e-6, todo="name_value", what="new value: country is brazil",
)  # fmt: skip


@pytest.fixture
def modelled(server: Server) -> Server:
    """The server with a scoring model that is active, and its owner."""
    with server.database.write() as connection:
        version(connection, MODEL)
        row = {"login": "marie", "name": "Marie", "role": "admin", "made_at": 0}
        connection.execute(insert(access.users).values(**row))
    return server


def clock(server: Server) -> SetClock:
    assert isinstance(server.clock, SetClock)
    return server.clock


def kept(server: Server, report: LearningReport | None = None) -> int:
    """A learned model that was trained here, with its report; gives its number."""
    new = New("trained", file().decode(), stored.in_json(report or LearningReport()))
    with server.database.write() as connection:
        return stored.keep(connection, "small", new, server.micros, "marie").number


def yaml_of(server: Server, number: int) -> str:
    with server.database.read() as connection:
        return ModelDesk(connection, server.clock.now()).whole(f"small/{number}").yaml


# Files -------------------------------------------------------------------------------------------


def test_a_file_that_comes_from_elsewhere_is_a_candidate(modelled: Server) -> None:
    learning = modelled.learning
    made = learning.take_in(ADA, "small", file())
    assert (made.number, made.state, made.origin, made.made_by) == (
        1,
        "candidate",
        "imported",
        "marie",
    )
    assert learning.file("small", 1) == file()
    whole = learning.whole("small", 1)
    assert (whole.learned, whole.report) == (LEARNED, LearningReport())
    assert learning.take_in(ADA, "small", file()).number == 2


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"[]",
        b"\x80\x04\x95",
        b"{" * 10_000,
        file().replace(b'"tamis_learned"', b'"__reduce__"'),
        file().replace(b'"phase": "full"', b'"phase": "os.system"'),
        file().replace(b"0.7", b"1e999"),
        file().replace(b"country", b"coun\\u0000try"),
        file() + b" " * 6_000_000,
    ],
)
def test_a_file_that_holds_something_else_is_refused(modelled: Server, wrong: bytes) -> None:
    with pytest.raises(Problem) as told:
        modelled.learning.take_in(ADA, "small", wrong)
    assert told.value.code in {"wrong-learned", "too-large"}
    assert modelled.learning.overview("small").models == []


# Drafts ------------------------------------------------------------------------------------------


def test_a_draft_has_the_learned_dimension_and_all_else_as_it_was(modelled: Server) -> None:
    number = kept(modelled)
    made = modelled.learning.draft(ADA, "small", number, MakeDraft(about="try it"))
    yaml = yaml_of(modelled, made.version)
    assert "points: 30}  # kept" in yaml
    learned = checked_model(yaml, "m").dimension("learned")
    assert learned is not None
    assert {rule.id for rule in learned.rules} >= {"learned_base"}
    assert learned.odds is not None
    row = modelled.learning.overview("small").models[0]
    assert (row.state, row.version, row.version_state) == ("challenger", made.version, "draft")


def test_a_model_that_abstains_makes_no_draft(modelled: Server) -> None:
    modelled.learning.take_in(ADA, "small", file(ABSTAINS))
    with pytest.raises(Problem) as told:
        modelled.learning.draft(ADA, "small", 1, MakeDraft())
    assert (told.value.status, "no usable signal" in told.value.detail) == (409, True)


def test_what_was_learned_stays_in_use_when_other_rules_change(modelled: Server) -> None:
    learning, number = modelled.learning, kept(modelled)
    made = learning.draft(ADA, "small", number, MakeDraft())
    switch(modelled, made.version)
    assert learning.overview("small").in_use == number
    other = add(modelled, yaml_of(modelled, made.version).replace("points: 30}", "points: 29}"))
    switch(modelled, other)
    assert learning.overview("small").in_use == number
    switch(modelled, add(modelled, MODEL))
    seen = learning.overview("small")
    assert (seen.in_use, seen.models[0].state) == (None, "retired")
    switch(modelled, made.version)
    assert learning.overview("small").models[0].state == "promoted"


def add(server: Server, yaml: str) -> int:
    with server.database.write() as connection:
        return ModelDesk(connection, server.clock.now(), ADA).add(yaml, "marie", "").number


def switch(server: Server, number: int) -> None:
    """Make a version active, as the background does at the end of its task."""
    from tamis.server.models import lifecycle

    with server.database.write() as connection:
        desk = ModelDesk(connection, server.clock.now(), ADA)
        found = desk.version(f"small/{number}")
        if found.state == "draft":
            desk.propose(found.title)
            desk.approve(found.title, "marketing")
            desk.approve(found.title, "sales")
        lifecycle.switch(connection, found.version_key, server.clock.now(), "marie")


def test_chosen_suggestions_make_a_draft(modelled: Server) -> None:
    number = kept(modelled, LearningReport(suggestions=[SPAIN], additions=[SIZE]))
    made = modelled.learning.suggestions(ADA, "small", number, Take(chosen=["spain", "size"]))
    model = checked_model(yaml_of(modelled, made.version), "m")
    rule = model.rule("spain")
    assert rule is not None
    assert getattr(rule, "points") == -12  # noqa: B009
    assert model.rule("size") is not None
    assert "# kept" in yaml_of(modelled, made.version)
    with pytest.raises(Problem) as told:
        modelled.learning.suggestions(ADA, "small", number, Take(chosen=["moon"]))
    assert told.value.status == 400


# The market --------------------------------------------------------------------------------------


def test_a_declared_change_explains_alarms_and_can_be_taken_back(modelled: Server) -> None:
    learning = modelled.learning
    with modelled.database.write() as connection:
        alarms.raise_all(connection, "small", [BRAZIL], modelled.micros)
    today = NOW.date()
    made = learning.declare(ADA, "small", DeclareChange(day=today, about="new prices"))
    assert [one.day for one in learning.overview("small").market] == [today.isoformat()]
    (alarm,) = learning.alarms("small", settled=True)
    assert (alarm.settled_by, alarm.comment) == ("marie", "change of market: new prices")
    learning.withdraw(ADA, "small", made.change)
    assert learning.overview("small").market == []
    with pytest.raises(Problem):
        learning.withdraw(ADA, "small", made.change)
    late = DeclareChange(day=today + timedelta(days=1), about="soon")
    with pytest.raises(Problem) as told:
        learning.declare(ADA, "small", late)
    assert told.value.errors[0]["field"] == "day"


def test_an_alarm_is_raised_once_and_again_after_it_was_settled(modelled: Server) -> None:
    told: list[str] = []
    with modelled.database.write() as connection:
        for _ in range(2):
            alarms.raise_all(
                connection, "small", [BRAZIL], modelled.micros, lambda k: told.append(k) or ()
            )
    (one,) = modelled.learning.alarms("small")
    assert (one.kind, one.value, one.since, one.now.value) == (
        "new_value",
        "brazil",
        "2026-11-09",
        0.3,
    )
    settled = modelled.learning.settle(ADA, "small", one.alarm, SettleAlarm("a fair"))
    assert (settled.comment, modelled.learning.alarms("small")) == ("a fair", [])
    with pytest.raises(Problem) as refused:
        modelled.learning.settle(ADA, "small", one.alarm, SettleAlarm())
    assert refused.value.status == 409
    with modelled.database.write() as connection:
        alarms.raise_all(connection, "small", [BRAZIL], modelled.micros)
    assert len(modelled.learning.alarms("small")) == 1
    assert told == ["alarm"]


def test_a_message_about_it_says_that_the_market_moved() -> None:
    payload = {"model": "small", "alarm": "learning-population", "note": "x"}
    message = Message(1, "sales", "alarm", None, payload, "k", 0)
    assert worded(message, "en", "").title == "The market has moved: small"
    other = Message(1, "sales", "alarm", None, {"model": "small"}, "k", 0)
    assert "rejected" in worded(other, "en", "").title


def test_two_alarms_of_one_kind_speak_of_other_leads(modelled: Server) -> None:
    both = [
        replace(BRAZIL, kind="calibration", field=None, asked=None, value=None, part=part)
        for part in ("all", "best")
    ]
    with modelled.database.write() as connection:
        alarms.raise_all(connection, "small", both, modelled.micros)
    assert {one.part for one in modelled.learning.alarms("small")} == {"all", "best"}


# Trainings ---------------------------------------------------------------------------------------


def test_one_training_of_a_model_at_a_time(modelled: Server) -> None:
    task = modelled.learning.train(ADA, "small", Train())
    assert (task.kind, task.state, task.total) == ("train", "waiting", 100)
    with pytest.raises(Problem) as told:
        modelled.learning.train(ADA, "small", Train())
    assert (told.value.status, str(task.task) in told.value.detail) == (409, True)
    with modelled.database.read() as connection:
        assert tasks.open_tasks(connection) == {}


def test_of_two_servers_one_does_a_training_and_the_other_after_a_kill(modelled: Server) -> None:
    modelled.learning.train(ADA, "small", Train(reason="why"))
    with modelled.database.write() as connection:
        taken = work.take(connection, modelled.micros)
        assert taken is not None
        assert taken.asked.reason == "why"
        assert work.take(connection, modelled.micros) is None
        work.go_on(connection, taken, modelled.micros + work.LEASE // 2, "columns", 0.4)
        assert tasks.read(connection, taken.task).done == 40
    later = modelled.micros + work.LEASE
    with modelled.database.write() as connection:
        assert work.take(connection, later) is None
        again = work.take(connection, later + work.LEASE)
        assert again == taken
        assert tasks.read(connection, taken.task).done == 0
        work.settle(connection, taken, later, 1, "")
        assert not work.go_on(connection, taken, later, "late", 0.9)


def test_a_training_that_cannot_be_done_says_why(modelled: Server) -> None:
    modelled.learning.train(ADA, "small", Train())
    modelled.learning.work_off()
    task = modelled.learning.overview("small").task
    assert task is not None
    assert (task.state, task.error != "") == ("failed", True)


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        (Policy(every_days=30), "every 30 days"),
        (Policy(every_days=31), ""),
        (Policy(new_conversions=1), "1 conversions"),
        (Policy(new_conversions=2), ""),
        (Policy(on_alarm=True), "new_value"),
        (Policy(recalibrate=False), ""),
    ],
)
def test_when_a_policy_wants_a_training(modelled: Server, policy: Policy, why: str) -> None:
    kept(modelled)
    clock(modelled).pass_by(timedelta(days=30))
    modelled.learning.set_policy(ADA, "small", policy)
    with modelled.database.write() as connection:
        alarms.raise_all(connection, "small", [BRAZIL], modelled.micros)
        for number, outcome in enumerate(("won", "lost")):
            key = lead(connection, f"lead {number}")
            row = {"outcome_id": f"o{number}", "lead": key, "outcome": outcome}
            row |= {"at": modelled.micros, "received_at": modelled.micros}
            connection.execute(insert(people.outcomes).values(**row))
    with modelled.database.read() as connection:
        found = due.why_due(connection, "small", modelled.micros)
    assert why in found
    assert bool(found) is bool(why)


# People ------------------------------------------------------------------------------------------


def test_who_was_erased_is_in_no_report(modelled: Server) -> None:
    with modelled.database.write() as connection:
        lead(connection, "ann")
        lead(connection, "bob")
        number = kept_with(connection, modelled)
    assert [one.lead_id for one in modelled.learning.whole("small", number).disagreements] == [
        "bob",
        "ann",
    ]
    erase(modelled, "bob", "marie")
    assert [one.lead_id for one in modelled.learning.whole("small", number).disagreements] == [
        "ann"
    ]
    with modelled.database.read() as connection:
        counted = select(func.count()).select_from(learned_disagreements)
        assert connection.scalar(counted) == 1


def test_who_proves_to_be_another_lead_stays_in_the_report(modelled: Server) -> None:
    def say(number: int, **more: str) -> None:
        at = modelled.micros
        kind: Literal["alias", "identify"] = "alias" if "previous_id" in more else "identify"
        said = Call(f"m{number}", kind, None, at, at, **more)  # type: ignore[arg-type]
        with modelled.database.write() as connection:
            People(connection, modelled.database, [said]).settle()

    say(1, user_id="ann")
    say(2, user_id="bob")
    with modelled.database.write() as connection:
        number = kept_with(connection, modelled)
    say(3, user_id="ann", previous_id="bob")
    found = {one.lead_id for one in modelled.learning.whole("small", number).disagreements}
    with modelled.database.read() as connection:
        assert found == set(connection.scalars(select(people.leads.c.lead_id)))
    assert len(found) == 1


def kept_with(connection: object, server: Server) -> int:
    from sqlalchemy import Connection

    assert isinstance(connection, Connection)
    new = New("trained", file().decode())
    made = stored.keep(connection, "small", new, server.micros, "marie")
    found = [
        Disagreement("bob", "rules", 40.0, 12.34),
        Disagreement("ann", "learned", None, 80.0),
        Disagreement("nobody", "learned", 1.0, 80.0),
    ]
    stored.disagree(connection, made, found)
    return made.number


def test_who_may_only_look_changes_nothing(modelled: Server) -> None:
    learning, number = modelled.learning, kept(modelled)
    for change in (
        lambda: learning.train(SALES, "small", Train()),
        lambda: learning.take_in(SALES, "small", file()),
        lambda: learning.draft(SALES, "small", number, MakeDraft()),
        lambda: learning.suggestions(SALES, "small", number, Take(chosen=["spain"])),
        lambda: learning.declare(SALES, "small", DeclareChange(day=NOW.date(), about="x")),
        lambda: learning.withdraw(SALES, "small", 1),
        lambda: learning.settle(SALES, "small", 1, SettleAlarm()),
        lambda: learning.set_policy(SALES, "small", Policy()),
    ):
        with pytest.raises(Problem) as told:
            change()
        assert told.value.status == 403
    with modelled.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(access.audit)) == 0


def test_what_was_done_is_in_the_audit(modelled: Server) -> None:
    learning, number = modelled.learning, kept(modelled)
    learning.draft(ADA, "small", number, MakeDraft())
    learning.set_policy(ADA, "small", Policy(every_days=7))
    with modelled.database.read() as connection:
        chosen = select(access.audit.c.action, access.audit.c.subject, access.audit.c.at)
        found = [tuple(row) for row in connection.execute(chosen.order_by(access.audit.c.entry))]
    at = micros(NOW)
    assert ("learned.draft", f"small/learned/{number}", at) in found
    assert ("learned.policy", "small", at) in found


def test_models_side_by_side_by_their_cards(modelled: Server) -> None:
    one, other = kept(modelled), modelled.learning.take_in(ADA, "small", file(ABSTAINS)).number
    found = modelled.learning.compare("small", one, other, fresh=False)
    (part,) = found.parts
    assert (part.column, part.one, part.other, part.in_one, part.in_other) == (
        *("country", 0.02, None),
        *(True, False),
    )
    assert found.fresh is None


def test_a_policy_is_kept(modelled: Server) -> None:
    wanted = Policy(
        7, 50, on_alarm=True, recalibrate=False, horizon=30, allowed=["age"], drop_suspects=True
    )
    assert modelled.learning.overview("small").policy == Policy()
    modelled.learning.set_policy(ADA, "small", wanted)
    assert modelled.learning.overview("small").policy == wanted
