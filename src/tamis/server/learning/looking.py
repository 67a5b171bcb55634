"""The market looked at, within the process that learns: new leads, outcomes that came, rivals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import msgspec

from tamis.engines.duckdb import DuckDB
from tamis.errors import SourceError
from tamis.history.decided import DECIDED, hold_decided, won_after
from tamis.history.intervals import SURE, UNKNOWN
from tamis.model.spec import Model
from tamis.predict.examples import Examples, Numbers
from tamis.predict.learned import Learned
from tamis.predict.market import Alarm, Baseline, Matured, State, baseline_of, challenge, watch
from tamis.predict.market import recalibrated as with_other_base
from tamis.predict.market.alarms import said
from tamis.predict.market.challenger import MARGIN
from tamis.predict.market.recalibration import shift
from tamis.predict.scoring import log_odds
from tamis.predict.snapshots import examples_from, on_day
from tamis.predict.watchable import (
    Watchable,
    columns_of,
    matured,
    newcomers,
    nobody,
    plain,
    with_columns,
)
from tamis.server.learning.alarms import Noticed
from tamis.server.learning.answers import figure
from tamis.server.learning.forms import Challenge
from tamis.server.learning.jobs import Challenged, ChallengeJob, Facts, Watching, WatchJob
from tamis.server.learning.sampling import sampled
from tamis.server.learning.training import Say, model_of
from tamis.server.past.resident import open_engine
from tamis.sources import Options
from tamis.sources.outcomes import provide_outcomes
from tamis.sql.write import query, table

WEEK = timedelta(days=7)
FEWEST = 100
"""Leads that came since a change of market, below which nothing is compared with them."""
FEWEST_CONVERSIONS = 10
"""Below, the base rate is left as it is."""


@dataclass(frozen=True)
class Held:
    """What is kept from look to look: `baseline` null: leads come in since a change of market."""

    state: State
    baseline: Baseline | None = None


@dataclass(frozen=True)
class Scene:
    """A model, its learned one, and the facts, read in one session."""

    session: DuckDB
    model: Model
    learned: Learned
    watchable: Watchable
    facts: Facts

    @property
    def today(self) -> date:
        """The day of the facts."""
        return self.facts.today

    def leads(self, day: date) -> Examples:
        """The leads of a day, neither decided nor excluded then; none before there were any."""
        facts = self.facts
        try:
            found = on_day(
                self.session,
                self.model,
                day,
                leads=facts.leads,
                accounts=facts.accounts,
                events=facts.events,
                outcomes=facts.outcomes,
                like=self.watchable.empty,
            )
        except SourceError:
            return nobody(self.watchable)
        return with_columns(found.examples, self.watchable)

    def told(self, examples: Examples) -> Numbers:
        """What the learned model tells of examples, on the log of the odds."""
        return log_odds(self.learned, examples)

    def won(self, day: date, horizon: int) -> set[str]:
        """The leads that were first won after a day, within the horizon."""
        outcomes = self.facts.outcomes
        provide_outcomes(self.session, self.model, self.today, outcomes, Options())
        hold_decided(self.session, self.model, self.today)
        chosen = query(
            "SELECT d.lead_id FROM :decided AS d WHERE :won",
            decided=table(DECIDED.name),
            won=won_after(day, day + timedelta(days=horizon)),
        )
        return {str(row[0]) for row in self.session.rows(chosen)}


def looked(job: WatchJob, say: Say) -> Watching:
    """Look at who came since the last look, and at outcomes that came due."""
    say("watching", 0.0)
    learned = msgspec.json.decode(job.learned, type=Learned)
    watchable = msgspec.json.decode(job.baseline, type=Watchable)
    with open_engine(job.facts.memory) as session:
        facts, _ = sampled(session, job.facts)
        scene = Scene(session, model_of(facts), learned, watchable, facts)
        held, alarms = _looked(scene, _held(job, scene), job.since)
        other = _recalibrated(scene, job.since) if job.recalibrate else None
    again = None if other is None else _json(other)
    return Watching([_noticed(one) for one in alarms], _json(held), again)


def _held(job: WatchJob, scene: Scene) -> Held:
    """What was kept from the last look; at the first one, what it begins with."""
    if job.state is not None:
        return msgspec.json.decode(job.state, type=Held)
    learned_since = scene.learned.training.since
    is_of_before = job.since is not None and job.since.isoformat() > (learned_since or "")
    baseline = None if is_of_before else scene.watchable.baseline
    return Held(State(tested=scene.today), baseline)


def _looked(scene: Scene, held: Held, since: date | None) -> tuple[Held, tuple[Alarm, ...]]:
    came = scene.leads(scene.today)
    told = scene.told(came)
    if held.baseline is None:
        assert since is not None, "without a change of market the baseline is that of the training"
        return _begun(scene, held, came, since), ()
    due = _due(scene, held.state.tested, since)
    state, alarms = watch(held.baseline, held.state, scene.today, came, told, due=due)
    return replace(held, state=state), alarms


def _begun(scene: Scene, held: Held, came: Examples, since: date) -> Held:
    """The watch after a change of market: with who came since, as soon as they are enough."""
    new = newcomers(came, scene.leads(since))
    if len(new) < FEWEST:
        return held
    baseline = baseline_of(scene.learned, new, scene.told(new), since=since)
    # What becomes of them is not known yet: the rate is that of the training.
    former = scene.watchable.baseline
    assert former is not None, "a model that says the same of everybody is not watched"
    baseline = replace(
        baseline,
        won=round(former.won * len(new) / former.leads),
        base_rate=former.base_rate,
        unsure=former.unsure,
        stays=True,
    )
    state = State(tested=scene.today)
    state, _ = watch(baseline, state, scene.today, came, scene.told(came))
    return Held(state, baseline)


def _due(scene: Scene, tested: date, since: date | None) -> Matured | None:
    """Leads that were new in as many days, a horizon ago, and what became of them."""
    horizon = scene.learned.horizon or 0
    before, day = (one - timedelta(days=horizon) for one in (tested, scene.today))
    if before >= day or (since is not None and before < since):
        return None
    return _matured(scene, before, day)


def _matured(scene: Scene, before: date, day: date) -> Matured:
    """Leads of a day that were not there on another day before."""
    new = newcomers(scene.leads(day), scene.leads(before))
    won = scene.won(day, scene.learned.horizon or 0)
    return matured(new, scene.told(new), won)


def _recalibrated(scene: Scene, since: date | None) -> Learned | None:
    """The model with another base, where the rate of leads that it never saw has surely moved."""
    learned = scene.learned
    last = date.fromisoformat(learned.training.last) if learned.training.last else None
    if last is None:
        return None
    before = max(filter(None, (last, since)))
    day = scene.today - timedelta(days=learned.horizon or 0)
    if before >= day:
        return None
    fresh = _matured(scene, before, day)
    if int(fresh.won.sum()) < FEWEST_CONVERSIONS:
        return None
    move, error = shift(fresh.log_odds, fresh.won)
    if abs(move) < SURE * error:
        return None
    return with_other_base(learned, fresh.log_odds, fresh.won)


def _noticed(alarm: Alarm) -> Noticed:
    asked = alarm.question
    return Noticed(
        kind=alarm.kind,
        field=alarm.field,
        since=alarm.since,
        before=figure(alarm.before),
        now=figure(alarm.now),
        asked=asked.asked if asked else None,
        bound=asked.bound if asked else None,
        value=asked.value if asked else None,
        part=alarm.part,
        chance=alarm.chance,
        todo=alarm.todo,
        what=said(alarm),
    )


# Rivals ------------------------------------------------------------------------------------------


def challenged(job: ChallengeJob, say: Say) -> Challenged:
    """Two models on outcomes that came after both were learned."""
    say("comparing", 0.0)
    models = [msgspec.json.decode(one, type=Learned) for one in (job.champion, job.challenger)]
    facts = job.facts
    horizon = models[0].horizon or models[1].horizon or 0
    with open_engine(facts.memory) as session:
        facts, _ = sampled(session, facts)
        try:
            past = examples_from(
                session,
                model_of(facts),
                facts.today,
                leads=facts.leads,
                accounts=facts.accounts,
                events=facts.events,
                outcomes=facts.outcomes,
                horizon=horizon,
                every=7,
                since=job.after,
            )
        except SourceError:
            return Challenged(_nothing(job))
    told = [
        log_odds(one, with_columns(past.examples, Watchable(columns_of(one)))) for one in models
    ]
    examples = past.examples
    found = challenge(told[0], told[1], examples.won, lead=examples.lead, weight=examples.weight)
    return Challenged(
        Challenge(
            *job.numbers,
            found.found,
            found.leads,
            found.conversions,
            past.days[0].isoformat(),
            figure(found.gain),
            figure(found.auc),
            found.margin,
            found.more,
        )
    )


def _nothing(job: ChallengeJob) -> Challenge:
    return Challenge(
        *job.numbers, "too_few", 0, 0, None, figure(UNKNOWN), figure(UNKNOWN), MARGIN, None
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value, enc_hook=plain).decode()
