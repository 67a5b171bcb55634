"""The figures of a result, counted by the engine, and how a figure with an interval is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from sqlglot import exp

from tamis import flow
from tamis.history.intervals import Interval
from tamis.language import number, percent, plurals, translator
from tamis.model.spec import Dimension, Model
from tamis.reports.phrases import rule_name
from tamis.reports.reasons import Reason, exact_points, top_reasons
from tamis.run import Result, Rows
from tamis.sql.numbers import MILLI, limited, scaled
from tamis.sql.write import column, named, query, text, tree, whole

BINS, REASONS = 10, 3
"""Bars of a distribution of scores; reasons for a lead in a list."""
NAME_FIELDS = ("name", "full_name", "contact_name")
COMPANY_FIELDS = ("company", "company_name", "organisation", "organization")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the grid: its two grades, its leads, and its leads by play, most first."""

    row: str
    column: str
    leads: int
    plays: tuple[tuple[str, int], ...] = ()

    @property
    def name(self) -> str:
        """The two grades joined."""
        return self.row + self.column


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a model with two dimensions in `cell`, grades best first."""

    down: Dimension
    across: Dimension
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[str, Cell]

    @property
    def most(self) -> int:
        """The leads of the fullest cell."""
        return max((cell.leads for cell in self.cells.values()), default=0)

    def cell(self, row: str, column: str) -> Cell:
        """The cell of two grades; one without leads if there are none."""
        return self.cells.get(f"{row}/{column}", Cell(row, column, 0))


@dataclass(frozen=True, slots=True)
class ListedLead:
    """A lead as a list shows it: its verdicts, who it is as far as the model knows, its reasons."""

    lead_id: str
    who: str
    job: str
    company: str
    verdict: Mapping[str, object]
    reasons: tuple[Reason, ...]


def _verdicts(result: Result) -> exp.Expr:
    return result.relation(flow.VERDICTS).query.subquery()


def _points(result: Result) -> exp.Expr:
    return result.relation("points").query.subquery()


def best_first(dimension: Dimension) -> tuple[str, ...]:
    """The grades of a dimension, the best first."""
    return tuple(grade.label for grade in reversed(dimension.grades))


def has_grid(model: Model) -> bool:
    """Whether the model's cell is made of two grades."""
    return len(model.cell) == 2


def grid(result: Result) -> Grid | None:
    """The grid of a result; None for a model whose cell is not made of two grades."""
    model = result.model
    if not has_grid(model):
        return None
    down, across = (cast(Dimension, model.dimension(name)) for name in model.cell)
    grades = [
        named(column(f"{d.name}_grade", "v"), f"grade_{at}") for at, d in enumerate((down, across))
    ]
    play = column("play", "v") if model.plays else exp.null()
    select = query(
        """
        SELECT g.grade_0, g.grade_1, g.play, count(*) AS leads
        FROM (SELECT :grades, :play AS play FROM :verdicts AS v WHERE NOT v.excluded) AS g
        GROUP BY g.grade_0, g.grade_1, g.play ORDER BY leads DESC, g.play
        """,
        grades=grades,
        play=play,
        verdicts=_verdicts(result),
    )
    cells = _cells(result.session.rows(select))
    return Grid(down, across, best_first(down), best_first(across), cells)


def _cells(rows: Sequence[tuple[object, ...]]) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    for row, column_, play, leads in rows:
        before = cells.get(f"{row}/{column_}", Cell(str(row), str(column_), 0))
        plays = (*before.plays, *(((str(play), int(str(leads))),) if play is not None else ()))
        total = before.leads + int(str(leads))
        cells[f"{row}/{column_}"] = Cell(before.row, before.column, total, plays)
    return cells


def by_value(result: Result, name: str) -> dict[str | None, int]:
    """The number of leads by the value of a verdict such as temperature; None: none holds."""
    select = query(
        """
        SELECT o.value, count(*) FROM (
          SELECT :value AS value FROM :verdicts AS v WHERE NOT v.excluded
        ) AS o GROUP BY o.value
        """,
        value=column(name, "v"),
        verdicts=_verdicts(result),
    )
    return {cast("str | None", row[0]): int(str(row[1])) for row in result.session.rows(select)}


