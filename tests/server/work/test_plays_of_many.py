"""Plays that become those of many leads in one transaction, as on the turn of a day."""

from __future__ import annotations

from tests.server.work.conftest import Office

NAMES = ("lea", "max", "tom")


def test_open_work_of_several_leads_is_taken_over_at_once(office: Office) -> None:
    office.follow(*(office.verdict(name, "call") for name in NAMES))
    office.assign()
    office.follow(*(office.verdict(name, "vip", score=9500) for name in NAMES))
    assert {(work.play, work.queue, work.state) for work in office.work()} == {
        ("vip", "senior", "waiting")
    }
    for name in NAMES:
        assert office.history(name) == ["made", "assigned", "upgraded"]
