"""The metadata that all tables share, and the few types that their columns have.

Instants are microseconds since 1970-01-01 UTC, days are days since then, amounts are whole
hundredths unless said otherwise, and JSON is text that msgspec wrote: the same on both databases.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData, Text

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

KEY = BigInteger().with_variant(Integer, "sqlite")
"""Whole numbers that the database gives out: SQLite does so for its INTEGER only."""
CODE_POINTS = Text().with_variant(Text(collation="C"), "postgresql")
"""Text in the order of Unicode code points, as SQLite has it and PostgreSQL when told."""


def number(name: str, *, null: bool = False, default: int | None = None) -> Column[int]:
    """A 64-bit whole number."""
    told = None if default is None else str(default)
    return Column(name, BigInteger, nullable=null, server_default=told)


def text(name: str, *, null: bool = False, default: str | None = None) -> Column[str]:
    """Text, compared by code points."""
    return Column(name, CODE_POINTS, nullable=null, server_default=default)
