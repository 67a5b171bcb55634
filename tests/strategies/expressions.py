"""Random expressions, well typed and valid, over the fields that a place in the model may use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from hypothesis import strategies as st
from tests.strategies.vocabulary import INTEGERS, LIKES, NUMBERS, PATTERNS, PIECES, TEXTS

Names = Mapping[str, str]
Text = st.SearchStrategy[str]


def conditions(names: Names, *, depth: int = 2) -> Text:
    """Boolean expressions over typed names, no deeper than `depth`."""
    return conditions_of(tuple(names.items()), depth)


@lru_cache(maxsize=512)  # building strategies costs more than drawing from them
def conditions_of(names: tuple[tuple[str, str], ...], depth: int) -> Text:
    """The same, over names and types as pairs."""
    leaf = atoms(dict(names))
    if depth == 0:
        return leaf
    inner = conditions_of(names, depth - 1)
    joined = st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner)
    negated = st.builds("not {}".format, inner)
    chosen = st.builds("(case when {} then {} else {} end)".format, inner, inner, inner)
    return st.one_of(leaf, leaf, joined, negated, chosen)


def atoms(names: Names) -> Text:
    """Single comparisons and tests."""
    of = {kind: [name for name, own in names.items() if own == kind] for kind in KINDS}
    choices = [st.sampled_from(["true", "false", "1 = 2"])]
    if of["text"]:
        choices.append(text_tests(of["text"]))
    if of["integer"] or of["number"]:
        choices.append(number_tests([*of["integer"], *of["number"]]))
    if of["boolean"]:
        choices.append(boolean_tests(of["boolean"]))
    if of["date"] or of["timestamp"]:
        choices.append(day_tests([*of["date"], *of["timestamp"]]))
    if {"email", "job_title"} <= names.keys():
        choices.append(st.sampled_from(TITLE_TESTS))
    choices.append(st.builds("{} is {}null".format, st.sampled_from(list(names)), NOT))
    return st.one_of(choices)


KINDS = ("text", "integer", "number", "boolean", "date", "timestamp")
NOT = st.sampled_from(["", "not "])
SIGNS = st.sampled_from(["=", "<>", "!=", "<", "<=", ">", ">="])
TITLE_TESTS = (
    "seniority(job_title) in ('c_level', 'director')",
    "job_function(job_title) = 'marketing'",
    "buying_role(job_title) is not null",
    "email_domain(email) = 'acme.com'",
    "not is_free_email(email)",
    "is_disposable_email(email)",
)


def quoted(text: str) -> str:
    """The text as a literal."""
    return "'" + text.replace("'", "''") + "'"


def literals(values: Sequence[object]) -> Text:
    """One of the values, as SQL writes it."""
    return st.sampled_from([quoted(v) if isinstance(v, str) else format(v, "f") for v in values])


def text_tests(names: Sequence[str]) -> Text:
    """Comparisons, lists and patterns on text, and functions of it."""
    field = st.sampled_from(list(names))
    value = literals(sorted({text for texts in TEXTS.values() for text in texts}))
    text = st.one_of(
        field,
        st.builds("{}({})".format, st.sampled_from(["lower", "upper", "trim"]), field),
        st.builds("coalesce({}, {})".format, field, value),
    )
    finders = st.sampled_from(["contains", "starts_with", "ends_with"])
    return st.one_of(
        st.builds("{} {} {}".format, text, SIGNS, st.one_of(value, field)),
        st.builds("{} {}in ({}, {})".format, text, NOT, value, st.one_of(value, field)),
        st.builds("{} {}like {}".format, text, NOT, literals(LIKES)),
        st.builds("{} {}ilike {}".format, text, NOT, literals(LIKES)),
        st.builds("{}({}, {})".format, finders, text, st.one_of(literals(PIECES), field)),
        st.builds("matches({}, {})".format, field, literals(PATTERNS)),
        st.builds("length({}) {} {}".format, text, SIGNS, st.integers(0, 12)),
    )


def number_tests(names: Sequence[str]) -> Text:
    """Comparisons of arithmetic, division by zero and very large results among them."""
    value = literals([*INTEGERS, *NUMBERS])
    single = st.one_of(st.sampled_from(list(names)), value)
    number = st.one_of(
        single,
        st.builds("({} {} {})".format, single, st.sampled_from(list("+-*/")), single),
        st.builds("({} / ({} - {}))".format, single, single, single),
        st.builds("{}({})".format, st.sampled_from(["abs", "round", "-"]), single),
        st.builds("coalesce({}, {})".format, single, value),
        st.builds("case when {} > {} then {} end".format, single, single, single).map(
            "({})".format
        ),
    )
    return st.one_of(
        st.builds("{} {} {}".format, number, SIGNS, number),
        st.builds("{} {}between {} and {}".format, number, NOT, single, single),
        st.builds("{} {}in ({}, {})".format, number, NOT, single, single),
    )


def boolean_tests(names: Sequence[str]) -> Text:
    """A boolean field as it is, or against a literal."""
    field = st.sampled_from(list(names))
    return st.one_of(field, st.builds("{} = {}".format, field, st.sampled_from(["true", "false"])))


def day_tests(names: Sequence[str]) -> Text:
    """Days and instants against days, each other and the as-of day."""
    field = st.sampled_from(list(names))
    day = st.sampled_from(["2026-03-29", "2026-10-25", "2018-11-04", "2026-04-05"])
    literal = day.map("date '{}'".format)
    return st.one_of(
        st.builds("{} {} {}".format, field, SIGNS, st.one_of(literal, field)),
        st.builds("days_since({}) {} {}".format, field, SIGNS, st.sampled_from([-1, 0, 1, 7, 30])),
        st.builds("{} {}between {} and {}".format, field, NOT, literal, literal),
    )
