"""The description of the API, OpenAPI 3.1: made from the routes, with every error of one shape."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from litestar import Request, Response, Router
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import OpenAPIType, Schema
from litestar.plugins import OpenAPISchemaPlugin

from tamis import __version__
from tamis.server.problems import MEDIA_TYPE, not_found

PATH = "/v1/schema"
ERRORS = ("4XX", "5XX")
PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "What was found and what to do (RFC 9457): the shape of every error.",
    "required": ["type", "title", "status", "detail", "instance", "errors"],
    "additionalProperties": False,
    "properties": {
        "type": {"type": "string", "pattern": "^urn:tamis:problem:[a-z0-9-]+$"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "The request's id, as in the log."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "additionalProperties": {"type": "string"},
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
SCHEMES: dict[str, Any] = {
    "key": {"type": "http", "scheme": "bearer", "description": "A key of a program."},
    "basic": {"type": "http", "scheme": "basic", "description": "The key as the user name."},
    "session": {"type": "apiKey", "in": "cookie", "name": "tamis_session"},
}


class Decimals(OpenAPISchemaPlugin):
    """Describes decimals as numbers, as they are answered; Litestar takes them for texts."""

    @staticmethod
    def is_plugin_supported_type(value: object) -> bool:
        """Whether a type is that of decimals."""
        return value is Decimal

    def to_openapi_schema(self, field_definition: object, schema_creator: object) -> Schema:  # noqa: ARG002
        """A number."""
        return Schema(type=OpenAPIType.NUMBER)


class Described(JsonRenderPlugin):
    """Answers the description as JSON, completed."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The description as bytes."""
        return self.render_json(request, completed(openapi_schema))


def configuration() -> OpenAPIConfig:
    """How Litestar describes the API: one document, and no page that loads from elsewhere."""
    return OpenAPIConfig(
        title="Tamis",
        version=__version__,
        description="Leads, what models say of them, and why.",
        use_handler_docstrings=True,
        render_plugins=[Described()],
        openapi_router=Router(
            PATH,
            route_handlers=[],
            after_request=_one_shape,
            include_in_schema=False,
            opt={"open": True},
        ),
    )


def _one_shape(response: Response[Any]) -> Response[Any]:
    # Litestar answers a page to what it does not find here.
    if response.status_code == 404:
        raise not_found("the description is at openapi.json")
    return response


def completed(schema: dict[str, Any]) -> dict[str, Any]:
    """The description with its errors: every operation answers them in the one shape."""
    components = schema.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    components.setdefault("responses", {})["Problem"] = {
        "description": "An error, as problem details.",
        "content": content,
    }
    components["securitySchemes"] = SCHEMES
    schema["security"] = [{name: []} for name in SCHEMES]
    for operation in operations(schema):
        responses = operation.setdefault("responses", {})
        for status in [one for one in responses if one[0] in "45"]:
            responses[status] = {"$ref": "#/components/responses/Problem"}
        for status in ERRORS:
            responses.setdefault(status, {"$ref": "#/components/responses/Problem"})
    return schema


def operations(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every operation of a description."""
    for path in schema.get("paths", {}).values():
        for method, operation in path.items():
            if method in ("get", "put", "post", "delete", "patch", "head", "options", "trace"):
                yield operation