def scored_and_excluded(result: Result) -> tuple[int, int]:
    """How many leads have a score, and how many are excluded."""
    select = query("SELECT a.excluded, count(*) FROM played AS a GROUP BY a.excluded")
    counted = {bool(row[0]): int(str(row[1])) for row in result.session.rows(select)}
    return counted.get(False, 0), counted.get(True, 0)


def distribution(result: Result) -> list[dict[str, object]]:
    """Leads by score in ten equal bins over the score's range, the upper end in the last one."""
    score = result.model.score
    if score is None:
        return []
    width = (score.high - score.low) / BINS
    low, high = scaled(score.low, MILLI), scaled(score.high, MILLI)
    # In whole thousandths: engines divide decimals as floating point, which misses a bin's bound.
    place = tree(
        "(CAST(v.score * :milli AS BIGINT) - :low) * :bins // :range",
        milli=whole(MILLI),
        low=whole(low),
        bins=whole(BINS),
        range=whole(high - low),
    )
    select = query(
        """
        SELECT CAST(:bin AS INT) AS bin, count(*) AS leads
        FROM :verdicts AS v WHERE NOT v.excluded GROUP BY 1
        """,
        bin=limited(place, whole(0), whole(BINS - 1)),
        verdicts=_verdicts(result),
    )
    counted = {int(str(row[0])): int(str(row[1])) for row in result.session.rows(select)}
    return [
        {
            "from_": score.low + width * place,
            "to": score.low + width * (place + 1),
            "leads": counted.get(place, 0),
        }
        for place in range(BINS)
    ]


def funnel(result: Result) -> list[dict[str, object]]:
    """Leads at or beyond each stage, first stage first."""
    stages = [stage.name for stage in result.model.stages]
    if not stages:
        return []
    counted = by_value(result, "stage")
    return [
        {"stage": stage, "leads": sum(counted.get(later, 0) for later in stages[place:])}
        for place, stage in enumerate(stages)
    ]


def strongest_rules(result: Result, language: str, most: int = 10) -> list[dict[str, object]]:
    """The rules that gave or took the most points over all leads, and how many they touched."""
    select = query(
        """
        SELECT p.rule, sum(p.points) AS points, count(*) AS leads
        FROM :rows AS p WHERE p.points <> 0 GROUP BY p.rule
        ORDER BY abs(sum(p.points)) DESC, p.rule LIMIT :most
        """,
        rows=_points(result),
        most=whole(most),
    )
    return [
        {
            "rule": (rule := result.model.rules[int(str(row[0])) - 1]).id,
            "label": rule_name(rule, language),
            "points": exact_points(int(str(row[1]))),
            "leads": int(str(row[2])),
        }
        for row in result.session.rows(select)
    ]


def first_leads(result: Result, n: int, language: str) -> list[ListedLead]:
    """The first `n` leads in the order of calling, with their strongest reasons."""
    where = tree("rank <= :n", n=whole(n))
    verdicts = result.relation(flow.VERDICTS, "rank", where=where).rows()
    ids = [str(verdict["lead_id"]) for verdict in verdicts]
    why = top_reasons(result, ids, REASONS, language)
    known = _known(result, ids)
    return [
        ListedLead(
            id_,
            who=_who(known.get(id_, {})),
            job=_first(known.get(id_, {}), "lead__job_title", "lead__title"),
            company=_company(known.get(id_, {})),
            verdict=verdict,
            reasons=why[id_],
        )
        for id_, verdict in zip(ids, verdicts, strict=True)
    ]


def leads_title(leads: Sequence[ListedLead], model: Model, language: str) -> str:
    """What a list of leads is called: only leads that a play hands off are said to be called."""
    ngettext, count = plurals(language), len(leads)
    handed_off = {play.id for play in model.plays if play.do == "handoff"}
    if not model.plays or all(lead.verdict.get("play") in handed_off for lead in leads):
        title = ngettext("The lead to call first", "The {count} leads to call first", count)
    else:
        title = ngettext(
            "The first lead in the order of calling",
            "The first {count} leads in the order of calling",
            count,
        )
    return title.format(count=count)


