"""Case, accents and punctuation of a title change nothing."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.model.titles import ACCENTS, normalise

LETTERS_OF_TITLES = st.text("abc déçœÉÀÔŒ -·,()/&'\u20191\u0301", max_size=30)


@pytest.mark.parametrize(
    ("title", "folded"),
    [
        ("Directeur général", " directeur general "),
        ("DIRECTEUR·RICE GÉNÉRAL(E)", " directeur rice general e "),
        ("  Chargé(e) d\u2019affaires ", " charge e d affaires "),
        ("Maître d'œuvre", " maitre d oeuvre "),
        ("R&D", " r d "),
        ("ge\u0301ne\u0301ral", " general "),
        ("日本", " "),
        ("", " "),
    ],
)
def test_a_title_becomes_plain_words_between_spaces(title: str, folded: str) -> None:
    assert normalise(title) == folded


@given(st.text())
def test_folded_twice_is_folded_once(title: str) -> None:
    assert normalise(normalise(title)) == normalise(title)


@given(st.text())
def test_only_ascii_words_between_single_spaces_remain(title: str) -> None:
    folded = normalise(title)
    assert folded == " " + "".join(f"{word} " for word in folded.split())
    assert set(folded) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")


@given(LETTERS_OF_TITLES)
def test_case_and_accents_change_nothing(title: str) -> None:
    bare = "".join(c for c in unicodedata.normalize("NFD", title) if not unicodedata.combining(c))
    assert normalise(title.upper()) == normalise(title)
    assert normalise(bare) == normalise(title)
    assert normalise(unicodedata.normalize("NFD", title)) == normalise(title)


def test_accents_pair_each_letter_with_a_plain_one() -> None:
    letters, plain = ACCENTS
    assert len(letters) == len(plain) == len(set(letters))
    assert set(plain) <= set("abcdefghijklmnopqrstuvwxyz")
    assert letters == letters.lower()
