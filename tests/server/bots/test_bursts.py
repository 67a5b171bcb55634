"""Bursts: what people do stays, what none does is found, as a set and in no order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tamis.server.bots.bursts import Limit, bursts
from tamis.server.bots.seen import SECOND, Seen

MILLISECOND = SECOND // 1000


def views(*milliseconds: int) -> list[Seen]:
    return [Seen(n, "page", "page_view", at * MILLISECOND) for n, at in enumerate(milliseconds)]


def test_tabs_opened_at_once_are_a_person() -> None:
    assert not list(bursts(views(*range(0, 1_100, 110))))


def test_a_view_each_half_second_for_ten_seconds_is_a_person() -> None:
    assert not list(bursts(views(*range(0, 10_000, 400))))


def test_eleven_views_in_a_second_are_a_machine() -> None:
    assert set(bursts(views(*range(0, 1_001, 100)))) == set(range(11))


def test_thirty_one_views_in_ten_seconds_are_a_machine() -> None:
    found = views(*range(0, 10_001, 333))
    assert len(found) == 31
    assert set(bursts(found)) == set(range(31))


def test_views_before_and_after_the_burst_stay() -> None:
    found = views(0, *range(60_000, 61_000, 50), 120_000)
    assert set(bursts(found)) == set(range(1, 21))


def test_a_day_imported_at_midnight_is_no_burst() -> None:
    assert not list(bursts(views(*[0] * 500)))


def test_events_by_the_second_are_no_burst() -> None:
    assert not list(bursts(views(*[second * 1000 for second in range(60) for _ in range(5)])))


def acts(number: int, *, device: bool) -> list[Seen]:
    return [Seen(n, "track", "product_viewed", n * 10 * MILLISECOND, device) for n in range(number)]


def test_a_shop_that_tells_every_product_shown_is_a_person() -> None:
    assert not list(bursts(acts(200, device=True)))


def test_two_hundred_and_one_acts_in_seconds_are_a_machine() -> None:
    assert len(set(bursts(acts(201, device=True)))) == 201


def test_programs_of_the_company_may_tell_as_much_as_they_like() -> None:
    assert not list(bursts(acts(5_000, device=False)))


LIMITS = (Limit(2, 10), Limit(4, 50))


@given(st.lists(st.integers(0, 200), max_size=30), st.randoms())
def test_a_view_stands_in_a_burst_when_some_window_around_it_is_too_full(
    instants: list[int], random: object
) -> None:
    found = [Seen(n, "page", None, at) for n, at in enumerate(instants)]
    random.shuffle(found)  # type: ignore[attr-defined]
    expected = {
        event.key
        for event in found
        for limit in LIMITS
        for start in range(event.at - limit.within, event.at + 1)
        if len({at for at in instants if start <= at <= start + limit.within}) > limit.events
    }
    assert set(bursts(found, LIMITS)) == expected
