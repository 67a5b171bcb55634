"""The expression language: all that parses, and that nothing else does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from sqlglot import exp
from tests.model.expression.fields import COMPILER, code, compiled, sql
from tests.strategies.expressions import conditions

from tamis.errors import Place
from tamis.model.expression import ExpressionError
from tamis.model.expression.functions import FUNCTIONS
from tamis.model.expression.parse import parse
from tamis.model.spec import Field
from tamis.model.terms import Expression


@pytest.mark.parametrize(
    "text",
    [
        "ok",
        "true",
        "NOT ok AND True",
        "ok or ok and not ok",
        "i = 1",
        "i != 1",
        "i <> -1",
        "i < 1 or i <= 1 or i > 1 or i >= 1",
        "1.5 = n",
        ".5 = n",
        "i in (1, 2.5)",
        "i not in (1, i + 1)",
        "i between 1 and 2 and i not between 3 and 4",
        "t like '%a_' and t not like 'b'",
        "t ilike 'É%' and t not ilike 'b'",
        "t is null or t is not null",
        "n + 1 - 2 * 3 / 4 > -n",
        "(((ok)))",
        "case when ok then 1 when i > 2 then 2 end = 1",
        "case when ok then t else 'x' end = 'x'",
        "\"t\" = 'x'",
        '"Nb employés" > 5',
        "select = 'x'",
        "lead.country = account.country",
        "u = t",
        "d = date '2026-01-31'",
        "at >= date '2026-01-31' and at > d",
        "at between date '2026-01-31' and date '2026-02-01'",
        "at in (date '2026-01-31', at)",
        "ok = true and ok <> false",
        "t = 'it''s' or t = ''",
    ],
)
def test_what_parses(text: str) -> None:
    assert code(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "lower(t) = 'a'",
        "UPPER(t) = 'A'",
        "trim(t) = 'a'",
        "length(t) > 2",
        "coalesce(t, u, 'x') = 'a'",
        "coalesce(n, 0) = 0",
        "abs(n) > 1",
        "round(n) = 1",
        "round(n, 2) = 1.25",
        "contains(t, 'x')",
        "starts_with(t, u)",
        "ends_with(t, lower(u))",
        "matches(t, '^a+(b|c)?[0-9]*$')",
        "email_domain(t) = 'acme.com'",
        "is_free_email(t)",
        "is_disposable_email(t)",
        "seniority(t) in ('vp')",
        "buying_role(t) = 'decides'",
        "job_function(t) = 'it'",
        "days_since(at) < 30",
        "days_since(d) < 30",
    ],
)
def test_every_function(text: str) -> None:
    assert code(text) == ""


def test_every_function_stands_in_the_list_above() -> None:
    [mark] = [m for m in test_every_function.pytestmark if m.name == "parametrize"]
    called = {text.split("(")[0].lower() for text in mark.args[1]}
    assert called == set(FUNCTIONS)


@pytest.mark.parametrize(
    "text",
    [
        *("(select 1) = 1", "exists (select 1)", "i in (select 1)", "select 1", "values (1)"),
        *("cast(n as text) = '1'", "t::integer = 1", "try_cast(t as int) = 1", "int '1' = 1"),
        *("t || 'x' = 'y'", "t ~ 'x'", "t !~ 'x'", "t rlike 'x'", "t similar to 'x'", "t glob 'x'"),
        *(
            "n % 2 = 0",
            "n ^ 2 = 4",
            "n // 2 = 1",
            "n ** 2 = 4",
            "i & 1 = 1",
            "i << 1 = 2",
            "i mod 2 = 1",
        ),
        *("true; drop table leads", "true;", ";", "drop table leads", "ok, ok"),
        *("t = {{ x }}", "{% if x %}", "t = ${x}", "t = :x", "t = ?", "t = @x", "t = $1", "t = %s"),
        *("t[1] = 'a'", "[1] = 1", "{'a': 1} = 1", "array[1] = 1", "t.x.y = 1", "lead.t.x = 1"),
        *("x -> y", "lambda x: x", "t -> 'x' = 1", "t := 'x'", "* = 1", "lead.* = 1", "i in (*)"),
        *("interval '1 day' > d", "d at time zone 'UTC' > d", "timestamp '2026-01-01' < at"),
        *(
            "t collate nocase = 'x'",
            "t = e'x'",
            "t = x'ff'",
            "t = N'x'",
            "t = 'a' 'b'",
            "t = $$x$$",
        ),
        *(
            "i between symmetric 1 and 2",
            "t like 'a' escape 'b'",
            "t like any ('a')",
            "i = any (1)",
        ),
        *(
            "i = 0x1F",
            "i = 1_000",
            "n isnull",
            "n notnull",
            "distinct i = 1",
            "i is distinct from 1",
        ),
        *(
            "lower(distinct t) = 'a'",
            "lower(t) over () = 'a'",
            "lower(t) filter (where true) = 'x'",
        ),
        *(
            "ok is true",
            "ok is not false",
            "ok is unknown",
            "i in ()",
            "i in 1",
            "i in (1",
            't = "x',
        ),
        *("t = 'x", "not", "and", "i = = 1", "i = 1 or", "(ok", "ok)", "case i when 1 then ok end"),
        *("case end", "case when ok end", "if(ok, 1, 2) = 1", "`t` = 'x'", "t = 'x' as y", "ok ok"),
    ],
)
def test_nothing_else_parses(text: str) -> None:
    refused = ("not-expression", "unknown-function", "unknown-field", "no-expression")
    assert code(text) in refused


@pytest.mark.parametrize(
    "text", ["ok -- c", "ok /* c */", "/* c */ ok", "-- c\nok", "ok # c", "/*+ hint */ ok"]
)
def test_no_comment(text: str) -> None:
    assert code(text) in ("comment", "not-expression")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "no-expression"),
        ("   ", "no-expression"),
        ("nope = 1", "unknown-field"),
        ("T = 'x'", "unknown-field"),
        ("event.t = 'x'", "unknown-field"),
        ("account.t = 'x'", "unknown-field"),
        ("country = 'x'", "ambiguous-name"),
        ("sqrt(n) = 1", "unknown-function"),
        ("now() > at", "unknown-function"),
        ("random() > 1", "unknown-function"),
        ("read_csv('x') = 1", "unknown-function"),
        ("hit('x')", "unknown-function"),
        ("n", "wrong-type"),
        ("'x'", "wrong-type"),
        ("not n", "wrong-type"),
        ("n and ok", "wrong-type"),
        ("i > 't'", "wrong-type"),
        ("d > '2026-01-01'", "wrong-type"),
        ("ok > true", "wrong-type"),
        ("ok = 1", "wrong-type"),
        ("t + 1 = 2", "wrong-type"),
        ("-t = 1", "wrong-type"),
        ("d - d = 1", "wrong-type"),
        ("i like '1%'", "wrong-type"),
        ("i in (1, 'a')", "wrong-type"),
        ("coalesce(n, t) = 1", "wrong-type"),
        ("case when n then 1 end = 1", "wrong-type"),
        ("case when ok then 1 else 'a' end = 1", "wrong-type"),
        ("abs(t) = 1", "wrong-type"),
        ("days_since(t) > 1", "wrong-type"),
        ("n = null", "null"),
        ("t in ('a', null)", "null"),
        ("coalesce(t, null) = 'a'", "null"),
        ("lower() = 'x'", "wrong-arguments"),
        ("lower(t, t) = 'x'", "wrong-arguments"),
        ("coalesce() = 'x'", "wrong-arguments"),
        ("round(n, 7) = 1", "wrong-arguments"),
        ("round(n, 12) = 1", "wrong-arguments"),
        ("round(n, i) = 1", "wrong-arguments"),
        ("round(n, -1) = 1", "wrong-arguments"),
        ("date 'x' = d", "wrong-date"),
        ("date '2026-02-30' = d", "wrong-date"),
        ("date '20260101' = d", "wrong-date"),
        ("1e5 = n", "wrong-number"),
        ("5. = n", "wrong-number"),
        ("n = 1.1234567", "wrong-number"),
        ("n = 1234567890123456789", "wrong-number"),
        ("n * n * n * n = 1", "too-precise"),
        ("matches(t, u)", "wrong-pattern"),
        ("matches(t, '(')", "wrong-pattern"),
        ("matches(t, '(?=a)')", "wrong-pattern"),
        ("matches(t, '(?<!a)b')", "wrong-pattern"),
        ("matches(t, '(a)\\1')", "wrong-pattern"),
        ("matches(t, 'a++')", "wrong-pattern"),
        ("(" * 41 + "ok" + ")" * 41, "too-deep"),
        ("not " * 41 + "ok", "too-deep"),
        ("ok or " * 500 + "ok", "too-long"),
        ("t = '" + "x" * 4000 + "'", "too-long"),
    ],
)
def test_what_is_refused_and_why(text: str, expected: str) -> None:
    assert code(text) == expected


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("ok and nope = 1", 7),
        ("ok and\n nope = 1", 8),
        ("i in (1, 2) and lower(n) = 'x'", 22),
        ("ok and t :: x", 9),
        ("ok and (i = )", 12),
        ("ok and sqrt(n) = 1", 7),
    ],
)
def test_an_error_stands_where_it_is(text: str, offset: int) -> None:
    with pytest.raises(ExpressionError) as raised:
        compiled(text)
    assert raised.value.offset == offset
    place = raised.value.problem(Place("m.yaml", 3, 10)).place
    assert (place.line, place.column) == (3, 10 + offset)


def test_an_unknown_name_comes_with_the_nearest() -> None:
    with pytest.raises(ExpressionError) as raised:
        compiled('"Nb employes" > 1')
    assert raised.value.hint == "did you mean `Nb employés`?"


def test_the_parsed_tree_is_not_changed_by_compiling() -> None:
    text = "lower(t) = 'a' and n / 2 > 1 and at > date '2026-01-01'"
    before = parse(text).sql()
    compiled(text)
    assert parse(text).sql() == before


def test_a_field_cannot_meet_a_column_of_the_chain() -> None:
    names = {
        column.name for column in compiled("lead.country = u and select = t").find_all(exp.Column)
    }
    assert names == {"lead__country", "account__u", "lead__select", "lead__t"}


def test_costly_functions_are_asked_for_by_argument() -> None:
    asked: list[tuple[str, str]] = []

    def derive(function: str, argument: exp.Expr) -> exp.Expr:
        asked.append((function, argument.sql()))
        return exp.column("derived")

    compiler = replace(COMPILER, derive=derive)
    compiler.condition(Expression("seniority(t) = 'vp' and at > d and is_free_email(lower(t))"))
    assert asked == [
        ("seniority", "lead__t"),
        ("local_date", "lead__at"),
        ("is_free_email", "LOWER(lead__t)"),
    ]


def test_precedence_is_kept() -> None:
    assert sql("ok or ok and not ok") == "lead__ok OR (lead__ok AND NOT (lead__ok))"


NAMES = {
    "t": "text",
    "n": "number",
    "i": "integer",
    "ok": "boolean",
    "d": "date",
    "at": "timestamp",
}


@given(conditions(NAMES))
def test_every_right_condition_compiles(text: str) -> None:
    assert code(text) == ""


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("i => 70", "did you mean `>=`?"),
        ("ok && ok", "did you mean `and`?"),
        ("is_free_email(E-mail)", 'did you mean "E-mail"? names with other signs are quoted'),
        ("lead.e-mail = 'x'", 'did you mean "E-mail"? names with other signs are quoted'),
    ],
)
def test_what_was_meant_is_told(text: str, hint: str) -> None:
    names = replace(
        COMPILER.names, fields=(*COMPILER.names.fields, Field("lead", "E-mail", "text"))
    )
    with pytest.raises(ExpressionError) as caught:
        replace(COMPILER, names=names).condition(Expression(text))
    assert caught.value.hint == hint
