"""Trying out and editing: a draft as forms or sliders and as YAML, one true to the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from secrets import token_hex
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.params import FromQuery, QueryParameter, URLEncodedBody

from tamis.language import translator
from tamis.model.editing.fields import fields_of
from tamis.model.editing.merge import changed, merged
from tamis.model.editing.tree import Path
from tamis.model.templates import template_text
from tamis.server.clock import day_of
from tamis.server.models import alerts
from tamis.server.models.stored import Stored
from tamis.server.security.guards import allows
from tamis.server.security.people import User, all_users
from tamis.server.security.permissions import Permission
from tamis.web.pages.model.chosen import Chosen, ModelName, chosen
from tamis.web.pages.model.forms import PartShown, given, id_of, parts
from tamis.web.pages.model.looked import Looked, Wrong, looked, of_fields
from tamis.web.pages.model.picture import Picture, of_capacity, picture
from tamis.web.pages.model.turns import Turns
from tamis.web.visit import Visit, Visiting

Look = Literal["forms", "sliders"]
Form = URLEncodedBody[dict[str, Any]]
TURNS = Turns()
Deep = Annotated[bool, QueryParameter()]
NEW = "b2b"
"""The template with which the first model begins."""


@dataclass(frozen=True)
class Workspace:
    """Context of `model/edit.html`: a YAML that is worked on, with its forms.

    `yaml` is the text; `parts` its forms, none where it cannot be read; `part` the one in sight.
    `wrong` is what is wrong in it. `version` is the draft that is edited, None: a new one is made,
    from version `start` (0: from a template). `active` is the number of the version in use, None:
    none is. `measure` is the first measure of success of the version; `page` tells this page from
    others of the same person.
    """

    model: str
    models: Sequence[str]
    yaml: str
    parts: Sequence[PartShown]
    part: str
    look: Look
    wrong: Sequence[Wrong]
    version: Stored | None
    start: int
    active: int | None
    people: Sequence[User]
    owner: str
    page: str
    tab: str = "edit"

    @property
    def review(self) -> date | None:
        """The day of the next review that the form shows."""
        day = self.version.review_day if self.version else None
        return None if day is None else day_of(day)

    @property
    def measure(self) -> Mapping[str, Any]:
        """The measure that the form shows."""
        measures = self.version.measures if self.version else ()
        if not measures:
            return {"name": "", "target": "", "by": ""}
        first = measures[0]
        return {"name": first.name, "target": first.target, "by": first.by or ""}


@get("/model/edit", guards=[allows(Permission.READ)], sync_to_thread=True)
def edit(
    visit: Visiting,
    name: ModelName = None,
    number: Annotated[int | None, QueryParameter(ge=1, le=2**31 - 1)] = None,
    look: FromQuery[Look | None] = None,
) -> Response[str]:
    """Show a version's YAML and its forms; without a number the latest draft, else the active."""
    with visit.server.database.read() as connection:
        found, people = chosen(connection, name), all_users(connection)
    begun = _begun(found, number)
    may = visit.may(Permission.MODEL)
    yaml = begun.yaml if begun else template_text(NEW)
    active = found.active.number if found and found.active else None
    shown = look or ("forms" if may or active is None else "sliders")
    # What is kept was looked through before; the template is ours.
    parts_ = parts(fields_of(yaml, visit.language), {}, visit.language)
    context = Workspace(
        found.model if found else NEW,
        found.models if found else (),
        yaml,
        parts_,
        "",
        shown if active else "forms",
        (),
        begun if begun and begun.state == "draft" else None,
        begun.number if begun else 0,
        active,
        [one for one in people if not one.disabled],
        begun.owner if begun and begun.state == "draft" else visit.caller.who,
        token_hex(6),
    )
    return visit.page("model/edit.html", context)


def _begun(found: Chosen | None, number: int | None) -> Stored | None:
    """The version that is worked on, or from which a new one begins."""
    if found is None:
        return None
    if number is not None:
        return found.version(number)
    return found.draft or found.active or found.versions[0]


def _parts(visit: Visit, yaml: str, text: Looked) -> tuple[PartShown, ...]:
    fields = fields_of(yaml, visit.language)
    return parts(fields, of_fields(fields, text.wrong), visit.language)


