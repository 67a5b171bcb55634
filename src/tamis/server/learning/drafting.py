"""Drafts of a scoring model, made of what was learned: a person proposes them, others approve."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection

from tamis.errors import UserError
from tamis.model.editing.splice import NoPlace, replaced, with_element
from tamis.predict.learned import Learned
from tamis.server.learning import stored as kept_models
from tamis.server.learning.child import refuse_missing
from tamis.server.learning.forms import Addition, Made, MakeDraft, Suggestion, Take
from tamis.server.learning.stored import Kept
from tamis.server.models import drafts, stored
from tamis.server.models.forms import NewVersion
from tamis.server.models.said import refused
from tamis.server.models.steps import Maker
from tamis.server.models.stored import Stored
from tamis.server.problems import conflict


def promote(connection: Connection, maker: Maker, kept: Kept, asked: MakeDraft) -> Made:
    """A draft like the active version, with the learned model as its dimension `learned`.

    Raises: Problem 409 where it abstains, or asks for fields that the model has not; 503.
    """
    refuse_missing()
    base = base_of(connection, kept.model)
    learned = _card_of(connection, kept) if asked.card else kept.learned
    text = _with(base.yaml, learned)
    about = asked.about or f"with learned model {kept.number}"
    made = _add(connection, maker, base, text, about)
    kept_models.drafted(connection, kept, made)
    return Made(made.model, made.number)


def _card_of(connection: Connection, kept: Kept) -> Learned:
    card = kept_models.report_of(connection, kept).card
    if card is None:
        detail = f"there is no short card of learned model {kept.number}"
        raise conflict(detail)
    return card.learned


def _with(yaml: str, learned: Learned) -> str:
    from tamis.predict.said import put_into  # noqa: PLC0415 (the extra may be missing)

    with _said():
        return put_into(yaml, learned)


def take(connection: Connection, maker: Maker, kept: Kept, asked: Take) -> Made:
    """A draft like the active version, with chosen suggestions. Raises: Problem 400, 409, 503."""
    refuse_missing()
    report = kept_models.report_of(connection, kept)
    points = {one.key: one for one in report.suggestions}
    additions = {one.key: one for one in report.additions}
    if unknown := [key for key in asked.chosen if key not in points and key not in additions]:
        raise refused("chosen", f"nothing of such a name is suggested: `{unknown[0]}`")
    base = base_of(connection, kept.model)
    chosen = [points[key] for key in asked.chosen if key in points]
    added = [additions[key] for key in asked.chosen if key in additions]
    text = _taken(base.yaml, chosen, added)
    if text == base.yaml:
        detail = "nothing of this can be changed: the rules are locked, or too little is known"
        raise conflict(detail)
    about = asked.about or f"with suggestions of learned model {kept.number}"
    made = _add(connection, maker, base, text, about)
    return Made(made.model, made.number)


def _taken(yaml: str, points: Sequence[Suggestion], additions: Sequence[Addition]) -> str:
    """The YAML with other points, and with rules added; everything else stays as it is."""
    from tamis.predict.suggest.draft import as_written  # noqa: PLC0415 (the extra may be missing)

    text = yaml
    try:
        for edit in (edit for one in points for edit in one.edits):
            path = as_written(text, tuple(edit.path))
            text = replaced(text, path, edit.value)
        for one in additions:
            if one.declares is not None:
                text = replaced(text, tuple(one.declares.path), one.declares.value)
            text = with_element(text, ("dimensions", one.dimension, "rules"), one.lines)
    except NoPlace as error:
        detail = f"the model has changed since: {error}"
        raise conflict(detail) from error
    return text


def base_of(connection: Connection, model: str) -> Stored:
    """The version that a draft begins with: the active one. Raises: Problem 404."""
    versions = stored.of_model(connection, model)
    return stored.active(connection, model) or versions[-1]


def _add(connection: Connection, maker: Maker, base: Stored, text: str, about: str) -> Stored:
    """A draft; what is said of the version it begins with holds for it too."""
    new = NewVersion(
        yaml=text,
        owner=base.owner,
        measures=list(base.measures),
        relies_on=list(base.relies_on),
        about=about,
    )
    return drafts.add(connection, maker, new)


@contextmanager
def _said() -> Iterator[None]:
    """What a learned model and a scoring model have against each other, as a conflict."""
    try:
        yield
    except UserError as error:
        raise conflict("; ".join(str(error).split("\n    "))) from error
