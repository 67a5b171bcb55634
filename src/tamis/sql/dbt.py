"""A chain as a dbt project: one model for each output, for whichever day dbt is told.

What depends on the day is found by writing the chain for two days: whole numbers and dates that
differ by just that are the day, moved by some days. In the text they stand as Jinja, so the
warehouse sees plain literals.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlglot import exp

from tamis.errors import InternalError
from tamis.sql import days
from tamis.sql.chain import SQL_TYPES, Chain
from tamis.sql.dialects import corrected
from tamis.sql.relation import Relation
from tamis.sql.write import column, named

DAY = "tamis_day"
"""The dbt variable that holds the day, as 2026-11-21."""
HEADER = """\
{{% set day = modules.datetime.date.fromisoformat(var('{day}') | string) %}}
{{% set number = (day - modules.datetime.date(1970, 1, 1)).days %}}
"""
OPEN, CLOSE = "\ue000", "\ue001"
"""Around Jinja of ours until braces that users wrote are taken literally."""


@dataclass(frozen=True)
class AnyDay:
    """A chain for whichever day: the same chain planned for two days, one after the other.

    `seeds` are the constants that become seeds instead of literals, by relation; `prefix` begins
    the names of all that is written.
    """

    first: Chain
    second: Chain
    day: date
    prefix: str
    seeds: tuple[str, ...]

    def files(self, outputs: Mapping[str, str], dialect: str) -> dict[str, str]:
        """The text of each file by its path in a dbt project; `outputs`: step by output's name."""
        found = {
            f"models/{self.prefix}_{output}.sql": self._model(step, dialect)
            for output, step in outputs.items()
        }
        for name in self.seeds:
            found[f"seeds/{self.prefix}_{name}.csv"] = self._seed(name)
        return found | {f"models/{self.prefix}.yml": self._described(outputs)}

    def staging(self, dialect: str) -> dict[str, str]:
        """Models of the inputs over tables whose columns are called as the model calls them.

        They are a start: whoever has other tables makes them read those.
        """
        staged = {
            f"models/staging/{one.name}.sql": _staged(one, dialect) for one in self.first.inputs
        }
        return {**staged, "models/staging/tamis_sources.yml": "\n".join(self._sources()) + "\n"}

    def _model(self, step: str, dialect: str) -> str:
        one, two = (
            corrected(self._statement(chain, step), dialect) for chain in (self.first, self.second)
        )
        _with_the_day(one, two, self.day)
        for table in one.find_all(exp.Table):
            self._name(table)
        text = _literal_braces(one.sql(dialect, pretty=True))
        return f"{HEADER.format(day=DAY)}{_as_jinja(text)}\n"

    def _statement(self, chain: Chain, step: str) -> exp.Select:
        """The statement with constants inside, but for those that are seeds."""
        statement = chain.select(step, inline=True)
        kept = [cte for cte in statement.ctes if cte.alias not in self.seeds]
        statement.args["with_"].set("expressions", kept)
        return statement

    def _name(self, table: exp.Table) -> None:
        if table.name in self.seeds:
            table.set("this", _jinja(f"ref('{self.prefix}_{table.name}')"))
        elif table.name in (relation.name for relation in self.first.inputs):
            table.set("this", _jinja(f"ref('{table.name}')"))

    def _seed(self, name: str) -> str:
        constants = next(one for one in self.first.constants if one.relation.name == name)
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(constants.relation.column_names)
        writer.writerows(constants.rows)
        return file.getvalue()

    def _described(self, outputs: Mapping[str, str]) -> str:
        return "\n".join(self._models(outputs)) + "\n"

    def _sources(self) -> Iterator[str]:
        yield from (
            "version: 2",
            "",
            "sources:",
            "  - name: tamis",
            '    schema: "{{ target.schema }}"',
        )
        yield "    tables:"
        for relation in self.first.inputs:
            yield f"      - {{name: {_source(relation)}, description: {_quoted(relation.about)}}}"

    def _models(self, outputs: Mapping[str, str]) -> Iterator[str]:
        yield from ("version: 2", "", "models:")
        for output, step in outputs.items():
            relation = self.first[step].relation
            yield f"  - name: {self.prefix}_{output}"
            yield f"    description: {_quoted(relation.sentence)}"
            if len(relation.grain) == 1:
                yield "    columns:"
                tests = "[unique, not_null]"
                yield f"      - {{name: {relation.grain[0]}, data_tests: {tests}}}"
        if self.seeds:
            yield from ("", "seeds:")
        for name in self.seeds:
            columns = next(c for c in self.first.constants if c.relation.name == name).relation
            types = ", ".join(f"{one}: bigint" for one in columns.column_names)
            yield f"  - name: {self.prefix}_{name}"
            yield f"    config: {{column_types: {{{types}}}}}"


def _source(relation: Relation) -> str:
    """The table that an input is read from: `leads` for `lead_rows`."""
    return f"{relation.name.removesuffix('_rows')}s"


def _staged(relation: Relation, dialect: str) -> str:
    columns = [
        named(exp.cast(column(one.name.rpartition("__")[2]), SQL_TYPES[one.type]), one.name)
        for one in relation.columns
    ]
    select = exp.select(*columns).from_(_jinja(f"source('tamis', '{_source(relation)}')"))
    text = _as_jinja(_literal_braces(corrected(select, dialect).sql(dialect, pretty=True)))
    told = "timestamps in UTC, NULL where there is nothing. Make it read your own tables."
    return f"-- {relation.about}; {told}\n{text}\n"


def _quoted(text: str) -> str:
    """A text as YAML takes it, and Jinja leaves it."""
    return "'" + text.replace("'", "''").replace("{", "(").replace("}", ")") + "'"


def _with_the_day(one: exp.Expr, two: exp.Expr, day: date) -> None:
    """Put Jinja in the tree of `day` wherever that of the day after differs from it."""
    pairs = list(zip(one.walk(), two.walk(), strict=True))
    for mine, other in pairs:
        if type(mine) is not type(other):
            raise InternalError("the statement has another form on another day")
        if isinstance(mine, exp.Literal) and mine.this != other.this:
            mine.replace(_moved(mine, other, day))


def _moved(mine: exp.Expr, other: exp.Expr, day: date) -> exp.Expr:
    """A literal that is the day moved by some days. Raises: InternalError for any other."""
    if not mine.is_string:
        by = int(mine.this) - days.number(day)
        if int(other.this) - int(mine.this) == 1:
            return _jinja(f"number {'+' if by > 0 else '-'} {abs(by)}" if by else "number")
    else:
        found, after = datetime.fromisoformat(mine.this), datetime.fromisoformat(other.this)
        if after - found == timedelta(days=1):
            rest = mine.this[len("2000-01-01") :]
            by = (found.date() - day).days
            moved = f"{OPEN}day + modules.datetime.timedelta(days={by}){CLOSE}" if by else None
            return exp.Literal.string((moved or f"{OPEN}day{CLOSE}") + rest)
    message = f"`{mine.this}` becomes `{other.this}` a day later"
    raise InternalError(message)


def _jinja(text: str) -> exp.Expr:
    return exp.Var(this=f"{OPEN}{text}{CLOSE}")


def _literal_braces(text: str) -> str:
    """Braces that would begin Jinja, in a pattern or a comment, as text."""
    return re.sub(r"\{[{%#]|[}%#]\}", lambda found: f"{{{{ '{found[0]}' }}}}", text)


def _as_jinja(text: str) -> str:
    return text.replace(OPEN, "{{ ").replace(CLOSE, " }}")
