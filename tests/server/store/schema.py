"""What tables a database has, in a form that two databases of one kind can be compared in."""

from __future__ import annotations

import re

from sqlalchemy import Connection, text

POSTGRES = (
    # Columns: types, order of text, whether null, defaults.
    """SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), l.collname,
    a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_collation l ON l.oid = a.attcollation
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
    AND c.relkind = 'r'""",
    """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace""",
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
)


def schema_of(connection: Connection) -> set[tuple[object, ...]]:
    """Every column, constraint and index, but those of the version of the tables."""
    if connection.dialect.name == "postgresql":
        found = [tuple(row) for query in POSTGRES for row in connection.execute(text(query))]
    else:
        query = "SELECT tbl_name, name, sql FROM sqlite_master"
        found = [row for made in connection.execute(text(query)) for row in _parts(*made)]
    return {row for row in found if row[0] != "tamis_version"}


def _parts(table: str, name: str, sql: str | None) -> list[tuple[str, ...]]:
    """A statement in its parts: constraints may stand in any order."""
    inside, _, after = re.sub(r'["\s]+', " ", sql or "").partition("(")[2].rpartition(")")
    parts = re.split(r",(?![^(]*\))", inside)
    return [(table, name, after.strip()), *((table, name, part.strip()) for part in parts)]
