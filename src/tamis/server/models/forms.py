"""What is asked and answered about models over HTTP: one structure for each body."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

Side = Literal["marketing", "sales"]
Text = Annotated[str, Meta(max_length=2_000)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]


class Measure(Struct, frozen=True, forbid_unknown_fields=True):
    """A measure of success: what is to be reached, and by which day."""

    name: Name
    target: Name
    by: date | None = None


class Reliance(Struct, frozen=True, forbid_unknown_fields=True):
    """A field that the model relies on; `fresh_within` days its newest value may be old."""

    field: Name
    fresh_within: Annotated[int, Meta(ge=1, le=3_650)]


Measures = Annotated[list[Measure], Meta(max_length=50)]
Reliances = Annotated[list[Reliance], Meta(max_length=200)]


class NewVersion(Struct, forbid_unknown_fields=True):
    """A new version: the model's YAML, which names the model; `owner` is a login."""

    yaml: Annotated[str, Meta(max_length=500_000)]
    owner: Text = ""
    review_day: date | None = None
    measures: Measures = []
    relies_on: Reliances = []
    about: Text = ""


class Edit(Struct, forbid_unknown_fields=True):
    """What to change of a version; what is left out or null stays. The YAML of a draft alone."""

    yaml: Annotated[str, Meta(max_length=500_000)] | None = None
    owner: Text | None = None
    review_day: date | None = None
    measures: Measures | None = None
    relies_on: Reliances | None = None
    about: Text | None = None


class Comment(Struct, forbid_unknown_fields=True):
    """Words that go with a step."""

    comment: Text = ""


class Step(Struct):
    """Something that was done to a version.

    `side` is on whose behalf (marketing or sales; empty: nobody's), `made_as` the role of who did
    it (empty: a program). An approval of sales `made_as` admin was given in their place.
    """

    action: str
    side: str
    made_by: str
    made_as: str
    at: str
    comment: str


class Alert(Struct):
    """Something to look at; `place` is line:column in the YAML, empty where it is not there."""

    code: str
    message: str
    place: str = ""


class Freshness(Struct):
    """A field relied on: the share of leads that have it, and when its newest value came."""

    field: str
    fresh_within: int
    filled: float | None
    newest: str | None
    stale: bool


class VersionAnswer(Struct):
    """A version; `number` is ours, `yaml_version` what its author wrote as `version:`."""

    model: str
    number: int
    version_key: int
    yaml_version: int
    state: str
    shadow: bool
    activating: bool
    scored: bool
    owner: str
    review_day: date | None
    about: str
    measures: list[Measure]
    relies_on: list[Freshness]
    approvals: list[Step]
    alerts: list[Alert]
    made_at: str
    made_by: str


class WholeVersion(VersionAnswer):
    """A version with its YAML, what `tamis check` warns of, and its history."""

    yaml: str
    warnings: list[Alert]
    history: list[Step]


class ModelAnswer(Struct):
    """A model: the number of its active version (null: none) and its versions, latest first."""

    name: str
    active: int | None
    versions: list[VersionAnswer]


class Changes(Struct):
    """What changed from one version of a model to another, as a person would say it."""

    since: int
    number: int
    changes: list[str]
