"""Patterns of `matches`: what is admitted runs in RE2, and what RE2 or others refuse is told."""

from __future__ import annotations

import warnings

import pytest
from tests.model.expression.fields import code, sql

from tamis.engines.duckdb import DuckDB
from tamis.model.expression.patterns import wrong

ADMITTED = [
    "a{1000}",
    "(a{10}){100}",
    "((a{2}b){20}c{25}){20}",
    "[[:alpha:]-]+",
    "[^[:^digit:]_]",
    "[]a]",
    r"[\[(]",
    r"\[[ab]",
    "a|b-c&&d",
    "(?i)x",
    "(?P<name>a)",
]
REFUSED = [
    ("a{1001}", "1000"),
    ("a{1001,}", "1000"),
    ("a{2,1001}", "1000"),
    ("(a{10}){101}", "1000"),
    ("((a{11}|b)?c){100}", "1000"),
    ("(a{0}){2000}", "1000"),
    ("[[:foo:]]", "[:foo:]"),
    ("[[a]", r"\["),
    ("[a[b]]", r"\["),
    ("[a&&b]", "&&"),
    ("[a--b]", "--"),
    (r"\pN", "not portable"),
    (r"\p{Greek}", "not portable"),
    (r"[a\PL]", "not portable"),
    (r"\u00e9", r"\u"),
    (r"\é", r"\é"),
    (r"[\b]", r"\b"),
    ("(?=a)", "RE2"),
    ("(", "wrong"),
    (")", "wrong"),
    ("[a", "wrong"),
    ("a{2}{3}", "wrong"),
]


@pytest.mark.parametrize("pattern", ADMITTED)
def test_what_is_admitted_runs(pattern: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        condition = sql(f"matches(t, '{pattern}')")
    with DuckDB(threads=1) as session:
        session.execute(f"SELECT {condition} FROM (VALUES ('a')) AS x(lead__t)")


@pytest.mark.parametrize(("pattern", "reason"), REFUSED)
def test_what_is_refused_says_why(pattern: str, reason: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert reason in wrong(pattern)
        assert code(f"matches(t, '{pattern}')") == "wrong-pattern"