def _known(result: Result, ids: Sequence[str]) -> dict[str, Mapping[str, object]]:
    """What is known of the leads, by id."""
    if not ids:
        return {}
    where = tree("CAST(lead_id AS VARCHAR) IN (:ids)", ids=[text(id_) for id_ in ids])
    return {str(row["lead_id"]): row for row in result.relation("known_leads", where=where).rows()}


def _who(row: Mapping[str, object]) -> str:
    """A person's name as far as the model declares one, else the address, else nothing."""
    whole_name = _first(row, *(f"lead__{name}" for name in NAME_FIELDS))
    parts = [str(row[key]) for key in ("lead__first_name", "lead__last_name") if row.get(key)]
    return whole_name or " ".join(parts) or _first(row, "lead__email")


def _company(row: Mapping[str, object]) -> str:
    fields = [f"lead__{name}" for name in COMPANY_FIELDS]
    return _first(row, "account__name", *(f"account__{name}" for name in COMPANY_FIELDS), *fields)


def _first(row: Mapping[str, object], *keys: str) -> str:
    return next((str(row[key]) for key in keys if row.get(key)), "")


def best_accounts(result: Result, n: int) -> list[dict[str, object]]:
    """The accounts with the highest scores; none when the model joins no accounts."""
    if flow.ACCOUNTS not in result.chain:
        return []
    accounts = result.relation(flow.ACCOUNTS).query.subquery()
    select = query(
        "SELECT a.* FROM :accounts AS a ORDER BY a.score DESC NULLS LAST, a.account_id LIMIT :n",
        accounts=accounts,
        n=whole(n),
    )
    return Rows(result.session, select).rows()


def silent_rules(result: Result) -> tuple[str, ...]:
    """The ids of the rules that gave no lead any points, in the order of the file."""
    select = query(
        "SELECT DISTINCT p.rule FROM :rows AS p WHERE p.points <> 0", rows=_points(result)
    )
    spoke = {int(str(row[0])) for row in result.session.rows(select)}
    return tuple(
        rule.id for rule in result.model.rules if result.model.numbers[rule.id] not in spoke
    )


# ---------------------------------------------------------------- intervals

DASH, TIMES = "\u2013", "\u00d7"
NONE = DASH
"""What stands where there is nothing to say."""
Unit = Literal["", "%", "\u00d7"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in words, and the span of its interval; the span is empty where none is known."""

    value: str
    span: str = ""

    def __str__(self) -> str:
        return f"{self.value} ({self.span})" if self.span else self.value


def figure(
    found: Interval, language: str, *, decimals: int, unit: Unit = "", most: float = 1e12
) -> Figure:
    """A figure with its interval, as every report writes it; what is beyond `most` reads as that.

    The unit `%` is for shares from 0 to 1, `\u00d7` for multiples. A span with a number below zero
    has a word between its ends: a dash beside a minus reads badly.

    >>> str(figure(Interval(0.5, 0.25, 0.75), "en", decimals=1, unit="%"))
    '50.0% (25.0\u201375.0)'
    >>> str(figure(Interval(0.01, -0.02, 0.04), "fr", decimals=2))
    '0,01 (\u22120,02 \u00e0 0,04)'
    """
    if found.value is None:
        return Figure(NONE)
    _, times = translator(language), 100 if unit == "%" else 1

    def written(value: float) -> str:
        # Shares such as 0.145 are a hair below what they stand for.
        exact = round(min(value, most) * times, 9)
        return number(exact, language, decimals=decimals, fixed=True)

    sign = percent(0, language).removeprefix("0") if unit == "%" else ""
    value = f"{TIMES if unit == TIMES else ''}{written(found.value)}{sign}"
    if found.low is None or found.high is None:
        return Figure(value)
    between = _("{low} to {high}") if found.low < 0 else f"{{low}}{DASH}{{high}}"
    return Figure(value, between.format(low=written(found.low), high=written(found.high)))
