"""Mail scanners: every link of a mail within seconds, or a click at delivery."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tamis.server.bots.mails import scanned
from tamis.server.bots.seen import SECOND, Seen

NOON = 43_200 * SECOND + SECOND


def click(key: int, second: float, link: str, mail: str = "m1", **more: object) -> Seen:
    properties = {"message": mail, "url": link, **more}
    return Seen(key, "track", "email_click", NOON + int(second * SECOND), properties=properties)


def other(key: int, event: str, second: float, mail: str = "m1") -> Seen:
    at = NOON + int(second * SECOND)
    return Seen(key, "track", event, at, properties={"message": mail})


def test_three_links_within_ten_seconds_are_a_scanner() -> None:
    found = [click(1, 0, "a"), click(2, 0.5, "b"), click(3, 9, "c"), click(4, 600, "a")]
    assert set(scanned(found)) == {1, 2, 3}


def test_one_link_again_and_again_is_an_impatient_person() -> None:
    assert not set(scanned([click(n, n, "a") for n in range(8)]))


def test_two_articles_are_a_person() -> None:
    assert not set(scanned([click(1, 0, "a"), click(2, 4, "b")]))


def test_three_links_in_a_minute_are_a_person() -> None:
    assert not set(scanned([click(1, 0, "a"), click(2, 9, "b"), click(3, 20, "c")]))


def test_links_of_different_mails_are_not_of_one() -> None:
    assert not set(scanned([click(n, n, str(n), mail=f"m{n}") for n in range(5)]))


def test_every_link_of_a_short_mail_is_a_scanner() -> None:
    assert set(scanned([click(1, 0, "a", links=2), click(2, 1, "b", links=2)])) == {1, 2}


def test_three_links_of_ten_are_a_hurried_person() -> None:
    found = [click(n, n, str(n), links=10) for n in range(3)]
    assert not set(scanned(found))
    assert len(set(scanned([click(n, n / 2, str(n), links=10) for n in range(10)]))) == 10


def test_the_one_link_of_a_mail_is_followed_by_people() -> None:
    assert not set(scanned([click(1, 0, "a", links=1), click(2, 1, "a", links=1)]))


def test_opens_in_the_same_seconds_are_the_scanners() -> None:
    clicks = [click(n, n, str(n)) for n in range(3)]
    opens = [other(10, "email_open", -3), other(11, "email_open", 3600)]
    assert set(scanned([*clicks, *opens])) == {0, 1, 2, 10}


def test_a_click_at_delivery_is_a_scanner() -> None:
    sent = [other(1, "email_sent", 0), click(2, 2, "a"), other(3, "email_open", 1)]
    later = [click(4, 2.5, "a"), click(5, 1, "a", mail="m2"), click(6, -1, "b")]
    assert set(scanned([*sent, *later])) == {2, 3}


def test_names_written_as_titles_are_known() -> None:
    sent = Seen(1, "track", "Email Delivered", NOON)
    assert set(scanned([sent, Seen(2, "track", "Email Link Clicked", NOON + SECOND)])) == {2}


def test_a_clock_that_knows_no_seconds_accuses_nobody() -> None:
    midnight = -NOON / SECOND
    found = [other(1, "email_sent", midnight), *(click(n, midnight, str(n)) for n in range(2, 9))]
    assert not set(scanned(found))


EVENTS = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from("abcd"), st.sampled_from(["one", "two"])),
    max_size=12,
)


@given(EVENTS, st.randoms(), st.integers(0, 12))
def test_order_is_nothing_and_more_events_take_no_mark_away(
    given_events: list[tuple[int, str, str]], random: object, kept: int
) -> None:
    found = [
        click(n, at / 2, link, mail, links=2 if link == "d" else None)
        for n, (at, link, mail) in enumerate(given_events)
    ]
    marked = set(scanned(found))
    random.shuffle(found)  # type: ignore[attr-defined]
    assert set(scanned(found)) == marked
    assert set(scanned(found[:kept])) <= marked
