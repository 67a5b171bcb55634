"""The play of each lead and its rank in the calling order; then the scores as handed out."""

from __future__ import annotations

from sqlglot import exp

from tamis.actions.accounts import account_scores
from tamis.actions.contributions import contributions
from tamis.facts.leads import lead_relation
from tamis.facts.plan import Plan
from tamis.model.scope import dimension_column, grade_column
from tamis.sql import days
from tamis.sql.chain import Step
from tamis.sql.numbers import cents, rounded
from tamis.sql.relation import Column, Relation
from tamis.sql.write import column, named, one_of, query, text, tree, whole
from tamis.stages.relations import stage_relation

OUTPUT = "verdicts"
NOT_EXCLUDED = "null when excluded"


def steps(plan: Plan) -> tuple[Step, ...]:
    """The steps from stages to what is handed out."""
    rollup = (account_scores(plan),) if plan.model.accounts else ()
    return (played(plan), ranks(plan), actions(plan), verdicts(plan), contributions(plan), *rollup)


def played(plan: Plan) -> Step:
    """Each lead with the place of the play that applies."""
    conditions = [plan.on_verdict(play.when, "play") for play in plan.model.plays]
    places = one_of([(c, whole(place)) for place, c in enumerate(conditions, start=1)], exp.null())
    kept = _kept(plan)
    select = query(
        "SELECT :kept FROM (SELECT s.*, :place AS play_place FROM stages AS s) AS p",
        kept=[column(c.name, "p") for c in kept],
        place=exp.cast(places, exp.DType.INT),
    )
    about = "leads with the play that applies"
    return Step(Relation("played", about, ("lead",), tuple(kept)), select)


def ranks(plan: Plan) -> Step:
    """The order of calling, apart from all else: sorting whole rows costs six times as much.

    Excluded leads go last instead of apart, for a window without partitions costs half; and play
    and score make one number, for comparing one costs half of comparing three.
    """
    select = query(
        """
        SELECT p.lead, CAST(row_number() OVER (ORDER BY :turn, p.lead_id) AS BIGINT) AS rank
        FROM played AS p
        """,
        turn=turn(plan),
    )
    columns = (
        Column("lead", "integer", "the lead's key inside the chain"),
        Column("rank", "integer", "place in the order of calling, excluded leads last"),
    )
    return Step(Relation("ranks", "the order of calling", ("lead",), columns), select)


def turn(plan: Plan) -> exp.Expr:
    """A whole number that is lower the earlier a lead is to be called."""
    without = len(plan.model.plays) + 1
    place = tree(
        "coalesce(p.play_place, :none) + CASE WHEN p.excluded THEN :none ELSE 0 END",
        none=whole(without),
    )
    score = plan.model.score
    if score is None:
        return place
    highest = whole(rounded(score.high, 100))
    return tree(
        "CAST(:place AS BIGINT) * :span + (:highest - CAST(p.score * 100 AS BIGINT))",
        place=exp.paren(place),
        span=whole(rounded(score.high, 100) - rounded(score.low, 100) + 1),
        highest=highest,
    )


def actions(plan: Plan) -> Step:
    """Each lead with its play and rank."""
    kept = _kept(plan)
    select = query(
        """
        SELECT :kept, CASE WHEN NOT p.excluded THEN r.rank END AS rank
        FROM played AS p JOIN ranks AS r ON r.lead = p.lead
        """,
        kept=[column(c.name, "p") for c in kept],
    )
    ranked = Column("rank", "integer", "place in the calling order, from 1", null=NOT_EXCLUDED)
    about = "leads with the play that applies and the order of calling"
    return Step(Relation("actions", about, ("lead",), (*kept, ranked)), select)


def _kept(plan: Plan) -> list[Column]:
    """Verdicts alone: what they were made from stays behind."""
    made_from = {c.name for c in lead_relation(plan).columns} - {
        "lead",
        "lead_id",
        "account_id",
        "excluded",
        "known",
    }
    place = Column(
        "play_place", "integer", "place of the play in the model, from 1", null="none holds"
    )
    return [*(c for c in stage_relation(plan).columns if c.name not in made_from), place]


def verdicts(plan: Plan) -> Step:
    """One row per lead, as handed out; everything is null for an excluded lead."""
    model = plan.model
    inner = {d.name: (dimension_column(d), "number") for d in model.dimensions}
    inner |= {f"{d.name}_grade": (grade_column(d), "text") for d in model.dimensions if d.grades}
    inner |= {"score": ("score", "number")} if model.score else {}
    inner |= {"cell": ("cell", "text")} if model.cell else {}
    inner |= {"temperature": ("temperature", "text")} if model.temperatures else {}
    inner |= {"stage": ("stage", "text")} if model.stages else {}
    judged = [named(_unless_excluded(column(held, "a")), name) for name, (held, _) in inner.items()]
    play = [named(_unless_excluded(_play(plan)), "play")] if model.plays else []
    select = query(
        """
        SELECT a.lead_id, :model AS model, :version AS version, :as_of AS as_of, a.excluded,
          :judged, :play, :known AS known, a.rank
        FROM actions AS a
        """,
        model=text(model.name),
        version=whole(model.version),
        as_of=days.date_literal(plan.as_of),
        judged=judged,
        play=play,
        known=_unless_excluded(cents(column("known", "a"))),
    )
    columns = (
        Column("lead_id", "text", "the lead"),
        Column("model", "text", "name of the model"),
        Column("version", "integer", "version of the model"),
        Column("as_of", "date", "the day of the verdict"),
        Column("excluded", "boolean", "whether the lead gets no score"),
        *(Column(name, type_, name, null=NOT_EXCLUDED) for name, (_, type_) in inner.items()),  # type: ignore[arg-type]
        *(
            (Column("play", "text", "what to do", null="none holds, or excluded"),)
            if model.plays
            else ()
        ),
        Column(
            "known",
            "number",
            "share of declared fields that are not null",
            unit="0 to 1",
            null=NOT_EXCLUDED,
        ),
        Column("rank", "integer", "place in the calling order, from 1", null=NOT_EXCLUDED),
    )
    return Step(Relation(OUTPUT, "the verdict on each lead", ("lead_id",), columns), select)


def _unless_excluded(value: exp.Expr) -> exp.Expr:
    return tree("CASE WHEN NOT a.excluded THEN :value END", value=value)


def _play(plan: Plan) -> exp.Expr:
    names = [
        (tree("a.play_place = :p", p=whole(p)), text(play.id))
        for p, play in enumerate(plan.model.plays, start=1)
    ]
    return one_of(names, exp.null())
