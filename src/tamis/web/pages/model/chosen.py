"""Which model a page is about, and what stands above every page of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from litestar.params import QueryParameter
from sqlalchemy import Connection

from tamis.server.models import stored
from tamis.server.models.stored import Stored
from tamis.server.problems import not_found

ModelName = Annotated[str | None, QueryParameter(name="model", max_length=200)]
Number = Annotated[int, QueryParameter(ge=1, le=2**31 - 1)]


@dataclass(frozen=True)
class Chosen:
    """A model that a page is about.

    `models` are the names of all; `versions` of this one, the latest first; `active` is the one in
    use, None: none is.
    """

    model: str
    models: tuple[str, ...]
    versions: tuple[Stored, ...]

    @property
    def active(self) -> Stored | None:
        """The version in use."""
        return next((one for one in self.versions if one.state == "active"), None)

    def version(self, number: int) -> Stored:
        """A version by its number. Raises: Problem 404."""
        found = next((one for one in self.versions if one.number == number), None)
        if found is None:
            detail = f"there is no version {number} of such a model"
            raise not_found(detail)
        return found

    @property
    def draft(self) -> Stored | None:
        """The latest draft, newer than the version in use."""
        latest = self.versions[0]
        return latest if latest.state == "draft" else None


def chosen(connection: Connection, name: str | None) -> Chosen | None:
    """The model of a name, else the first that is active; None: there is no model at all.

    Raises: Problem 404 for a name that is none's.
    """
    every = stored.every(connection)
    models = tuple(dict.fromkeys(one.model for one in every))
    if not models:
        return None
    in_use = (one.model for one in every if one.state == "active")
    model = name or next(in_use, models[0])
    if model not in models:
        detail = "there is no such model"
        raise not_found(detail)
    return Chosen(model, models, tuple(one for one in reversed(every) if one.model == model))
