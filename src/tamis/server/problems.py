"""Problems: every error that the server answers has this one shape (RFC 9457, problem details)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

MEDIA_TYPE = "application/problem+json"


@dataclass
class Problem(Exception):  # noqa: N818 (RFC 9457 calls it so)
    """An answer that says what was found and what to do.

    `code` is a short name in kebab-case, stable for programs: it ends the `type`. `errors` are the
    single things found wrong, each with `field` and `message`; empty where `detail` says it all.
    """

    status: int
    code: str
    title: str
    detail: str = ""
    errors: Sequence[Mapping[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.detail or self.title

    def body(self, instance: str = "") -> dict[str, object]:
        """What is answered; `instance` is the id of the request, as in the log."""
        return {
            "type": f"urn:tamis:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "errors": [dict(error) for error in self.errors],
        }


def not_found(what: str) -> Problem:
    """There is no such thing, or not for this person."""
    return Problem(404, "not-found", "Not found", what)


def bad_request(detail: str, errors: Sequence[Mapping[str, str]] = ()) -> Problem:
    """The request cannot be read."""
    return Problem(400, "bad-request", "The request cannot be read", detail, errors)


def conflict(detail: str) -> Problem:
    """The thing is not in a state in which this can be done."""
    return Problem(409, "conflict", "Not possible as things stand", detail)
