from __future__ import annotations

from collections import Counter

from tamis.company import site


def test_slots_are_shared_out_in_proportion_and_leave_no_gap() -> None:
    assert site.shared_out([1, 0, 3]) == [(0, 0, 250), (2, 250, 750)]
    assert sum(size for _, _, size in site.shared_out([1, 1, 1])) == site.SLOTS


def test_every_place_of_a_kind_that_happens_is_filled_once() -> None:
    held = Counter(place for first, size, _ in site.spans() for place in range(first, first + size))
    assert set(held.values()) == {1}
    groups = Counter(place // site.SLOTS for place in held)
    assert set(groups.values()) == {site.SLOTS}
    single = {site.Kind.TOUCH, site.Kind.MEETING}
    needed = {kind * site.POSITIONS + p for kind in site.Kind for p in range(site.POSITIONS)}
    unused = {kind * site.POSITIONS + p for kind in single for p in (1, 2)}
    assert set(groups) == needed - unused


def test_pages_have_an_address_in_both_languages() -> None:
    pages = [step for step in site.STEPS if step.event == "page_view"]
    assert len(pages) > 20
    assert all(step.english and step.french for step in pages)
    addresses = {step.english for step in pages} | {step.french for step in pages}
    assert addresses >= {"/pricing", "/fr/tarifs", "/roi", "/security", "/careers"}
