"""A training, within the process that learns: from files of facts to a model and a report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from tamis.engines.duckdb import DuckDB
from tamis.model.spec import Model
from tamis.predict.agreement.worth_a_look import disagreements
from tamis.predict.files import bytes_of
from tamis.predict.leaks import Suspect, suspects
from tamis.predict.learned import Learned, LeftOut
from tamis.predict.learner import learn
from tamis.predict.market import baseline_of
from tamis.predict.protected import protected_columns
from tamis.predict.said import with_sayings
from tamis.predict.scoring import log_odds, probability, score
from tamis.predict.snapshots import Past, examples_from, on_day
from tamis.predict.watchable import Watchable, asked, plain
from tamis.server.learning import reporting
from tamis.server.learning.forms import Disagreement
from tamis.server.learning.jobs import Facts, Trained, TrainJob
from tamis.server.learning.sampling import sampled
from tamis.server.learning.stored import DIMENSION
from tamis.server.models.versions import numbered
from tamis.server.past.resident import open_engine

Say = Callable[[str, float], None]
OUTCOME = "won"
MOST_VALUES = 200
"""Of a text column with more values than this, which the model does not use, none is kept."""


def train(job: TrainJob, say: Say) -> Trained:
    """Learn a model of what became of leads. Raises: UserError when nothing can be learned."""
    model = model_of(job.facts)
    say("reading", 0.02)
    with open_engine(job.facts.memory) as session:
        facts, every = sampled(session, job.facts)
        job = replace(job, facts=facts)
        past = _past(session, model, job)
        say("leaks", 0.3)
        found = _learned(past, job, say)
        say("agreement", 0.85)
        disagree = _disagreements(session, model, past, found.learned, job.facts)
    say("suggestions", 0.9)
    report = reporting.report(model, past, found, job.allowed, _own(model))
    report = replace(report, notes=[*report.notes, *_on_sample(every)])
    watchable = _json(_watchable(found.learned, past, job))
    return Trained(bytes_of(found.learned).decode(), watchable, report, disagree)


def _on_sample(every: int) -> list[str]:
    return [f"One lead of {every} was learned from, always the same ones."] if every > 1 else []


def model_of(facts: Facts) -> Model:
    """The scoring model, which was checked when it came in."""
    return numbered(facts.yaml, facts.version)


def _past(session: DuckDB, model: Model, job: TrainJob) -> Past:
    facts = job.facts
    return examples_from(
        session,
        model,
        facts.today,
        leads=facts.leads,
        accounts=facts.accounts,
        events=facts.events,
        outcomes=facts.outcomes,
        horizon=job.horizon,
        since=job.since,
    )


@dataclass(frozen=True)
class Found:
    """A learned model, which columns were suspected, and which of them were dropped."""

    learned: Learned
    suspects: tuple[Suspect, ...]
    dropped: tuple[str, ...]


def _learned(past: Past, job: TrainJob, say: Say) -> Found:
    examples = past.examples
    names = [column.name for column in examples.columns]
    protected = protected_columns(names, job.allowed)
    suspected = suspects(examples)
    dropped = tuple(one.column for one in suspected) if job.drop_suspects else ()
    out = [LeftOut(one.column, "protected", one.attribute) for one in protected]
    out += [LeftOut(one.column, "leak", one.said()) for one in suspected if one.column in dropped]
    learned = learn(
        examples.without([one.column for one in out]),
        name=job.facts.model,
        outcome=OUTCOME,
        horizon=job.horizon,
        monotone=job.monotone,
        left_out=out,
        first=past.days[0].isoformat(),
        last=past.days[-1].isoformat(),
        since=None if job.since is None else job.since.isoformat(),
        progress=lambda stage, share: say(stage, 0.35 + 0.5 * share),
    )
    return Found(with_sayings(learned, examples), suspected, dropped)


def _own(model: Model) -> tuple[str, ...]:
    """Rules that were learned before: they are not the users' own."""
    return tuple(rule.id for rule in model.rules if rule.dimension == DIMENSION)


def _watchable(learned: Learned, past: Past, job: TrainJob) -> Watchable | None:
    """What the watch compares with; None for a model that says the same of everybody."""
    if not learned.usable:
        return None
    kept = past.examples.without(unkept(learned, past))
    baseline = baseline_of(learned, kept, log_odds(learned, past.examples), since=job.since)
    return Watchable(asked(kept.columns), baseline)


def unkept(learned: Learned, past: Past) -> list[str]:
    """Columns that are not watched: those left out, and texts of which too many values differ.

    A text that nearly every lead has for itself may name the lead.
    """
    used = {part.column for part in learned.parts}
    used |= {part.column for pair in learned.pairs for part in (pair.first, pair.second)}
    out = {one.column for one in learned.left_out}
    for column in past.examples.columns:
        if column.name not in used and column.kind == "text":
            values = {value for value in column.values if value is not None}
            out |= {column.name} if len(values) > MOST_VALUES else set()
    return sorted(out)


def _disagreements(
    session: DuckDB, model: Model, past: Past, learned: Learned, facts: Facts
) -> list[Disagreement]:
    """The leads of today of whom rules and learned model say the most different things."""
    if not learned.usable or past.score is None:
        return []
    today = leads_on(session, model, facts, past)
    if today.score is None or not len(today.examples):
        return []
    told = log_odds(learned, today.examples)
    scores = score(learned, told)
    found = disagreements(today.examples.ids, today.score, probability(told))
    return [
        Disagreement(one.lead_id, one.side, float(one.score), float(scores[one.place]))
        for one in found
    ]


def leads_on(session: DuckDB, model: Model, facts: Facts, like: Past | None = None) -> Past:
    """The leads of today that are not decided yet."""
    return on_day(
        session,
        model,
        facts.today,
        leads=facts.leads,
        accounts=facts.accounts,
        events=facts.events,
        outcomes=facts.outcomes,
        like=None if like is None else like.examples.columns,
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value, enc_hook=plain).decode()