# While one works --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """Context of what is answered to a change: the YAML, its forms, what is wrong.

    `marks` are what is wrong with fields, by their id; empty takes a mark away. `caps` are fields
    that a switch changed, by id: their new value. `active` as in `Workspace`.
    """

    yaml: str
    parts: Sequence[PartShown]
    part: str
    look: Look
    wrong: Sequence[Wrong]
    marks: Mapping[str, str]
    caps: Mapping[str, str]
    model: str
    active: bool


@post("/model/edit/text", guards=[allows(Permission.READ)], sync_to_thread=True, status_code=200)
def text(visit: Visiting, data: Form) -> Response[str]:
    """Answer a change of the YAML: its forms anew, and what is wrong in it."""
    return visit.part("model/forms_answer.html", written(visit, data, str(data.get("yaml", ""))))


@post("/model/edit/field", guards=[allows(Permission.READ)], sync_to_thread=True, status_code=200)
def field(visit: Visiting, data: Form) -> Response[str]:
    """Answer a change of a field: the YAML with it, and what is wrong in it."""
    return visit.part("model/text_answer.html", written(visit, data, with_form(visit, data)))


@post("/model/edit/look", guards=[allows(Permission.READ)], sync_to_thread=True, status_code=200)
def look(visit: Visiting, data: Form, to: FromQuery[Look]) -> Response[str]:
    """Show forms or sliders, with everything that was changed until now."""
    context = written(visit, {**data, "look": to}, with_form(visit, data))
    return visit.part("model/workspace_answer.html", context)


@post("/model/edit/picture", guards=[allows(Permission.READ)], sync_to_thread=True, status_code=200)
def drawn(visit: Visiting, data: Form, deep: Deep = False) -> Response[str]:  # noqa: FBT002
    """Draw what the draft would do, as its sliders stand; `deep`: on past days too."""
    yaml, base = _text(data, "yaml"), _text(data, "base")
    page, who = _text(data, "page"), visit.caller.who
    with TURNS.taken(who, page) as latest:
        if not latest and TURNS.page(who) == page:
            return Response("", status_code=204)
        # What another page of theirs has overtaken is asked again in a moment.
        later = Picture(None, translator(visit.language)("Being counted…"), waits=True)
        context = picture(visit, yaml, base, given(data), deep=deep) if latest else later
    template = "model/deep.html" if deep else "model/picture.html"
    return visit.part(template, Drawn(context, visit.language))


@dataclass(frozen=True)
class Drawn:
    """Context of `model/picture.html` and `model/deep.html`: a picture, and its load in words."""

    picture: Picture
    language: Any

    @property
    def load(self) -> str:
        """How much of what sales can take is needed, in words; empty where it was not asked."""
        return of_capacity(self.picture.load, self.language) if self.picture.load else ""


def with_form(visit: Visit, data: Mapping[str, Any]) -> str:
    """The YAML of a form with what its fields changed."""
    yaml, base = _text(data, "yaml"), _text(data, "base")
    changes = changed(base, given(data), visit.language)
    return merged(yaml, changes, _caps(visit, data, changes))


def _caps(visit: Visit, data: Mapping[str, Any], changes: Mapping[Path, str]) -> dict[Path, str]:
    """The caps that rules get back that are switched on: those of the version in use."""
    switched = [path[:-1] for path in changes if path[-1] == "on"]
    if not switched:
        return {}
    with visit.server.database.read() as connection:
        found = chosen(connection, _text(data, "model") or None)
    active = found.active if found else None
    model = alerts.loaded(active.yaml) if active else None
    rules = {path: model.rule(path[-1]) for path in switched} if model else {}
    return {path: str(rule.cap) for path, rule in rules.items() if rule and rule.cap}


def written(visit: Visit, data: Mapping[str, Any], yaml: str) -> Written:
    """What is answered to a change that led to a YAML."""
    text = looked(yaml)
    fields = fields_of(yaml, visit.language)
    wrong = {id_of(path): said for path, said in of_fields(fields, text.wrong).items()}
    marked = dict.fromkeys(_text(data, "marked").split(), "")
    changes = changed(_text(data, "base"), given(data), visit.language)
    values = fields.values()
    caps = {
        id_of((*path[:-1], "cap")): values.get((*path[:-1], "cap"), "")
        for path in changes
        if path[-1] == "on"
    }
    return Written(
        yaml,
        _parts(visit, yaml, text),
        _text(data, "part"),
        "sliders" if data.get("look") == "sliders" else "forms",
        text.wrong,
        {**marked, **wrong},
        caps,
        _text(data, "model"),
        bool(_text(data, "active")),
    )


def _text(data: Mapping[str, Any], name: str) -> str:
    """A text that a form sends; browsers end its lines by a carriage return too."""
    return str(data.get(name, "")).replace("\r\n", "\n")


HANDLERS = (edit, text, field, look, drawn)
