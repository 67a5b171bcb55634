"""Account scores: the scores of an account's leads, joined into one."""

from __future__ import annotations

from typing import assert_never

from sqlglot import exp

from tamis.facts.plan import Plan
from tamis.model.scope import dimension_column
from tamis.model.spec import Rollup
from tamis.sql.chain import Step
from tamis.sql.numbers import cents, divide_rounded
from tamis.sql.relation import Column, Relation
from tamis.sql.write import column, query, tree, whole

ACCOUNT_SCORES = Relation(
    "account_scores",
    "accounts with the score that their leads make",
    ("account_id",),
    (
        Column("account_id", "text", "the account"),
        Column("leads", "integer", "its leads that are not excluded"),
        Column("score", "number", "their scores joined"),
        Column("best_lead_id", "text", "the best of them; ties go by rank"),
    ),
)


def account_scores(plan: Plan) -> Step:
    """The step from actions to accounts; leads without account and excluded leads are left out."""
    rollup = plan.model.accounts
    assert rollup is not None
    dimension = plan.model.dimension(rollup.of)
    value = column(dimension_column(dimension) if dimension else "score", "a")
    placed = query(
        """
        SELECT a.account_id, a.lead_id, CAST(:value * 100 AS BIGINT) AS cents,
          row_number() OVER (
            PARTITION BY a.account_id ORDER BY :value DESC NULLS LAST, a.rank
          ) AS place
        FROM actions AS a WHERE NOT a.excluded AND NOT a.account_id IS NULL
        """,
        value=value,
    )
    select = query(
        """
        SELECT p.account_id, count(*) AS leads, :score AS score,
          max(CASE WHEN p.place = 1 THEN p.lead_id END) AS best_lead_id
        FROM :placed AS p GROUP BY p.account_id
        """,
        score=cents(_rolled(rollup)),
        placed=placed.subquery(copy=False),
    )
    return Step(ACCOUNT_SCORES, select)


def _rolled(rollup: Rollup) -> exp.Expr:
    match rollup.rollup:
        case "max":
            return tree("max(p.cents)")
        case "sum":
            return tree("sum(p.cents)")
        case "mean":
            return divide_rounded(tree("sum(p.cents)"), tree("count(*)"))
        case "top":
            best = tree(
                "sum(CASE WHEN p.place <= :n THEN p.cents ELSE 0 END)", n=whole(rollup.count)
            )
            return divide_rounded(best, tree("least(count(*), :n)", n=whole(rollup.count)))
        case _:
            assert_never(rollup.rollup)
