"""Shapes of what ingest takes, for OpenAPI: bodies are read by hand, so it cannot know them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema

from tamis.server.ingest import limits

NAMES = {"identify", "track", "page", "screen", "group", "alias"}


def _text(about: str, longest: int | None = limits.ID) -> Schema:
    return Schema(type=OpenAPIType.STRING, description=about, max_length=longest)


def _object(
    about: str, properties: Mapping[str, Schema] | None = None, required: list[str] | None = None
) -> Schema:
    return Schema(
        type=OpenAPIType.OBJECT,
        description=about,
        properties=dict(properties) if properties else None,
        required=required,
    )


def _time(about: str) -> Schema:
    return _text(f"{about}, as 2026-11-21T09:30:00Z", None)


CALL: Mapping[str, Schema] = {
    "messageId": _text("Counts once, ever; made here when missing."),
    "userId": _text("The id of a known person."),
    "anonymousId": _text("The id of a visitor; this or `userId` is needed."),
    "timestamp": _time("When it happened; default: now"),
    "sentAt": _time("When the client sent it, by its clock"),
    "context": _object("About the client: userAgent, page, campaign, locale, channel, library."),
    "integrations": _object("Not read."),
}
PROPERTIES = _object("Properties of the event.")
OWN: Mapping[str, Mapping[str, Schema]] = {
    "identify": {"traits": _object("Fields of the person; `email` also tells who it is.")},
    "track": {"event": _text("The event's name.", limits.NAME), "properties": PROPERTIES},
    "page": {"name": _text("The page's name."), "properties": PROPERTIES},
    "screen": {"name": _text("The screen's name."), "properties": PROPERTIES},
    "group": {
        "groupId": _text("The id of the person's account."),
        "traits": _object("Fields of the account."),
    },
    "alias": {"previousId": _text("An id that means the same person as `userId`.")},
}
REQUIRED: Mapping[str, list[str]] = {
    "track": ["event"],
    "group": ["groupId"],
    "alias": ["previousId", "userId"],
}
ANY_CALL = _object(
    "Any call; `type` says which.",
    {
        "type": Schema(type=OpenAPIType.STRING, enum=sorted(NAMES)),
        **CALL,
        **{name: shape for own in OWN.values() for name, shape in own.items()},
    },
    ["type"],
)
BATCH = _object(
    "Several calls.",
    {
        "batch": Schema(type=OpenAPIType.ARRAY, items=ANY_CALL, max_items=limits.MESSAGES),
        "sentAt": CALL["sentAt"],
        "context": CALL["context"],
    },
    ["batch"],
)
SCALAR = Schema(
    type=[OpenAPIType.STRING, OpenAPIType.NUMBER, OpenAPIType.BOOLEAN, OpenAPIType.NULL]
)
FIELDS = Schema(
    type=OpenAPIType.OBJECT,
    description="Fields by name; a null value empties a field.",
    additional_properties=SCALAR,
)
SINCE = _time("Since when; default: now")
ROW: Mapping[str, Schema] = {
    "leads": _object(
        "A lead.",
        {
            "lead_id": _text("The lead's id."),
            "account_id": _text("The id of its account."),
            "owner": _text("The login of its seller."),
            "fields": FIELDS,
            "at": SINCE,
        },
        ["lead_id"],
    ),
    "accounts": _object(
        "An account.",
        {"account_id": _text("The account's id."), "fields": FIELDS, "at": SINCE},
        ["account_id"],
    ),
    "outcomes": _object(
        "What became of a lead.",
        {
            "outcome_id": _text("The same id replaces; made of the rest when missing."),
            "lead_id": _text("The lead's id."),
            "outcome": Schema(type=OpenAPIType.STRING, enum=["won", "lost"]),
            "at": _time("When; default: now"),
            "amount": Schema(type=OpenAPIType.NUMBER, description="Up to 6 decimals are kept."),
        },
        ["lead_id", "outcome"],
    ),
}


def taking(schema: Schema, *, required: bool = True) -> type[Operation]:
    """An operation whose body has a shape."""

    @dataclass
    class Taking(Operation):
        def __post_init__(self) -> None:
            content = {"application/json": OpenAPIMediaType(schema=schema)}
            self.request_body = RequestBody(content=content, required=required)

    return Taking


def _one_or_many(schema: Schema) -> Schema:
    many = Schema(type=OpenAPIType.ARRAY, items=schema, max_items=limits.MESSAGES)
    return Schema(one_of=[schema, many])


CALLS: Mapping[str, type[Operation]] = {
    kind: taking(_object(f"A {kind} call.", {**CALL, **own}, REQUIRED.get(kind)))
    for kind, own in OWN.items()
}
BATCHES = taking(BATCH)
ROWS: Mapping[str, type[Operation]] = {
    kind: taking(_one_or_many(schema)) for kind, schema in ROW.items()
}
CORRECTED = taking(Schema(one_of=[ANY_CALL, *ROW.values()]), required=False)
