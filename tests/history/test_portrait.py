"""A portrait of won customers."""

from __future__ import annotations

from tests.history.test_evidence import DAY, found, leads_and_outcomes

from tamis.engines.registry import open_session


def test_the_portrait_has_what_the_won_are_more_often_and_nothing_else() -> None:
    leads, outcomes = leads_and_outcomes(2000, 7)
    won = {one["lead_id"] for one in outcomes if one["outcome"] == "won"}
    with open_session() as session:
        traits = found(session, leads, outcomes).portrait
    drawn = {(one.of, one.value) for one in traits}
    assert {("title", "CEO"), ("seniority(title)", "c_level"), ("country", "FR")} <= drawn
    assert not drawn & {("title", "Intern"), ("country", "DE")}
    boss = next(one for one in traits if (one.of, one.value) == ("title", "CEO"))
    bosses = {one["lead_id"] for one in leads if one["title"] == "CEO"}
    assert (boss.won, boss.cases) == (len(bosses & won), len(bosses))
    assert boss.among_won == len(bosses & won) / len(won)
    assert boss.lift.low is not None
    assert boss.lift.low > 0


def test_fewer_than_ten_wins_draw_nobody() -> None:
    leads, outcomes = leads_and_outcomes(60, 1)
    bosses = [str(one["lead_id"]) for one in leads if one["title"] == "CEO"][:9]
    outcomes = [
        {"lead_id": name, "outcome": "won", "timestamp": DAY.replace(day=9)} for name in bosses
    ]
    with open_session() as session:
        assert found(session, leads, outcomes).portrait == ()


def test_sizes_are_banded_as_the_model_does() -> None:
    leads, _ = leads_and_outcomes(400, 2)
    large = [one["lead_id"] for one in leads if one["staff"] == 100][:60]
    outcomes = [
        {"lead_id": name, "outcome": "won", "timestamp": DAY.replace(day=9)} for name in large
    ]
    with open_session() as session:
        traits = found(session, leads, outcomes).portrait
    assert ("staff", "50 +") in {(one.of, one.value) for one in traits}
