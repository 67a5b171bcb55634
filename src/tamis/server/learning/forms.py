"""What is asked and answered about learned models over HTTP, and what pages show of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from tamis.predict.learned import Group, Learned, Phase
from tamis.server.models.tasks import Task

Text = Annotated[str, Meta(max_length=2_000)]
Name = Annotated[str, Meta(min_length=1, max_length=256)]
Names = Annotated[list[Name], Meta(max_length=500)]
Days = Annotated[int, Meta(ge=1, le=3_650)]
Monotone = Annotated[dict[Name, Literal["rises", "falls"]], Meta(max_length=500)]
State = Literal["candidate", "challenger", "promoted", "retired"]
"""`candidate`: learned, nothing more. `challenger`: a version of the scoring model was made of it,
which is not active yet. `promoted`: the active version scores by it. `retired`: one did once.
"""
Origin = Literal["trained", "imported", "recalibrated"]
HORIZON = 90
"""Days within which a lead has to be won, where nobody says otherwise."""

# What is asked -----------------------------------------------------------------------------------


class Train(Struct, frozen=True, forbid_unknown_fields=True):
    """A training to begin; what is null is as the policy of the model has it.

    `since`: only days from this one on; null: from the last declared change of market, if there is
    one. `allowed` are columns that are left out as protected by default, and may be used all the
    same. `drop_suspects`: who asks agrees that columns are left out which seem to be known only
    after the outcome; else they are named, and used. `monotone` says of number columns whether the
    odds only rise, or only fall, with the value.
    """

    horizon: Days | None = None
    since: date | None = None
    allowed: Names | None = None
    drop_suspects: bool | None = None
    monotone: Monotone = {}
    reason: Text = ""


class MakeDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """A draft of the scoring model to make of a learned one.

    `card` true: its short card of whole points, at most 20 lines, in place of the whole model.
    """

    about: Text = ""
    card: bool = False


class Take(Struct, frozen=True, forbid_unknown_fields=True):
    """Suggestions to take into a draft: their keys, as `Suggestion.key` and `Addition.key`."""

    chosen: Annotated[list[Name], Meta(min_length=1, max_length=500)]
    about: Text = ""


class DeclareChange(Struct, frozen=True, forbid_unknown_fields=True):
    """The market changed on a day: learning, baseline and watch begin there."""

    day: date
    about: Annotated[str, Meta(min_length=1, max_length=2_000)]


class SettleAlarm(Struct, frozen=True, forbid_unknown_fields=True):
    """An alarm was looked at; `comment` says what came of it."""

    comment: Text = ""


class Policy(Struct, frozen=True, forbid_unknown_fields=True):
    """When a model is learned anew without being asked: it makes a candidate, and nothing more.

    `every_days`: so many days after the last training; null: not by time. `new_conversions`: when
    so many leads were won since; null: not by number. `on_alarm`: when an alarm is raised.
    `recalibrate`: each month, a draft with the base rate of today where it has moved. `horizon`,
    `allowed` and `drop_suspects` are as in `Train`, for who does not say otherwise.
    """

    every_days: Days | None = None
    new_conversions: Annotated[int, Meta(ge=1)] | None = None
    on_alarm: bool = False
    recalibrate: bool = True
    horizon: Days = HORIZON
    allowed: Names = []
    drop_suspects: bool = False


# What is answered --------------------------------------------------------------------------------


class Figure(Struct, frozen=True):
    """A figure with its 95 % interval, all in its unit; null where it is not known."""

    value: float | None
    low: float | None
    high: float | None


class LearnedRow(Struct, frozen=True):
    """A learned model in a list.

    `number` counts within the scoring model. `usable` false: it abstains, and says the base rate of
    everybody. `reason` is why it was made, in the words of who asked. `auc` is from 0 to 1,
    `base_rate` too, `lift` how many times the base rate the best tenth converts; null: not known.
    `version` is the number of the version that was made of it, `version_state` its state; null:
    none. `fingerprint` is of what it was learned from: the same, the same model.
    """

    model: str
    number: int
    state: State
    origin: Origin
    phase: Phase
    usable: bool
    made_at: str
    made_by: str
    reason: str
    horizon: int | None
    since: str | None
    examples: int
    leads: int
    conversions: int
    base_rate: Figure
    auc: Figure
    log_loss: float | None
    base_log_loss: float | None
    calibration_error: float | None
    calibration_floor: float | None
    lift: float | None
    version: int | None
    version_state: str | None
    fingerprint: str


class MarketChange(Struct, frozen=True):
    """A declared change of market; it holds from `day` (ISO) on. Withdrawn ones are not listed."""

    change: int
    model: str
    day: str
    about: str
    made_at: str
    made_by: str


AlarmKind = Literal[
    "population", "new_value", "vanished", "missing", "score", "base_rate", "calibration"
]


class LearningAlarm(Struct, frozen=True):
    """Something moved: what, since when, and what to do.

    `kind`: the share of new leads with a property moved (`population`), a value that was not seen
    before is frequent, one came no more, more or fewer leads miss a field, the scores moved, other
    outcomes than before (`base_rate`), or than were told (`calibration`). `field` is the column
    that moved; null: it is of no column. `since` is the day (ISO) from which it most probably
    differs. `before` and `now` are shares, 0 to 1. `asked` says of what: `missing`, `at_least`
    (`bound`), `value` (`value`), `other`; null: of being won. `part` says of which leads a
    calibration speaks. `chance` is how many such alarms a year chance alone would bring, at most 1.
    `todo`: `look`, `name_value`, `check_source`, `recalibrate` or `retrain`. `what` says it all in
    English. `settled_at` null: it is open.
    """

    alarm: int
    model: str
    kind: AlarmKind
    field: str | None
    since: str | None
    before: Figure
    now: Figure
    asked: Literal["missing", "at_least", "value", "other"] | None
    bound: float | None
    value: str | None
    part: Literal["all", "best"]
    chance: float
    todo: Literal["look", "name_value", "check_source", "recalibrate", "retrain"]
    what: str
    raised_at: str
    settled_at: str | None
    settled_by: str | None
    comment: str


class Watched(Struct, frozen=True):
    """How the watch of a model stands: of which learned model, and its last day; null: none yet."""

    number: int | None
    day: str | None


class LearningOverview(Struct, frozen=True):
    """Everything about the learned models of a scoring model, the latest first.

    `available` false: this server cannot learn, `why_not` says why; models that were learned are
    shown all the same. `in_use` is the number of the learned model by which the active version
    scores; null: by none that is known here. `task` is the training that waits or runs (its
    `subject.stage` says what it is at), or the last one; null: none yet. `market` are the changes
    that hold, the last one first; `alarms` those that are open.
    """

    model: str
    available: bool
    why_not: str
    in_use: int | None
    models: list[LearnedRow]
    task: Task | None
    policy: Policy
    market: list[MarketChange]
    alarms: list[LearningAlarm]
    watched: Watched


class Suspicion(Struct, frozen=True):
    """A column that seems to be known only after the outcome.

    `why`: filled, lacking, later, value, certain, name or together; `said` says it in English.
    `dropped`: left out, with the consent of who asked for the training; else it was used.
    """

    column: str
    why: str
    said: str
    dropped: bool


class Protected(Struct, frozen=True):
    """A column that says who a person is, and which attribute; `allowed`: it was used all the same.

    `groups` are figures by its groups.
    """

    column: str
    attribute: str
    allowed: bool
    groups: list[OfGroup]


class Proxy(Struct, frozen=True):
    """A column that stands in for a protected one: how well (AUC) it tells one of its groups."""

    column: str
    protected: str
    group: str
    auc: Figure


class OfGroup(Struct, frozen=True):
    """What the model does with one group of people.

    `conversion` is the share won, `told` the mean probability, `top` the share of the group in the
    best tenth of all; `auc` is within the group. `impact` is `top` over that of the group with the
    greatest (null when nobody is there); `passed_over`: below four fifths.
    """

    group: str
    rows: int
    conversion: Figure
    told: float
    top: Figure
    auc: Figure
    impact: float | None
    passed_over: bool


class Edit(Struct, frozen=True):
    """A change of the model's file: the keys that lead to a place, and what is to stand there."""

    path: list[str]
    value: str


