"""Tables of a company's own database: found by name, with the rights that a session has to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import SqlglotError

from tamis.errors import EngineError, SourceError

Ask = Callable[[str, tuple[object, ...]], list[tuple[object, ...]]]
"""Runs a statement with parameters."""

FOUND = """
SELECT n.nspname, c.relname, has_schema_privilege(n.oid, 'USAGE'), current_user
FROM unnest(%s::text[]) WITH ORDINALITY AS s(name, place)
JOIN pg_namespace AS n ON n.nspname = s.name
JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = %s
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f')
ORDER BY s.place LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Name:
    """A table's name as its owner wrote it; without a schema the session's search path finds it."""

    schema: str
    table: str

    def __str__(self) -> str:
        return self.node.sql("postgres")

    @property
    def node(self) -> exp.Table:
        """The name in a tree, every part quoted."""
        parts = [
            exp.to_identifier(p, quoted=True) if p else None for p in (self.table, self.schema)
        ]
        return exp.Table(this=parts[0], db=parts[1])


def parsed(text: str) -> Name:
    """A name as PostgreSQL reads it: `schema.table`, small letters where it is not quoted.

    Raises: SourceError for what is no name.

    >>> parsed('CRM."Leads 2026"')
    Name(schema='crm', table='Leads 2026')
    """
    try:
        node = exp.to_table(text, dialect="postgres")
        parts = [_folded(part) for part in node.parts]
    except (SqlglotError, AttributeError) as error:
        raise _no_name(text) from error
    if len(parts) > 2 or not all(parts) or node.alias:
        raise _no_name(text)
    return Name(parts[0] if len(parts) == 2 else "", parts[-1])


def _folded(part: exp.Expr) -> str:
    assert isinstance(part, exp.Identifier)
    return part.name if part.quoted else part.name.lower()


def _no_name(text: str) -> SourceError:
    return SourceError(f"`{text}` is no name of a table", hint='write schema.table or "A b".table')


def found(ask: Ask, name: Name) -> Name | None:
    """The table with its schema; None where there is none.

    Temporary tables of the session are passed over: steps of a run may have the same names.
    Raises: EngineError without the right to look into the schema.
    """
    schemas: object = [name.schema]
    if not name.schema:
        schemas = ask("SELECT current_schemas(false)", ())[0][0]
    rows = ask(FOUND, (schemas, name.table))
    if not rows:
        return None
    schema, table, usable, role = map(str, rows[0])
    if usable != "True":
        message = f"this role may not look into the schema `{schema}`"
        raise EngineError(
            message, hint=f"GRANT USAGE ON SCHEMA {_quoted(schema)} TO {_quoted(role)}"
        )
    return Name(schema, table)


def refuse_without(ask: Ask, name: Name, *rights: str) -> None:
    """Raise an EngineError that tells the GRANT for a right to a table that the role lacks."""
    for right in rights:
        asked = (
            "SELECT has_table_privilege(%s, %s) OR has_any_column_privilege(%s, %s), current_user"
        )
        if right == "DELETE":
            asked = "SELECT has_table_privilege(%s, %s), current_user"
        given = (str(name), right) * asked.count("%s, %s")
        may, role = ask(asked, given)[0]
        if not may:
            message = f"this role has no right to {right} on {name}"
            raise EngineError(message, hint=f"GRANT {right} ON {name} TO {_quoted(str(role))}")


def refuse_making(ask: Ask, name: Name) -> None:
    """Raise an error when the role may make no table of that name: no schema, or no right."""
    asked = (
        "SELECT has_schema_privilege(oid, 'CREATE') AND has_schema_privilege(oid, 'USAGE'), "
        "current_user FROM pg_namespace WHERE nspname = %s"
    )
    rows = ask(asked, (name.schema,))
    if not rows:
        message = f"the database has no schema `{name.schema}`, in which {name} is to be made"
        raise SourceError(message)
    may, role = rows[0]
    if not may:
        schema, to = _quoted(name.schema), _quoted(str(role))
        message = f"there is no table {name}, and this role may not make it"
        hint = f"GRANT USAGE, CREATE ON SCHEMA {schema} TO {to}"
        raise EngineError(message, hint=hint)


def _quoted(name: str) -> str:
    return exp.to_identifier(name, quoted=True).sql("postgres")
