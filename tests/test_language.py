"""Texts, numbers and dates in the reader's language; the French catalogue is whole and compiled."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from tamis import language

ROOT = Path(__file__).resolve().parents[1] / "src/tamis"
FRENCH = ROOT / "locale/fr/LC_MESSAGES"
HOLE = re.compile(r"\{[^}]*\}")


def catalogue() -> Catalog:
    with (FRENCH / "tamis.po").open("rb") as file:
        return read_po(file, locale="fr")


def in_source() -> dict[str | tuple[str, str], str]:
    """Every text to translate, with the file that holds it."""
    methods = [("**.py", "python"), ("**.html", "jinja2")]
    return {text: path for path, _, text, *_ in extract_from_dir(str(ROOT), method_map=methods)}


def texts(catalogue_: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Each text of a catalogue with its translation, both by their plural forms."""
    return {forms(m.id): forms(m.string) for m in catalogue_ if m.id and m.string and not m.fuzzy}


def forms(text) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def test_every_text_of_the_source_is_in_french():
    known = texts(catalogue())
    found = in_source()
    assert len(found) > 200
    missing = []
    for text, path in found.items():
        if not all(known.get(forms(text), ("",))):
            missing.append(f"{path}: {text!r}")
    assert missing == []


def test_the_compiled_catalogue_is_up_to_date():
    with (FRENCH / "tamis.mo").open("rb") as file:
        compiled = texts(read_mo(file))
    assert compiled == texts(catalogue())


def test_a_translation_has_the_holes_of_its_text():
    wrong = []
    for message in catalogue():
        holes = {frozenset(HOLE.findall(text)) for text in forms(message.id)}
        wrong += [
            text
            for text in forms(message.string)
            if message.id and frozenset(HOLE.findall(text)) not in holes
        ]
    assert wrong == []


def test_french_marks_keep_their_distance():
    strings = [text for string in texts(catalogue()).values() for text in string]
    # Typer's own message quotes a command.
    plain = [HOLE.sub("x", text).replace("'x x'", "") for text in strings]
    assert [text for text in plain if re.search(r" [:;?!%»]|« |'", text)] == []


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr"}, "fr"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "en_GB.UTF-8", "LANG": "fr_FR.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "fr_CA", "LANG": "en_US"}, "fr"),
        ({"LANGUAGE": "fr:en", "LANG": "en_US.UTF-8"}, "fr"),
        ({"LANGUAGE": "de:fr", "LANG": "en_US.UTF-8"}, "fr"),
        ({"LANGUAGE": "fr", "LC_ALL": "C"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "fr-FR"}, "fr"),
        ({"LANG": "from_nowhere"}, "en"),
    ],
)
def test_the_preferred_language(environ, expected):
    assert language.preferred(environ) == expected


@pytest.mark.parametrize(
    ("value", "options", "english", "french"),
    [
        (0, {}, "0", "0"),
        (1234.5, {}, "1,234.5", "1\u202f234,5"),
        (Decimal("-1234567.005"), {}, "\u22121,234,567.01", "\u22121\u202f234\u202f567,01"),
        (Decimal(40), {"sign": True}, "+40", "+40"),
        (Decimal(0), {"sign": True}, "0", "0"),
        (Decimal("0.04"), {"decimals": 1}, "0", "0"),
        (Decimal(2), {"decimals": 2, "fixed": True}, "2.00", "2,00"),
        (1200, {"decimals": 0}, "1,200", "1\u202f200"),
    ],
)
def test_numbers(value, options, english, french):
    assert language.number(value, "en", **options) == english
    assert language.number(value, "fr", **options) == french


def test_percentages():
    assert language.percent(Decimal("0.333"), "en", decimals=1) == "33.3%"
    assert language.percent(0.5, "fr") == "50\u202f%"


def test_dates():
    assert language.day(date(2026, 11, 21), "en") == "21 November 2026"
    assert language.day(date(2026, 11, 21), "fr") == "21 novembre 2026"
    assert language.day(date(2027, 8, 1), "fr") == "1er août 2027"
    assert language.day(date(2027, 8, 1), "en") == "1 August 2027"


def test_enumerations():
    assert language.listed([], "fr") == ""
    assert language.listed(["a"], "fr") == "a"
    assert language.listed(["a", "b", "c"], "fr") == "a, b et c"
    assert language.listed(["a", "b"], "en", last="or") == "a or b"


def test_plural_forms_follow_the_language():
    texts = ("{count} day", "{count} days")
    english = [language.plurals("en")(*texts, n) for n in (0, 1, 2)]
    french = [language.plurals("fr")(*texts, n) for n in (0, 1, 2)]
    assert english == ["{count} days", "{count} day", "{count} days"]
    assert french == ["{count} jour", "{count} jour", "{count} jours"]


def test_an_unknown_language_reads_english():
    assert language.translator("de")("today") == "today"
    assert language.number(1.5, "de") == "1.5"
