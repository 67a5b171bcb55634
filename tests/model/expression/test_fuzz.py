"""Any text either compiles or is refused with an `ExpressionError`; a literal stays what it was."""

from __future__ import annotations

import sqlglot
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlglot import exp
from tests.model.expression.fields import compiled
from tests.strategies.expressions import conditions

from tamis.model.expression import ExpressionError
from tamis.sql.write import column

# fmt: off
WORDS = [
    "and", "or", "not", "in", "between", "like", "ilike", "is", "null", "case", "when", "then",
    "else", "end", "true", "false", "t", "n", "i", "ok", "d", "at", "u", "lead", ".", "(", ")",
    ",", "=", "<>", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "'x'", "''", "1", "2.5",
    ".5", "1.", "1e5", "0x1F", "99999999999999999999", "date", "'2026-01-01'", "lower", "upper",
    "trim", "length", "coalesce", "abs", "round", "contains", "starts_with", "matches",
    "email_domain", "days_since", "hit", "seniority", "::", "||", ";", "--", "/*", "*/", "{",
    "}", "{{", "?", ":x", "@x", "$1", "#", "%", "^", "&", "|", "~", "[", "]", "cast", "as",
    "from", "select", "union", "exists", "interval", "array", "map", "struct", "x'ff'", "e'a'",
    "N'x'", "\"q\"", "`b`", ":=", "=>", "->", "->>", "!", "\\", "distinct", "over", "within",
    "filter", "any", "all", "some", "collate", "zone", "rlike", "regexp", "glob", "div", "mod",
    "symmetric", "escape", "isnull", "notnull", "current_date", "values", "table", "lateral",
    "unnest", "lambda", "!~", "<=>", "&&", "//", "**", "<<", ">>", "==", "??", "\u00e9",
    "\u00a0", "\n", "\t",
]
# fmt: on
NAMES = {
    "t": "text",
    "n": "number",
    "i": "integer",
    "ok": "boolean",
    "d": "date",
    "at": "timestamp",
}
DIALECTS = ("duckdb", "spark", "postgres", "clickhouse", "snowflake", "bigquery", "databricks")

word = st.sampled_from(WORDS)
any_text = st.one_of(
    st.text(max_size=60),
    st.lists(word, max_size=20).map(" ".join),
    st.lists(word, max_size=12).map("".join),
)


@st.composite
def nearly_right(draw: st.DrawFn) -> str:
    """A right condition with a few words taken out, put in or doubled."""
    parts = draw(conditions(NAMES)).split(" ")
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(parts)))
        parts[place : place + draw(st.integers(0, 1))] = draw(st.lists(word, max_size=2))
    return " ".join(parts)


@given(st.one_of(any_text, nearly_right(), nearly_right()))
@settings(suppress_health_check=list(HealthCheck), max_examples=200)
@example("'")
@example("\x00")
@example("t = '\\'")
@example("(" * 5000)
@example("not " * 500 + "true")
@example("- " * 500 + "1 = 1")
@example("case when " * 100)
@example("n = 1e999999999")
@example("matches(t, '(')")
@example("round(n, 99999999999999999999999) = 1")
def test_any_text_compiles_or_is_refused(text: str) -> None:
    try:
        tree = compiled(text)
    except ExpressionError as error:
        refused_at = error.offset
    else:
        refused_at = 0
        assert tree.sql("duckdb")
    assert 0 <= refused_at <= max(len(text), 1)


@given(st.text(max_size=40))
@example("'; drop table leads; --")
@example("\\'")
@example("\\")
@example("a\\' or 1 = 1 --")
@example("%s {{ x }} :name ?")
def test_a_text_literal_reads_back_as_itself_in_every_dialect(text: str) -> None:
    tree = compiled("t = '" + text.replace("'", "''") + "'")
    for dialect in DIALECTS:
        again = sqlglot.parse_one(tree.sql(dialect), dialect=dialect)
        assert isinstance(again, exp.EQ)
        literal = again.expression
        assert literal.is_string
        assert literal.name == text


# A dot parts names in BigQuery even inside quotes; the checks admit no field with one.
@given(st.text(min_size=1, max_size=20).filter(lambda name: "." not in name and "\x00" not in name))
def test_a_field_of_any_name_is_one_quoted_name(name: str) -> None:
    for dialect in DIALECTS:
        again = sqlglot.parse_one(column(f"lead__{name}").sql(dialect), dialect=dialect)
        assert isinstance(again, exp.Column)
        assert again.name == f"lead__{name}"
