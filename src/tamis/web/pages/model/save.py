"""Keeping what was worked out as a draft, and a new rule from a small form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from litestar import Response, post
from msgspec import ValidationError, convert

from tamis.model.editing.fields import fields_of
from tamis.model.editing.merge import tidy
from tamis.model.editing.splice import NoPlace, scalar, with_element
from tamis.server.models import drafts, stored
from tamis.server.models.forms import Edit, Measure, NewVersion
from tamis.server.models.said import refused
from tamis.server.models.steps import maker_of
from tamis.server.models.stored import Stored
from tamis.server.problems import bad_request
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.web.pages.model.edit import Form, with_form, written
from tamis.web.pages.model.looked import looked
from tamis.web.visit import Visit, Visiting

WRONG = 400
"""The status of a form that comes back with what is wrong in it."""
KINDS = ("when", "each", "once")
"""A new rule: a condition on the lead, points for each event, points once there was one."""


@post("/model/edit/save", guards=[allows(Permission.MODEL)], sync_to_thread=True, status_code=200)
def save(visit: Visiting, data: Form) -> Response[str]:
    """Keep the YAML as a draft; with errors in it, it stays as it is and they are shown."""
    yaml = with_form(visit, data)
    if looked(yaml).model is None:
        context = written(visit, data, yaml)
        return visit.part("model/not_saved.html", context, status=WRONG)
    said = _said(data)
    number = _text(data, "version")
    with visit.server.database.write() as connection:
        maker = maker_of(visit.caller, visit.server)
        if number.isdigit():
            draft = stored.find(connection, _text(data, "model"), int(number))
            change = convert({"yaml": yaml, **said, "measures": _measures(data, draft)}, Edit)
            made = drafts.edit(connection, maker, draft, change)
        else:
            new = convert({"yaml": yaml, **said, "measures": _measures(data, None)}, NewVersion)
            made = drafts.add(connection, maker, new)
    return visit.gone_to("/model/version", model=made.model, number=made.number)


def _said(data: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of the draft. Raises: Problem 400."""
    about, owner = _text(data, "about").strip(), _text(data, "owner")
    found = {"about": about, "owner": owner, "review_day": _day(data, "review_day")}
    try:
        convert(found, Edit)
    except ValidationError as error:
        raise bad_request(str(error)) from error
    return found


def _measures(data: Mapping[str, Any], draft: Stored | None) -> list[Measure]:
    """The measure of the form, with those that the draft had behind its first."""
    kept = list(draft.measures[1:]) if draft else []
    name, target = (_text(data, f"measure_{one}").strip() for one in ("name", "target"))
    if not name and not target:
        return kept
    if not name or not target or max(len(name), len(target)) > 200:
        raise refused("measures", "a measure has a name and what is to be reached, 200 characters")
    return [Measure(name, target, _day(data, "measure_by")), *kept]


def _day(data: Mapping[str, Any], name: str) -> date | None:
    written_ = _text(data, name)
    try:
        return date.fromisoformat(written_) if written_ else None
    except ValueError as error:
        raise refused(name, "a date is expected, as 2026-11-22") from error


@post("/model/edit/rule", guards=[allows(Permission.READ)], sync_to_thread=True, status_code=200)
def add_rule(visit: Visiting, data: Form) -> Response[str]:
    """Add a rule from the small form, behind the others of its dimension."""
    yaml = with_form(visit, data)
    dimension = _text(data, "new_dimension")
    try:
        yaml = with_element(yaml, ("dimensions", dimension, "rules"), _lines(visit, data, yaml))
    except NoPlace as error:
        detail = "the YAML has no list of rules for this dimension: write it there"
        raise bad_request(detail) from error
    return visit.part("model/workspace_answer.html", written(visit, data, yaml))


def _lines(visit: Visit, data: Mapping[str, Any], yaml: str) -> list[str]:
    """The lines of a new rule. Raises: Problem 400 for what is missing."""
    label, points = _text(data, "new_label").strip(), tidy(("points",), _text(data, "new_points"))
    kind, event = _text(data, "new_kind"), _text(data, "new_event").strip()
    condition, within = _text(data, "new_condition").strip(), _text(data, "new_within")
    if not label or not points:
        raise refused("label", "a new rule has a name and points")
    if kind not in KINDS or (kind == "when" and not condition) or (kind != "when" and not event):
        raise refused("event", "a new rule needs a condition on the lead, or an event")
    lines = [f"id: {scalar(_id(label, yaml, visit.language))}", f"label: {scalar(label)}"]
    if kind == "when":
        return [*lines, f"when: {scalar(condition)}", f"points: {scalar(points)}"]
    lines += [f"event: {scalar(event)}"]
    lines += [f"where: {scalar(condition)}"] if condition else []
    lines += ["at_least: 1"] if kind == "once" else []
    lines += [f"points: {scalar(points)}"]
    return [*lines, *([f"within: {scalar(tidy(('within',), within))}"] if within else [])]


def _id(label: str, yaml: str, language: str) -> str:
    """An id that no rule has yet, from a rule's name.

    >>> _id("Vu à la foire !", "", "fr")
    'vu_a_la_foire'
    """
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:60] or "rule"
    taken = {rule.id for one in fields_of(yaml, language).dimensions for rule in one.rules}
    if name not in taken:
        return name
    return next(
        f"{name}_{count}" for count in range(2, len(taken) + 3) if f"{name}_{count}" not in taken
    )


def _text(data: Mapping[str, Any], name: str) -> str:
    return str(data.get(name, ""))


HANDLERS = (save, add_rule)
