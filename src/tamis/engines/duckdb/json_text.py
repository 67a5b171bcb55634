"""Members of JSON objects as text, as DuckDB says it."""

from __future__ import annotations

from sqlglot import exp


def is_json(text: exp.Expr) -> exp.Expr:
    """Whether a text is well-formed JSON."""
    return exp.func("json_valid", text, dialect="duckdb")


def json_text(text: exp.Expr, name: str) -> exp.Expr:
    """A member of a JSON object as text; null where there is none or the text is no JSON."""
    pointer = "/" + name.replace("~", "~0").replace("/", "~1")
    member = exp.Anonymous(
        this="json_extract_string", expressions=[text, exp.Literal.string(pointer)]
    )
    return exp.Case(ifs=[exp.If(this=is_json(text.copy()), true=member)])