class Suggestion(Struct, frozen=True):
    """Points that the data support for a rule of the scoring model, beside those of today.

    `key` names it in `Take`. `per` says what the points are for: `once`, an `event`, or a `level`
    (band or value) of the rule, which `level` names. `today`, `points` and `supported` are in the
    rule's own points; `points` (whole) is null where too few leads say anything. `odds` is how many
    times it multiplies the odds of winning. `leads` had it, `won` of them won; `conversion` is the
    share of their rows that were won, 0 to 1.
    `says`: `supports` (today's lie in the interval), `more`, `less`, `none` (no points at all),
    `against` (points of the other sign), `too_few`. `kept` says why it is not to be changed:
    `locked`, `exclusion`; empty: it may be. `worth_a_draft`: other points are asked for, and
    nothing forbids them.
    """

    key: str
    rule: str
    dimension: str
    per: Literal["once", "event", "level"]
    level: str
    today: float
    points: int | None
    supported: Figure
    odds: Figure
    leads: int
    won: int
    conversion: Figure
    says: Literal["supports", "more", "less", "none", "against", "too_few"]
    kept: str
    worth_a_draft: bool
    edits: list[Edit]


class AdditionLevel(Struct, frozen=True):
    """A band (by its lower bound) or value of a rule worth adding, and its leads.

    `points` are 0 where nothing is sure, and for the level that others are compared with;
    `supported` is in points too. `conversion` is the share of their rows that were won, 0 to 1.
    """

    name: str
    points: int
    supported: Figure
    leads: int
    won: int
    conversion: Figure


