"""Queries that have a name in a session, put into each statement that reads them.

So a view needs no right to make one, and where a role may make nothing at all, a whole run is one
statement, in which PostgreSQL makes what is read more than once but once.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp


class Named:
    """Queries by name; a name is looked up when a statement is written, as a view's is."""

    def __init__(self) -> None:
        self._queries: dict[str, exp.Query] = {}

    def set(self, name: str, query: exp.Query) -> None:
        """Give a query a name."""
        self._queries[name] = query.copy()

    def forget(self, name: str) -> None:
        """Forget a name, if it is known."""
        self._queries.pop(name, None)

    def within(self, query: exp.Query) -> exp.Query:
        """The query with all that it reads of the named queries as WITH before its own."""
        needed = list(dict.fromkeys(self._needed(query)))
        if not needed:
            return query
        made = query.copy()
        own = [part.pop() for part in list(made.ctes)]
        made.set("with_", exp.With(expressions=[*map(self._part, needed), *own]))
        return made

    def _needed(self, query: exp.Query) -> Iterator[str]:
        """The names that a query reads, each after those that it reads itself."""
        own = {part.alias for part in query.ctes}
        for read in query.find_all(exp.Table):
            if not read.db and read.name in self._queries and read.name not in own:
                yield from self._needed(self._queries[read.name])
                yield read.name

    def _part(self, name: str) -> exp.CTE:
        alias = exp.TableAlias(this=exp.to_identifier(name))
        return exp.CTE(this=self._queries[name].copy(), alias=alias)

    def columns(self, query: exp.Query) -> tuple[str, ...]:
        """The names of a query's columns where the query tells them; else none."""
        if not query.is_star:
            return tuple(query.named_selects)
        made = {part.alias: part.this for part in query.ctes}
        source = query.args.get("from_")
        alone = source and len(query.selects) == 1 and not query.args.get("joins")
        name = source.this.name if source and alone else ""
        found = made.get(name) or self._queries.get(name)
        return self.columns(found) if found is not None else ()
