"""A change of a model: language-neutral data, and its wording."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from tamis.model.spec import Band, Expression, HalfLife, Label, Linear, Period, Steps

Kind = Literal["added", "removed", "changed", "renamed", "reordered"]
Say = Callable[[str], str]


def N_(text: str) -> str:  # noqa: N802 (the name under which translations are collected)
    """A text to be translated when it is said."""
    return text


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two models.

    `subject` is the kind of thing (rule, grade, play ...), `name` its name, `of` the dimension (or
    table, or rule) that it belongs to (empty: none), `aspect` what of it changed (empty: the thing
    itself), `old` and `new` the values as the model holds them (None: it had or has none).

    >>> str(Change("changed", "rule", "pricing", "engagement", "points", Decimal(8), Decimal(10)))
    'rule `pricing`: points 8 → 10'
    """

    kind: Kind
    subject: str
    name: str = ""
    of: str = ""
    aspect: str = ""
    old: object = None
    new: object = None

    def __str__(self) -> str:
        return self.text()

    def text(self, say: Say = str) -> str:
        """The change in words; `say` translates (the default leaves English)."""
        # Never `say("")`: to gettext that means the head of the catalogue.
        aspect = say(ASPECTS[self.aspect]) if self.aspect else ""
        return say(SENTENCES[self.kind, bool(self.aspect)]).format(
            subject=say(SUBJECTS[self.subject]).format(name=self.name, of=self.of),
            aspect=aspect,
            old=shown(self.old, say),
            new=shown(self.new, say),
        )


SENTENCES: Mapping[tuple[Kind, bool], str] = {
    ("added", False): N_("{subject} added"),
    ("removed", False): N_("{subject} removed"),
    ("changed", True): N_("{subject}: {aspect} {old} → {new}"),
    ("changed", False): N_("{subject}: {old} → {new}"),
    ("renamed", False): N_("{subject}: renamed, now `{new}`"),
    ("reordered", False): N_("{subject}: order changed, {old} → {new}"),
}
SUBJECTS: Mapping[str, str] = {
    "model": N_("model"),
    "field": N_("field `{name}` of the {of}"),
    "dimension": N_("dimension `{name}`"),
    "grade": N_("grade {name} of `{of}`"),
    "group": N_("group `{name}` of `{of}`"),
    "rule": N_("rule `{name}`"),
    "value": N_("rule `{of}`, value `{name}`"),
    "score": N_("score"),
    "weight": N_("weight of `{name}` in the score"),
    "cell": N_("cell"),
    "temperature": N_("temperature `{name}`"),
    "temperatures": N_("temperatures"),
    "stage": N_("stage `{name}`"),
    "stages": N_("stages"),
    "play": N_("play `{name}`"),
    "plays": N_("plays"),
    "accounts": N_("account scores"),
}
ASPECTS: Mapping[str, str] = {
    "name": N_("name"),
    "version": N_("version"),
    "about": N_("explanation"),
    "timezone": N_("time zone"),
    "exclude": N_("excluded leads"),
    "label": N_("label"),
    "range": N_("range"),
    "decay": N_("decay"),
    "active": N_("campaign"),
    "bound": N_("from"),
    "cap": N_("cap"),
    "dimension": N_("dimension"),
    "form": N_("form"),
    "group": N_("group"),
    "points": N_("points"),
    "when": N_("condition"),
    "where": N_("condition on events"),
    "field": N_("field"),
    "bands": N_("bands"),
    "otherwise": N_("points otherwise"),
    "events": N_("events"),
    "within": N_("window"),
    "per_day": N_("limit per day"),
    "at_least": N_("events needed"),
    "over": N_("divided by"),
    "silent_for": N_("silence"),
    "mean": N_("computed as"),
    "do": N_("action"),
    "to": N_("goes to"),
    "respond_within": N_("time to respond"),
    "rollup": N_("rolled up as"),
    "of": N_("taken from"),
    "count": N_("number of leads"),
}


# Values in words ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Days:
    """A number of days, as opposed to a plain number."""

    days: int


@dataclass(frozen=True, slots=True)
class Word:
    """A word of Tamis that is translated, as opposed to a name that the user chose."""

    word: str


def shown(value: object, say: Say = str) -> str:
    """A value of a model in words.

    >>> shown(HalfLife(30)), shown((Band(Decimal(0), Decimal(5)),)), shown(None)
    ('half-life 30 d', '0: 5', 'none')
    """
    for class_, words in _WORDS:
        if isinstance(value, class_):
            return words(value, say)
    return str(value)


def _number(value: Decimal, _: Say) -> str:
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _steps(value: Steps, say: Say) -> str:
    return ", ".join(
        f"{say(N_('{days} d')).format(days=a)}: {shown(f, say)}" for a, f in value.factors
    )


def _sequence(value: tuple[object, ...], say: Say) -> str:
    return ", ".join(shown(part, say) for part in value) or say(N_("any"))


_WORDS: tuple[tuple[type, Callable[..., str]], ...] = (
    (type(None), lambda _, say: say(N_("none"))),
    (Decimal, _number),
    (Days, lambda v, say: say(N_("{days} d")).format(days=v.days)),
    (Word, lambda v, say: say(v.word)),
    (Expression, lambda v, _: f"`{' '.join(v.text.split())}`"),
    (HalfLife, lambda v, say: say(N_("half-life {days} d")).format(days=v.days)),
    (Linear, lambda v, say: say(N_("even fall over {days} d")).format(days=v.days)),
    (Steps, _steps),
    (Period, lambda v, say: say(N_("{first} to {last}")).format(first=v.first, last=v.last)),
    (Band, lambda v, say: f"{shown(v.bound, say)}: {shown(v.points, say)}"),
    (
        Label,
        lambda v, _: " / ".join(f"“{text}”" for text in dict.fromkeys(v.texts.values())) or "“”",
    ),
    (tuple, _sequence),
)
