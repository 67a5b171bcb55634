from __future__ import annotations

import pytest

from tamis.company import titles


@pytest.mark.parametrize("lines", [titles.FRENCH, titles.ENGLISH])
def test_titles_are_distinct_and_weighted(lines: str) -> None:
    listed = titles.weighted(lines)
    assert len({title for title, _, _ in listed}) == len(listed) > 70
    assert all(0 <= fit <= 1 and weight >= 1 for _, fit, weight in listed)


def test_who_decides_suits_better_than_who_learns() -> None:
    fit = {title: value for title, value, _ in titles.weighted(titles.FRENCH)}
    assert fit["Directrice marketing"] > fit["Comptable"] > fit["Stagiaire marketing"]
