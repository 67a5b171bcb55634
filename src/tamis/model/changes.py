"""A change of a model: language-neutral data, and its wording."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from tamis.model.lifecycle.work import Territory
from tamis.model.spec import Band, HalfLife, Linear, Odds, Period, Steps
from tamis.model.terms import Expression, Label

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
    "lifecycle": N_("lifecycle"),
    "status": N_("status `{name}`"),
    "statuses": N_("statuses"),
    "step": N_("step `{name}`"),
    "steps": N_("steps"),
    "question": N_("question `{name}`"),
    "queue": N_("queue `{name}`"),
    "service": N_("service levels"),
    "feedback": N_("feedback"),
    "reason": N_("reason `{name}`"),
    "reasons": N_("reasons"),
    "goal": N_("goal `{name}`"),
    "cost": N_("cost of a lead from `{name}`"),
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
    "odds": N_("read as a probability"),
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
    "fast_track": N_("goes first"),
    "use": N_("begins with"),
    "profile": N_("profile"),
    "kinds": N_("kinds"),
    "milestone": N_("milestone"),
    "closed": N_("ends the work"),
    "by": N_("made by"),
    "back": N_("condition of return"),
    "after": N_("earliest"),
    "stay": N_("minimum stay"),
    "needs": N_("needs"),
    "assign": N_("assigned by"),
    "people": N_("people"),
    "limit": N_("open work per person"),
    "escalate_to": N_("escalates to"),
    "territories": N_("territories"),
    "rest": N_("others go to"),
    "week": N_("working week"),
    "holidays": N_("public holidays"),
    "remind": N_("reminder"),
    "escalate": N_("escalation"),
    "reassign": N_("reassignment"),
    "false_positives": N_("tolerated false positives"),
    "over_days": N_("counted over"),
    "per_month": N_("per month"),
}


# Values in words ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Days:
    """A number of days, as opposed to a plain number."""

    days: int


@dataclass(frozen=True, slots=True)
class Percent:
    """A share in whole percents, as opposed to a plain number."""

    percent: int


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


def _odds(value: Odds, say: Say) -> str:
    words = say(N_("{at} means {rate}, each {double} more double the odds"))
    numbers = {name: shown(getattr(value, name), say) for name in ("at", "rate", "double")}
    return words.format(**numbers)


def _territory(value: Territory, say: Say) -> str:
    return f"{shown(value.when, say)}: {', '.join(value.to)}"


def _sequence(value: tuple[object, ...], say: Say) -> str:
    return ", ".join(shown(part, say) for part in value) or say(N_("any"))


_WORDS: tuple[tuple[type, Callable[..., str]], ...] = (
    (type(None), lambda _, say: say(N_("none"))),
    (Decimal, _number),
    (Days, lambda v, say: say(N_("{days} d")).format(days=v.days)),
    (Percent, lambda v, say: say(N_("{percent}%")).format(percent=v.percent)),
    (Word, lambda v, say: say(v.word)),
    (Territory, _territory),
    (bool, lambda v, say: say(N_("yes") if v else N_("no"))),
    (Expression, lambda v, _: f"`{' '.join(v.text.split())}`"),
    (HalfLife, lambda v, say: say(N_("half-life {days} d")).format(days=v.days)),
    (Linear, lambda v, say: say(N_("even fall over {days} d")).format(days=v.days)),
    (Steps, _steps),
    (Odds, _odds),
    (Period, lambda v, say: say(N_("{first} to {last}")).format(first=v.first, last=v.last)),
    (Band, lambda v, say: f"{shown(v.bound, say)}: {shown(v.points, say)}"),
    (
        Label,
        lambda v, _: " / ".join(f"“{text}”" for text in dict.fromkeys(v.texts.values())) or "“”",
    ),
    (tuple, _sequence),
)
