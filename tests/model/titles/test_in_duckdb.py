"""The data of titles and mail means the same to a database as to Python."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from tamis.model.titles import (
    ACCENTS,
    EMAIL_PATTERN,
    LIGATURES,
    SEPARATORS,
    TITLE_RULES,
    email_domain,
    job_function,
    normalise,
    seniority,
)

QUESTIONS = {"seniority": seniority, "job_function": job_function}
ADDRESSES = (
    "anna.roy@example.com",
    " Anna.Roy@Example.COM ",
    "anna@example.com\n",
    "anna@sub.example.co.uk",
    "anna@@example.com",
    "a@b@example.com",
    "@example.com",
    "anna@example",
    "anna@.example.com",
    "anna@example.com.",
    "anna@exa mple.com",
    "anna@exämple.com",
    "Anna Roy <anna@example.com>",
    "",
)


@pytest.fixture(scope="module")
def titles() -> list[str]:
    with Path(__file__).with_name("titles.csv").open(encoding="utf-8", newline="") as table:
        return [row["title"] for row in csv.DictReader(table)]


def _rows(sql: str, parameters: list[object]) -> list[tuple[object, ...]]:
    import duckdb

    with duckdb.connect() as connection:
        rows: list[tuple[object, ...]] = connection.execute(sql, parameters).fetchall()
    return rows


def _folding(column: str) -> str:
    """The SQL of `normalise`; the data are literals here, as they are in a compiled model."""
    text = f"lower({column})"
    for found, replacement in LIGATURES:
        text = f"replace({text}, '{found}', '{replacement}')"
    text = f"translate({text}, '{ACCENTS[0]}', '{ACCENTS[1]}')"
    return f"regexp_replace(' ' || {text} || ' ', '{SEPARATORS}', ' ', 'g')"


def _first_label(question: str, column: str) -> str:
    whens = "".join(
        f" WHEN regexp_matches({column}, '{rule.pattern}') THEN "
        + ("NULL" if rule.label is None else f"'{rule.label}'")
        for rule in TITLE_RULES[question]
    )
    return f"CASE{whens} END"


def test_titles_fold_the_same(titles: list[str]) -> None:
    shouted = [*titles, *(title.upper() for title in titles), "ge\u0301ne\u0301ral", "", "--"]
    rows = _rows(f"SELECT t, {_folding('t')} FROM unnest(?) AS u(t)", [shouted])
    assert dict(rows) == {t: normalise(t) for t in shouted}


@pytest.mark.parametrize("question", QUESTIONS)
def test_titles_get_the_same_label(question: str, titles: list[str]) -> None:
    folded = f"SELECT t, {_folding('t')} AS f FROM unnest(?) AS u(t)"
    rows = _rows(f"SELECT t, {_first_label(question, 'f')} FROM ({folded})", [titles])
    assert dict(rows) == {title: QUESTIONS[question](title) for title in titles}


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_pattern_alone_agrees_with_python(question: str, titles: list[str]) -> None:
    words = [normalise(title) for title in titles]
    for rule in TITLE_RULES[question]:
        sql = "SELECT w, regexp_matches(w, ?) FROM unnest(?) AS u(w)"
        found = dict(_rows(sql, [rule.pattern, words]))
        assert found == {word: bool(re.search(rule.pattern, word)) for word in words}
        assert any(found.values()), f"no title of the table needs {rule}"


@pytest.mark.parametrize("rules", TITLE_RULES.values(), ids=TITLE_RULES)
def test_patterns_stay_inside_what_every_engine_reads(rules: tuple[object, ...]) -> None:
    for rule in rules:
        pattern = rule.pattern  # type: ignore[attr-defined]
        assert "\\" not in pattern
        assert re.fullmatch(r"[a-z0-9 ()|?*^$\[\]-]+", pattern)
        assert not re.search(r"\(\?|  |\|\||\(\||\|\)|\n", pattern)


def test_email_domains_are_the_same() -> None:
    sql = "SELECT a, nullif(regexp_extract(lower(trim(a)), ?, 1), '') FROM unnest(?) AS u(a)"
    rows = _rows(sql, [EMAIL_PATTERN, list(ADDRESSES)])
    assert dict(rows) == {address: email_domain(address) for address in ADDRESSES}
