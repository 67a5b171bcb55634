"""The people of named accounts: how engaged they are, and which say they have in a purchase."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from tamis import flow
from tamis.model.expression import parse
from tamis.model.spec import Dimension, EventRule, Field, Model
from tamis.reports.named.matching import field_called
from tamis.run import Result
from tamis.sql.write import column, named, query, text

Row = Mapping[str, object]

TITLES = (
    "job title",
    "title",
    "position",
    "intitule de poste",
    "intitule du poste",
    "poste",
    "fonction",
)
ACTIVITY = (
    "engagement",
    "activity",
    "activite",
    "behaviour",
    "behavior",
    "comportement",
    "interest",
)


@dataclass(frozen=True, slots=True)
class EngagedBy:
    """When a person counts as engaged.

    With a graded dimension of what people do: a grade in its better half (3 and 4 of 1 to 4).
    Else, with stages: any stage after the first. `grades` and `stages` hold those; both empty:
    nobody can tell.
    """

    dimension: str | None = None
    grades: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()

    def holds(self, verdict: Row) -> bool:
        """Whether a lead with this verdict is engaged."""
        if self.grades:
            return verdict.get(f"{self.dimension}_grade") in self.grades
        return verdict.get("stage") in self.stages


def engaged_by(model: Model) -> EngagedBy:
    """When a person counts as engaged under a model."""
    dimension = _activity(model)
    if dimension:
        best = [grade.label for grade in dimension.grades][-(len(dimension.grades) // 2) :]
        return EngagedBy(dimension.name, grades=tuple(best))
    return EngagedBy(stages=tuple(stage.name for stage in model.stages[1:]))


def _activity(model: Model) -> Dimension | None:
    """The graded dimension of what people do: by its name, else by its rules on events."""
    graded = [d for d in model.dimensions if len(d.grades) > 1]
    called = next((d for name in ACTIVITY for d in graded if d.name == name), None)
    if called:
        return called
    counts = {d.name: sum(isinstance(rule, EventRule) for rule in d.rules) for d in graded}
    busiest = max(graded, key=lambda d: counts[d.name], default=None)
    return busiest if busiest and counts[busiest.name] else None


def fit_of(model: Model) -> Dimension | None:
    """The graded dimension called fit; else that which a cell begins with; else the first."""
    graded = {d.name: d for d in model.dimensions if d.grades}
    wanted = [*(name for name in ("fit",) if name in graded), *model.cell, *graded]
    return next((graded[name] for name in wanted if name in graded), None)


def title_field(model: Model) -> Field | None:
    """The lead's field with job titles: what a title function reads, else one that is called so."""
    fields = model.fields_of("lead")
    for condition in (one for one in model.conditions if one.section == "when"):
        for call in parse(condition.expression.text).find_all(exp.Anonymous):
            if str(call.this).lower() in ("seniority", "job_function", "buying_role"):
                read = {name.name for name in call.find_all(exp.Column)}
                found = next((f for f in fields if f.name in read), None)
                if found:
                    return found
    return field_called(fields, TITLES)


def people_of(result: Result, accounts: Sequence[str]) -> Mapping[str, list[Row]]:
    """Verdicts of the accounts' leads, excluded ones left out, by account, by rank."""
    if not accounts:
        return {}
    title = title_field(result.model)
    select = query(
        """
        SELECT k.account_id AS account, :title, v.*
        FROM :known AS k JOIN :verdicts AS v ON v.lead_id = CAST(k.lead_id AS VARCHAR)
        WHERE k.account_id IN (:ids) AND NOT v.excluded ORDER BY v.rank
        """,
        title=named(column(title.column, "k") if title else exp.null(), "job_title"),
        known=result.relation("known_leads").query.copy().subquery(),
        verdicts=result.relation(flow.VERDICTS).query.copy().subquery(),
        ids=[text(account) for account in dict.fromkeys(accounts)],
    )
    names = result.session.names(select)
    people: dict[str, list[Row]] = {}
    for row in result.session.rows(select):
        people.setdefault(str(row[0]), []).append(dict(zip(names, row, strict=True)))
    return people