class Addition(Struct, frozen=True):
    """A rule worth adding, on what no rule reads yet.

    `key` names it in `Take`, and is the rule's id. `lines` are the rule in the model's YAML;
    `declares` the field that the model must declare for it, null: none. `leads` get points from it;
    `with_it` and `without_it` are the conversions of rows that do and do not, 0 to 1. `chance` is
    how often chance alone would tell as much, 0 to 1.
    """

    key: str
    column: str
    dimension: str
    levels: list[AdditionLevel]
    lines: list[str]
    declares: Edit | None
    leads: int
    with_it: Figure
    without_it: Figure
    chance: float


class CardLine(Struct, frozen=True):
    """A line of the short card: the leads in one of `groups` of a column get whole `points`.

    `text` is the condition in English, without the column. `rows` and `won` count examples.
    """

    column: str
    kind: Literal["number", "text"]
    groups: list[Group]
    text: str
    points: int
    rows: int
    won: int


class Card(Struct, frozen=True):
    """The short card: everybody begins with `base` points; `learned` is the same as a model."""

    base: int
    lines: list[CardLine]
    learned: Learned


class AgreementCell(Struct, frozen=True):
    """A cell of the grid: rows that both hold to be high, only the rules, only the model, neither.

    `conversion` is the share won, 0 to 1; with several rows a lead counts in each of its cells.
    """

    name: Literal["both", "rules", "learned", "neither"]
    rows: int
    leads: int
    won: int | None
    conversion: Figure


class Agreement(Struct, frozen=True):
    """How far rules and prediction say the same.

    `high_score` (by the rules) and `high_probability` are the bounds from which on a row is high.
    `rank_correlation` is from -1 to 1; null where either says the same of all.
    """

    cells: list[AgreementCell]
    high_score: float | None
    high_probability: float | None
    rank_correlation: float | None


class Disagreement(Struct, frozen=True):
    """A lead of whom rules and learned model say the most different things, worth a look.

    `kind` says who finds the lead better. `rules` is the score by the rules, `learned` that of the
    learned model (1 to 99), on the day of the training.
    """

    lead_id: str
    kind: Literal["rules", "learned"]
    rules: float | None
    learned: float


class LearningReport(Struct, frozen=True):
    """What was found while it was learned; empty for a model that was not trained here.

    `protected` are the columns left out as protected, or used with consent; `proxies` those that
    stand in for one. `rules_auc` is that of today's rules on the examples, `scale` how many of
    their points stand for 1 on the log of the odds. `notes` are sentences (English): what was left
    out, what could not be done.
    """

    suspects: list[Suspicion] = []
    protected: list[Protected] = []
    proxies: list[Proxy] = []
    suggestions: list[Suggestion] = []
    additions: list[Addition] = []
    scale: float | None = None
    card: Card | None = None
    rules_auc: Figure = Figure(None, None, None)
    agreement: Agreement | None = None
    notes: list[str] = []


class WholeLearned(Struct, frozen=True):
    """A learned model with all its parts, and what was found while it was learned.

    `disagreements` are of leads that there are, as they were judged on the day it was learned.
    """

    row: LearnedRow
    learned: Learned
    report: LearningReport
    disagreements: list[Disagreement]


class Made(Struct, frozen=True):
    """The draft that was made: a version of the scoring model, to be proposed as any other."""

    model: str
    version: int


class Challenge(Struct, frozen=True):
    """Two learned models on outcomes that came after both were learned.

    `found`: the challenger is `better`, `not_better`, or `too_few` are won to tell: about `more`
    conversions are needed (null: more than anybody would wait for). `gain` is the log-loss that it
    takes off, in nats per lead, `auc` by how much its AUC is higher; unknown where too few are won.
    It has to gain `margin` at least. A person decides. `first` is the day (ISO) of the first
    example; null: there is none.
    """

    champion: int
    challenger: int
    found: Literal["better", "not_better", "too_few"]
    leads: int
    conversions: int
    first: str | None
    gain: Figure
    auc: Figure
    margin: float
    more: int | None


class PartBeside(Struct, frozen=True):
    """What two learned models make of one column: what it earns in each; null: not in it."""

    column: str
    one: float | None
    other: float | None
    in_one: bool
    in_other: bool


class LearnedComparison(Struct, frozen=True):
    """Two learned models side by side; `fresh` null: not asked for, or not possible (`why_not`)."""

    one: LearnedRow
    other: LearnedRow
    parts: list[PartBeside]
    fresh: Challenge | None
    why_not: str
