"""As much of SOQL as is asked here, by the public grammar: one object, conditions, order, limit.

Text stands in single quotes, where a backslash escapes; anything else is refused as malformed, as
Salesforce does: a name with a quote that is not escaped makes a query that cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*')|(?P<time>\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:\d\d))"
    r"|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_.]*)|(?P<sign><=|>=|!=|[=<>(),]))"
)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
Record = Mapping[str, Any]
Condition = Callable[[Record], bool]


class MalformedError(Exception):
    """What Salesforce answers MALFORMED_QUERY to."""


@dataclass(frozen=True)
class Query:
    """What a query asks: fields of an object, of records that hold, in order."""

    fields: Sequence[str]
    object: str
    holds: Condition
    order: Sequence[tuple[str, bool]]
    limit: int | None

    @property
    def named(self) -> set[str]:
        """The fields of its SELECT and its order."""
        return {*self.fields, *(name for name, _ in self.order)}


def read(soql: str) -> Query:
    """A query. Raises: MalformedError."""
    return _Reader(soql).query()


class _Reader:
    def __init__(self, soql: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        at, soql = 0, soql.rstrip()
        while at < len(soql):
            found = TOKEN.match(soql, at)
            if not found:
                message = f"unexpected token: '{soql[at : at + 20]}'"
                raise MalformedError(message)
            self._tokens.append((str(found.lastgroup), found[found.lastgroup or 0]))
            at = found.end()
        self._at = 0

    def query(self) -> Query:
        self._word("SELECT")
        fields = [self._take("name")]
        while self._sign(","):
            fields.append(self._take("name"))
        self._word("FROM")
        object_ = self._take("name")
        holds = self._either() if self._is_word("WHERE") else _always
        order = []
        if self._is_word("ORDER"):
            self._word("BY")
            order.append(self._one_order())
            while self._sign(","):
                order.append(self._one_order())
        limit = int(self._take("number")) if self._is_word("LIMIT") else None
        if self._at != len(self._tokens):
            message = f"unexpected token: {self._tokens[self._at][1]}"
            raise MalformedError(message)
        return Query(fields, object_, holds, order, limit)

    def _one_order(self) -> tuple[str, bool]:
        name = self._take("name")
        backwards = self._is_word("DESC")
        if not backwards:
            self._is_word("ASC")
        return name, backwards

    def _either(self) -> Condition:
        some = [self._both()]
        while self._is_word("OR"):
            some.append(self._both())
        return lambda record: any(one(record) for one in some)

    def _both(self) -> Condition:
        some = [self._one()]
        while self._is_word("AND"):
            some.append(self._one())
        return lambda record: all(one(record) for one in some)

    def _one(self) -> Condition:
        if self._sign("("):
            inner = self._either()
            self._must(")")
            return inner
        name = self._take("name")
        if self._is_word("IN"):
            self._must("(")
            values = [self._value()]
            while self._sign(","):
                values.append(self._value())
            self._must(")")
            return lambda record: any(_same(record.get(name), value) for value in values)
        sign, value = self._take("sign"), self._value()
        return lambda record: _compared(record.get(name), sign, value)

    def _value(self) -> Any:
        kind, token = self._next()
        if kind == "text":
            return re.sub(r"\\(.)", lambda m: ESCAPES.get(m[1], m[1]), token[1:-1])
        if kind == "time":
            return datetime.fromisoformat(token)
        if kind == "number":
            return float(token)
        if kind == "name" and token.lower() in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[token.lower()]
        message = f"unexpected token: {token}"
        raise MalformedError(message)

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            message = "unexpected end of query"
            raise MalformedError(message)
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, kind: str) -> str:
        found, token = self._next()
        if found != kind:
            message = f"unexpected token: {token}"
            raise MalformedError(message)
        return token

    def _is(self, kind: str, token: str) -> bool:
        if self._at < len(self._tokens):
            found, other = self._tokens[self._at]
            if found == kind and other.upper() == token:
                self._at += 1
                return True
        return False

    def _is_word(self, word: str) -> bool:
        return self._is("name", word)

    def _sign(self, sign: str) -> bool:
        return self._is("sign", sign)

    def _word(self, word: str) -> None:
        if not self._is_word(word):
            message = f"expecting {word}"
            raise MalformedError(message)

    def _must(self, sign: str) -> None:
        if not self._sign(sign):
            message = f"expecting '{sign}'"
            raise MalformedError(message)


def _always(_record: Record) -> bool:
    return True


def _same(mine: Any, other: Any) -> bool:
    # Texts are compared without regard to case, but for ids.
    if isinstance(mine, str) and isinstance(other, str):
        return mine.lower() == other.lower()
    return bool(mine == other)


def _compared(mine: Any, sign: str, other: Any) -> bool:
    if sign in ("=", "!="):
        same = _same(_comparable(mine, other), other)
        return same if sign == "=" else not same
    if mine is None or other is None:
        return False
    mine = _comparable(mine, other)
    return bool(
        {"<": mine < other, "<=": mine <= other, ">": mine > other, ">=": mine >= other}[sign]
    )


def _comparable(mine: Any, other: Any) -> Any:
    if isinstance(other, datetime) and isinstance(mine, str):
        return datetime.fromisoformat(mine.replace("+0000", "+00:00"))
    return mine
