"""Hostile messages: calls and rows in which anything may stand, and bodies that are none."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

DEPTHS = (5, 16, 17, 40, 400, 60_000)
DEEP = "@deep {} deep@"
"""Stands in a value for objects nested so deep that Python cannot write them."""
TEXTS = (
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "x\udfffy",
    "\ufffe\uffff",
    "\u202e\u2028\u2029\u200b\ufeff",
    "e\u0301" * 40,
    "\U0001f468\u200d\U0001f469",
    "'; DROP TABLE events; --",
    '" OR ""="',
    "x' UNION SELECT password FROM users --",
    "%s %d %(x)s {} {0.__class__} :of ?",
    "\\x00 \\u0000 \\N",
    "$$;SELECT pg_sleep(9);$$",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;&#0;]]><!--",
    "${jndi:ldap://x/y}{{7*7}}<%= 7 %>",
    "../../../../etc/passwd",
    "=cmd|' /C calc'!A0",
    "a\r\nSet-Cookie: x=y\r\n\r\n",
    "\x1b[2J\x07\x7f\x9b",
    "NaN",
    "null",
    "undefined",
    "[object Object]",
    "__proto__",
    "true",
    "1e999",
    "0x10",
    "١٢٣",
    "İstanbul ß ﬁ K",
    "a@b.c" * 60,
    "ADA@example.org",
    "a" * 300,
    "b" * 600,
)
HUGE = "c" * 40_000
NUMBERS = (
    0,
    -0.0,
    -1,
    0.1,
    2**31,
    2**53 + 1,
    2**63 - 1,
    2**63,
    -(2**63),
    2**64,
    10**400,
    1e17,
    1e18,
    1e300,
    -1e308,
    5e-324,
    float("nan"),
    float("inf"),
    float("-inf"),
)
TIMES = (
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "0000-00-00T00:00:00Z",
    "10000-01-01T00:00:00Z",
    "1969-12-31T23:59:59.999999Z",
    "1970-01-01T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "2026-11-21T25:61:61Z",
    "2026-11-21T09:30:00.123456789012Z",
    "2026-W47-6",
    "20261121T093000Z",
    "\uff12\uff10\uff12\uff16-11-21T09:30:00Z",
    "2026-11-21 09:30",
    "now",
    "1763717400",
)
KINDS = ("identify", "track", "page", "screen", "group", "alias")
ROWS = ("leads", "accounts", "outcomes")
CALL_FIELDS = (
    *("type", "messageId", "userId", "anonymousId", "previousId", "groupId", "event", "name"),
    *("category", "timestamp", "originalTimestamp", "sentAt", "traits", "properties", "context"),
    *("integrations", "_metadata", "__proto__", ""),
)
ROW_FIELDS = (
    *("lead_id", "account_id", "outcome_id", "owner", "fields", "at", "outcome", "amount", "x"),
)
DECLARED = ("title", "size", "budget", "keen", "since", "industry", "url", "seconds", "email")
"""Fields that the model of the test gives a type, and one that tells who it is."""


@dataclass
class Hostile:
    """A request: where it goes, what it carries; `messages` as far as they can be counted."""

    path: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    messages: int = 1
    counted: bool = False


class Attacker:
    """Makes hostile requests, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.made = 0

    def request(self) -> Hostile:
        """The next request: one message, several, or what only looks like some."""
        kind = self.random.random()
        if kind < 0.35:
            made = self._single()
        elif kind < 0.8:
            made = self._several()
        elif kind < 0.95:
            made = self._rows()
        else:
            made = Hostile(self._path(), self.random.choice(_ODD_BODIES))
        return self._sent(made)

    def _path(self) -> str:
        return "/v1/" + self.random.choice((*KINDS, *ROWS, "batch", "import", "t", "b"))

    def _single(self) -> Hostile:
        kind = self.random.choice(KINDS)
        return Hostile(f"/v1/{kind}", self._written(self.call(kind)))

    def _several(self) -> Hostile:
        calls = [self.call(self.random.choice(KINDS)) for _ in range(self.random.randrange(1, 90))]
        body: dict[str, Any] = {"batch": calls}
        if self.random.random() < 0.2:
            body[self.random.choice(("sentAt", "context", "x"))] = self.value()
        path = self.random.choice(("/v1/batch", "/v1/import"))
        return Hostile(path, self._written(body), {}, len(calls), counted=True)

    def _rows(self) -> Hostile:
        kind = self.random.choice(ROWS)
        if self.random.random() < 0.4:
            return Hostile(f"/v1/{kind}", self._written(self.row(kind)))
        rows = [self.row(kind) for _ in range(self.random.randrange(1, 20))]
        return Hostile(f"/v1/{kind}", self._written(rows), {}, len(rows), counted=True)

    def call(self, kind: str) -> dict[str, Any]:
        """A call that was good before some of its fields were replaced."""
        self.made += 1
        person = f"u{self.random.randrange(60)}"
        call: dict[str, Any] = {"type": kind, "messageId": f"m{self.made}", "userId": person}
        call |= {"anonymousId": f"a{self.random.randrange(200)}"} if self._now_and_then() else {}
        call |= {"event": "signup", "groupId": f"g{self.random.randrange(9)}"}
        call |= {"previousId": f"a{self.random.randrange(200)}"} if kind == "alias" else {}
        call |= {"traits": self._fields(), "properties": self._fields()}
        call |= {"timestamp": f"2026-11-{self.random.randrange(1, 22):02}T09:30:00Z"}
        return self._spoilt(call, CALL_FIELDS)

    def row(self, kind: str) -> dict[str, Any]:
        """A row that was good before some of its fields were replaced."""
        self.made += 1
        row: dict[str, Any] = {"lead_id": f"u{self.random.randrange(60)}"}
        if kind == "accounts":
            row = {"account_id": f"g{self.random.randrange(9)}"}
        if kind == "outcomes":
            return self._spoilt({**row, "outcome": "won", "amount": 12.5}, ROW_FIELDS)
        return self._spoilt({**row, "fields": self._fields()}, ROW_FIELDS)

    def _spoilt(self, good: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
        for _ in range(self.random.choice((0, 0, 0, 1, 1, 2, 4))):
            good[self.random.choice(names)] = self.value()
        return good

    def _fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = {"title": "boss", "size": 12, "seconds": 61.5, "industry": "x"}
        for _ in range(self.random.choice((0, 0, 0, 0, 1, 2))):
            name = self.random.choice((*DECLARED, *TEXTS))
            fields[name] = self.value()
        return fields

    def value(self, left: int = 3) -> Any:
        """Anything that JSON, or what passes for it, can say."""
        kind = self.random.random()
        if kind < 0.4:
            return self.random.choice(TEXTS)
        if kind < 0.6:
            return self.random.choice(NUMBERS)
        if kind < 0.75:
            return self.random.choice(TIMES)
        if kind < 0.76:
            return DEEP.format(self.random.choice(DEPTHS))
        if kind < 0.765:
            return HUGE
        if kind < 0.9 or left == 0:
            return self.random.choice((None, True, False, [], {}))
        names = [self.random.choice((*TEXTS, *DECLARED)) for _ in range(3)]
        if self.random.random() < 0.5:
            return [self.value(left - 1) for _ in names]
        return {name: self.value(left - 1) for name in names}

    def _now_and_then(self) -> bool:
        return self.random.random() < 0.3

    def _written(self, value: object) -> bytes:
        """As JSON in bytes: half characters escaped, or as bytes that are no UTF-8."""
        in_ascii = self.random.random() < 0.7
        text = json.dumps(value, ensure_ascii=in_ascii)
        for depth in DEPTHS:
            one = json.dumps(DEEP.format(depth))
            if one in text:
                opening, closing = self.random.choice((("[", "]"), ('{"a":', "}")))
                text = text.replace(one, opening * depth + "1" + closing * depth)
        return text.encode("utf-8", "surrogatepass")

    def _sent(self, made: Hostile) -> Hostile:
        """As it goes over the wire: mostly as it is, else damaged or packed."""
        kind = self.random.random()
        if kind < 0.75:
            return made
        made.headers = {"Content-Type": self.random.choice(_TYPES)}
        if kind < 0.8:
            return made
        if kind < 0.9:
            made.headers = {"Content-Encoding": "gzip"}
            made.body = gzip.compress(made.body, 1)
            return made
        made.counted = False
        if kind < 0.93:
            made.headers = {"Content-Encoding": self.random.choice(("gzip", "br", "\xff", "x,y"))}
        made.body = self._damaged(made.body)
        return made

    def _damaged(self, body: bytes) -> bytes:
        place = self.random.randrange(len(body) + 1)
        kind = self.random.randrange(6)
        if kind == 0:
            return body[:place]
        if kind == 1:
            return body[:place] + self.random.randbytes(3) + body[place:]
        if kind == 2:
            return b"\xef\xbb\xbf" + body
        if kind == 3:
            return body.decode("utf-8", "replace").encode("utf-16")
        if kind == 4:
            return body + body
        return gzip.compress(body)[: place + 5]


_TYPES = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/msgpack",
    "application/json; charset=utf-16",
    "x",
    "a/b; " + "c" * 500,
)
_ODD_BODIES = (
    b"",
    b" ",
    b"\0",
    b"null",
    b"0",
    b"-",
    b"[]",
    b"{}",
    b'""',
    b"NaN",
    b'{"batch":[]}',
    b'{"batch":null}',
    b'{"batch":{}}',
    b'{"batch":[null,1,"x",[],{}]}',
    b'{"batch":[' + b"{}," * 3000 + b"{}]}",
    b'{"batch":[' + b"[" * 100_000,
    b"[" * 400_000,
    b'{"a":' * 80_000,
    b'{"userId":"u1","userId":"u2","event":"e","event":null}',
    b'{"userId":1,"event":"e","properties":{"a":1,"a":2,"\\u0000":3}}',
    b'{"userId":' + b"9" * 5000 + b',"event":"e"}',
    b'{"userId":"u1","event":"e","properties":{"n":1e' + b"9" * 5000 + b"}}",
    b'{"userId":"u1","event":"' + b"x" * 450_000 + b'"}',
    b'{"userId":"u1","event":"' + b"x" * 10_000_000 + b'"}',
    b"\x1f\x8b" + b"\0" * 100,
    b"\xff\xfe\xfd",
    gzip.compress(b"[" * 50_000_000, 9),
)
"""Bodies that are no message, or none that fits; the last unpacks to fifty million bytes."""
