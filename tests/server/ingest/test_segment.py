"""Segment's calls, read: what each becomes, and why some are put aside."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.server.clock import written
from tamis.server.ingest import limits, rows, segment
from tamis.server.ingest.bodies import Unreadable, unpacked
from tamis.server.ingest.message import Message, Rejected
from tamis.server.ingest.values import instant
from tamis.server.problems import Problem

NOW = instant("2026-11-22T09:00:00Z", "now")


def call(kind: str | None = None, **fields) -> Message | Rejected:
    return segment.call_of(kind, json.dumps({"userId": "u1", **fields}).encode(), NOW)


def batch(*messages: object, **around) -> list[Message | Rejected]:
    body = json.dumps({"batch": list(messages), **around}).encode()
    return segment.batch_of(body, NOW)


def code(item: Message | Rejected) -> str:
    assert isinstance(item, Rejected), item
    return item.code


def test_track_keeps_its_name_and_properties():
    properties = {"plan": "pro", "seats": 12, "price": 9.5, "trial": False, "coupon": None}
    read = call("track", event="signup", messageId="m1", properties=properties)
    assert (read.kind, read.event, read.message_id) == ("track", "signup", "m1")
    assert (read.user_id, read.at, read.received_at) == ("u1", NOW, NOW)
    assert read.properties == properties


@pytest.mark.parametrize(("kind", "event"), [("page", "page_view"), ("screen", "screen_view")])
def test_pages_and_screens_are_views_that_say_where(kind, event):
    page = {"url": "https://x.example/p", "title": "P", "path": "/p", "referrer": "https://r"}
    context = {"page": {**page, "search": "?a=1"}}
    read = call(kind, name="Pricing", category="Site", context=context, properties={"title": "T"})
    assert (read.kind, read.event) == (kind, event)
    assert read.properties == {**page, "title": "T", "name": "Pricing", "category": "Site"}


@pytest.mark.parametrize("kind", ["track", "page"])
def test_a_campaign_becomes_properties_that_say_nothing_yet(kind):
    campaign = {"name": "spring", "source": "mail", "medium": 3, "content": ""}
    given_ = {"utm_source": "own"}
    read = call(kind, event="signup", context={"campaign": campaign}, properties=given_)
    assert read.properties == {"utm_source": "own", "utm_campaign": "spring"}


def test_identify_tells_fields_and_the_address():
    traits = {"email": " Ada@Example.ORG ", "name": "Ada", "address": {"city": "Lyon"}}
    read = call("identify", traits={**traits, "createdAt": "2026-01-01"})
    assert (read.event, read.email) == (None, "ada@example.org")
    assert read.traits == {**traits, "createdAt": "2026-01-01", "created_at": "2026-01-01"}


@pytest.mark.parametrize("written_", ["", "ada", "ada@", "@x.org", "a b@x.org", "a@x", 7, None])
def test_what_is_no_address_identifies_nobody_and_is_kept(written_):
    read = call("identify", traits={"email": written_})
    assert read.email is None
    assert read.traits == {"email": written_}


def test_group_and_alias():
    group = call("group", groupId=7, traits={"employees": 12})
    assert (group.account_id, group.traits, group.event) == ("7", {"employees": 12}, None)
    alias = call("alias", previousId="a1")
    assert (alias.previous_id, alias.user_id, alias.event) == ("a1", "u1", None)


def test_context_is_trimmed_and_the_address_of_the_machine_left_out():
    context = {
        "ip": "192.0.2.1",
        "userAgent": "Mozilla",
        "locale": "fr-FR",
        "channel": "browser",
        "library": {"name": "analytics.js", "version": "1"},
        "device": {"id": "d"},
        "page": {"url": "https://x.example", "search": "?q"},
        "traits": {"email": "ada@example.org"},
    }
    assert call("track", event="e", context=context).context == {
        "userAgent": "Mozilla",
        "locale": "fr-FR",
        "channel": "browser",
        "library": {"name": "analytics.js"},
        "page": {"url": "https://x.example"},
    }


def test_the_context_of_a_batch_is_that_of_messages_without_one():
    track = {"type": "track", "userId": "u", "event": "e"}
    first, second = batch(track, {**track, "context": {}}, context={"locale": "fr"})
    assert (first.context, second.context) == ({"locale": "fr"}, {})


@pytest.mark.parametrize(
    ("times", "at"),
    [
        ({}, "2026-11-22T09:00:00.000Z"),
        ({"timestamp": "2026-11-20T08:00:00+02:00"}, "2026-11-20T06:00:00.000Z"),
        ({"timestamp": "2026-11-20"}, "2026-11-20T00:00:00.000Z"),
        ({"timestamp": "2026-11-20T08:00:00.123456"}, "2026-11-20T08:00:00.123456Z"),
        ({"originalTimestamp": "2026-11-20T08:00:00Z"}, "2026-11-20T08:00:00.000Z"),
        # A clock an hour ahead: sent at 10:00 by it, which is 9:00 here.
        (
            {"timestamp": "2026-11-22T09:59:00Z", "sentAt": "2026-11-22T10:00:00Z"},
            "2026-11-22T08:59:00.000Z",
        ),
        # A clock that was never set.
        (
            {"timestamp": "1970-01-01T00:01:00Z", "sentAt": "1970-01-01T00:02:00Z"},
            "2026-11-22T08:59:00.000Z",
        ),
        (
            {"timestamp": "2026-11-22T08:00:00Z", "sentAt": "no time"},
            "2026-11-22T08:00:00.000Z",
        ),
        ({"timestamp": "2026-11-23T09:00:00Z"}, "2026-11-23T09:00:00.000Z"),
        ({"timestamp": "1970-01-01T00:00:00Z"}, "1970-01-01T00:00:00.000Z"),
    ],
)
def test_when_it_happened(times, at):
    assert written(call("track", event="e", **times).at) == at


def test_the_moment_of_sending_may_stand_at_the_batch():
    message = {"type": "track", "userId": "u", "event": "e", "timestamp": "2026-11-22T10:30:00Z"}
    [read] = batch(message, sentAt="2026-11-22T11:00:00Z")
    assert written(read.at) == "2026-11-22T08:30:00.000Z"


FAULTS = [
    ("bad-time", {"timestamp": "yesterday"}),
    ("wrong-type", {"timestamp": 1_700_000_000}),
    ("in-future", {"timestamp": "2026-11-23T09:00:00.001Z"}),
    ("in-future", {"timestamp": "9999-12-31T23:59:59-12:00"}),
    ("too-early", {"timestamp": "1969-12-31T23:59:59Z"}),
    ("too-early", {"timestamp": "0001-01-01T00:00:00+12:00"}),
    ("no-event", {"event": ""}),
    ("no-event", {"event": None}),
    ("name-too-long", {"event": "e" * 257}),
    ("wrong-type", {"event": 7}),
    ("wrong-type", {"properties": []}),
    ("wrong-type", {"userId": {"a": 1}}),
    ("wrong-type", {"userId": True}),
    ("no-id", {"userId": None}),
    ("no-id", {"userId": " ", "anonymousId": ""}),
    ("not-an-id", {"userId": "undefined"}),
    ("not-an-id", {"anonymousId": "[object Object]"}),
    ("id-too-long", {"userId": "u" * 513}),
    ("id-too-long", {"messageId": "u" * 513}),
    ("nul", {"event": "a\0b"}),
    ("nul", {"properties": {"a\0": 1}}),
    ("nul", {"properties": {"a": [{"b": "\0"}]}}),
    ("half-character", {"event": "\ud800"}),
    ("half-character", {"properties": {"\udc00x": 1}}),
    ("not-json", {"properties": {"a": float("nan")}}),
    ("not-json", {"properties": {"a": float("-inf")}}),
    ("number-too-large", {"properties": {"a": 1e18}}),
    ("number-too-large", {"properties": {"a": 2**63}}),
    ("number-too-large", {"properties": {"a": [10**400]}}),
    ("name-too-long", {"properties": {"a" * 257: 1}}),
    ("too-large", {"properties": {"a": "x" * 33_000}}),
]


@pytest.mark.parametrize(("expected", "fields"), FAULTS)
def test_a_message_with_a_fault_leaves_its_neighbours(expected, fields):
    good = {"type": "track", "userId": "u", "event": "e"}
    bad = {**good, "messageId": "bad", **fields}
    first, read, last = batch(good, bad, good)
    assert code(read) == expected
    assert read.place == 1
    assert read.kind == "track"
    assert read.reason
    assert len(read.message) <= limits.MESSAGE
    assert isinstance(first, Message)
    assert isinstance(last, Message)
    assert code(segment.call_of("track", json.dumps(bad).encode(), NOW)) == expected


@pytest.mark.parametrize(
    ("kind", "expected", "fields"),
    [
        ("group", "no-group", {}),
        ("alias", "no-alias", {}),
        ("alias", "no-alias", {"userId": None, "previousId": "p", "anonymousId": "a"}),
        ("identify", "number-too-large", {"traits": {"a": 1e300}}),
        ("group", "wrong-type", {"groupId": "g", "traits": "x"}),
        (None, "unknown-type", {"type": "sing"}),
        (None, "unknown-type", {}),
    ],
)
def test_other_faults(kind, expected, fields):
    assert code(call(kind, **fields)) == expected


@pytest.mark.parametrize("depth", [limits.DEPTH + 2, 300, 1_500])
def test_what_is_too_deep(depth):
    nested = "[" * depth + "]" * depth
    body = f'{{"userId":"u","event":"e","properties":{{"a":{nested}}}}}'.encode()
    assert code(segment.call_of("track", body, NOW)) == "too-deep"


def test_what_is_deep_enough():
    nested = "[" * limits.DEPTH + "]" * limits.DEPTH
    body = f'{{"userId":"u","event":"e","properties":{{"a":{nested}}}}}'.encode()
    assert isinstance(segment.call_of("track", body, NOW), Message)


def test_a_number_of_thousands_of_digits():
    body = b'{"userId":"u","event":"e","properties":{"a":%s}}' % (b"9" * 6_000)
    assert code(segment.call_of("track", body, NOW)) == "number-too-large"
    [read] = segment.batch_of(b'{"batch":[' + body + b"]}", NOW)
    assert code(read) == "number-too-large"


def test_bytes_that_are_no_text_spoil_one_message_alone():
    good = b'{"type":"track","userId":"u","event":"e"}'
    bad = b'{"type":"track","userId":"u","event":"\xff"}'
    first, second = segment.batch_of(b'{"batch":[' + bad + b"," + good + b"]}", NOW)
    assert code(first) == "not-utf8"
    assert isinstance(second, Message)


def test_what_is_found_of_a_person_in_what_cannot_be_read():
    read = segment.call_of("track", b'{"messageId":"m7","userId":"ada\\u0040x.org","event":', NOW)
    assert (read.message_id, read.person) == ("m7", "ada@x.org")
    read = segment.call_of("identify", b'{"traits":{"email":"b@x.org"},"anonymousId":"a",}', NOW)
    assert read.person == "b@x.org"


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b"7", b'{"batch":{}}', b'{"batch":null}', b"", b"{"]
)
def test_what_is_no_batch(body):
    with pytest.raises(Unreadable) as raised:
        segment.batch_of(body, NOW)
    assert raised.value.rejected.code in ("no-batch", "not-json")


def test_an_id_is_made_for_each_message_without_one():
    track = {"type": "track", "userId": "u", "event": "e"}
    first, second = batch(track, track)
    assert first.message_id != second.message_id


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()))
    | st.sampled_from(["2026-11-22T09:00:00Z", "u1", "\0", "track", "a@x.org"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ROW_NAMES = ["lead_id", "account_id", "owner", "fields", "at", "outcome", "amount"]
CALLS = st.dictionaries(
    st.sampled_from(
        [
            "type",
            "messageId",
            "userId",
            "anonymousId",
            "previousId",
            "groupId",
            "timestamp",
            "sentAt",
            "event",
            "name",
            "traits",
            "properties",
            "context",
            "lead_id",
            "account_id",
            "owner",
            "fields",
            "at",
            "outcome",
            "amount",
        ]
    ),
    JSON | st.dictionaries(st.text(), JSON, max_size=3),
)
BODIES = (
    st.binary()
    | JSON.map(lambda one: json.dumps(one).encode())
    | CALLS.map(lambda one: json.dumps(one).encode())
    | st.lists(CALLS | JSON).map(lambda some: json.dumps({"batch": some}).encode())
    | st.lists(CALLS | JSON).map(lambda some: json.dumps(some).encode())
)


@given(BODIES, st.sampled_from([*segment.KINDS, *rows.KINDS, "batch", "import", None]))
def test_any_bytes_become_items_or_are_put_aside(body, kind):
    try:
        if kind in ("batch", "import"):
            items = segment.batch_of(body, NOW, past=kind == "import")
        elif kind in rows.KINDS:
            items = rows.rows_of(kind, body, NOW)
        else:
            items = [segment.call_of(kind, body, NOW)]
    except Unreadable as error:
        items = [error.rejected]
    for item in items:
        if isinstance(item, Rejected):
            assert item.code
            assert item.reason
            assert len(item.message) <= limits.MESSAGE
        # What both databases hold: text in UTF-8 without NUL, instants in 64 bits.
        shown = repr([getattr(item, name) for name in item.__slots__ if name != "message"])
        shown.encode()
        assert holds(item)


def holds(value: object) -> bool:
    """Whether both databases can hold the texts and numbers in it."""
    if isinstance(value, str):
        value.encode()
        return "\0" not in value
    if isinstance(value, dict):
        return all(holds(name) and holds(inner) for name, inner in value.items())
    if isinstance(value, list | tuple):
        return all(holds(inner) for inner in value)
    if isinstance(value, int | float):
        return -(2**63) <= value < 2**63
    if value is None or isinstance(value, bytes):
        return True
    return all(holds(getattr(value, name)) for name in value.__slots__)


@given(st.binary(), st.sampled_from(["gzip", "GZIP", "identity", "br", None, ""]))
def test_any_bytes_are_unpacked_or_refused(body, encoding):
    try:
        left = unpacked(body, encoding, 10)
    except Problem as problem:
        left, status = b"", problem.status
        assert 400 <= status < 500
    assert len(left) <= 10
