"""The leak guard: each rule on made data, quiet on what is honest, and the published sets.

Only the bank's calls are in the repository; tests of the other sets are skipped, saying so,
without them (`tests.history.real`).
"""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.history.real import EXAMPLES, published, rows

from tamis.predict.examples import Column, Examples, Saying, examples_of
from tamis.predict.leaks import Suspect, suspects
from tamis.predict.leaks.alone import alone, groups_of
from tamis.predict.leaks.words import late_word
from tamis.predict.table import read_table

Flags = NDArray[np.bool_]
ROWS = 2000


def outcomes(seed: int = 1, rate: float = 0.2, rows_: int = ROWS) -> Flags:
    return np.random.default_rng(seed).random(rows_) < rate


def texts(values: object, known: Flags | None = None) -> NDArray[np.object_]:
    found = np.array(values, dtype=object)
    if known is not None:
        found[~known] = None
    return found


def found(*columns: Column, won: Flags | None = None, **how: object) -> dict[str, Suspect]:
    examples = examples_of(columns, outcomes() if won is None else won)
    return {one.column: one for one in suspects(examples, **how)}  # type: ignore[arg-type]


def signal(won: Flags, strength: float, seed: int = 2) -> NDArray[np.float64]:
    """A number that is so many standard deviations higher for won leads."""
    return np.random.default_rng(seed).normal(0, 1, len(won)) + strength * won


def test_honest_columns_are_not_suspected() -> None:
    won, random = outcomes(), np.random.default_rng(3)
    assert not found(
        Column("visits", "number", signal(won, 1.0)),
        Column("source", "text", texts(random.choice(["a", "b", "c"], ROWS))),
        # Filled in by half of the leads, a little more by those who are won.
        Column("phone", "text", texts(["x"] * ROWS, random.random(ROWS) < 0.45 + 0.2 * won)),
        Column("last_name", "text", texts([f"n{n}" for n in range(ROWS)])),
        Column("duration", "number", random.normal(0, 1, ROWS)),
    )


@pytest.mark.parametrize("seed", range(10))
def test_outcomes_by_chance_make_nothing_suspect(seed: int) -> None:
    """Not even columns whose names speak against them, or that hardly anybody has."""
    random = np.random.default_rng(100 + seed)
    named = [
        Column(
            name, "text", texts(random.choice(list("abcdefgh"), ROWS), random.random(ROWS) < 0.3)
        )
        for name in ("Last Activity", "Tags", "lead score", "won reason", "statut")
    ]
    assert not found(*named, won=outcomes(seed))


def test_a_column_known_for_won_leads_mostly() -> None:
    won = outcomes()
    known = won & (np.random.default_rng(3).random(ROWS) < 0.8)
    one = found(Column("segment", "text", texts(["x"] * ROWS, known)))["segment"]
    assert one.why == "filled"
    assert one.won_filled == pytest.approx(known.sum() / won.sum())
    assert one.rest_filled == 0
    assert one.said() == "known for 79% of won leads and 0% of the rest"


def test_a_column_without_which_nobody_was_won() -> None:
    won = outcomes()
    known = won | (np.random.default_rng(3).random(ROWS) < 0.9)
    one = found(Column("account", "text", texts(["x"] * ROWS, known)))["account"]
    assert (one.why, one.lacking) == ("lacking", int((~known).sum()))
    assert one.expected == pytest.approx((~known).sum() * won.mean())
    known[np.flatnonzero(~won)[0]] = False
    known[np.flatnonzero(won)[0]] = False
    assert not found(Column("account", "text", texts(["x"] * ROWS, known)))


def test_a_value_that_tells_too_well_alone() -> None:
    won = outcomes()
    value = Column("amount", "number", signal(won, 3.0))
    one = found(value)["amount"]
    assert one.why == "value"
    assert one.auc is not None
    assert one.auc > 0.95
    assert not found(Column("amount", "number", signal(won, 1.5)))


def test_values_that_were_nearly_all_won_or_nearly_all_lost() -> None:
    won, random = outcomes(rate=0.4), np.random.default_rng(3)
    said = np.where(random.random(ROWS) < 0.4, np.where(won, "closed", "ringing"), "talking")
    one = found(Column("remark of call", "text", texts(said)), won=won)["remark of call"]
    assert one.why == "certain"
    assert set(one.words) == {"closed", "ringing"}
    assert one.decided == pytest.approx(float(np.mean(said != "talking")))
    # Nothing is nearly sure where nearly everybody is lost anyhow.
    rare = outcomes(rate=0.02)
    assert not found(Column("remark", "text", texts(random.choice(["a", "b"], ROWS))), won=rare)


@pytest.mark.parametrize("name", ["Last Activity", "Durée appel", "lead_quality", "ClosedReason"])
def test_a_late_name_and_a_value_that_tells(name: str) -> None:
    won = outcomes()
    told = Column(name, "number", signal(won, 0.8))
    assert found(told)[name].why == "name"
    # The name alone, or what it holds alone, is nothing.
    assert not found(Column(name, "number", signal(won, 0.25)))
    assert not found(Column("visits", "number", signal(won, 0.8)))


def test_a_name_does_not_count_where_the_past_is_known() -> None:
    won = outcomes()
    told = signal(won, 0.8)
    said = Saying("recency", event="visit")
    assert not found(Column("last visit", "number", told, said))
    assert not found(Column("status", "number", told), filled_before={"status": 0.9})
    later = found(Column("status", "number", told), filled_before={"status": 0.1})["status"]
    assert (later.why, later.before) == ("later", 0.1)
    assert found(Column("visits", "number", told), filled_before={"visits": 0.49})


def test_a_column_filled_in_only_with_a_suspected_one() -> None:
    won, random = outcomes(), np.random.default_rng(3)
    half = random.random(ROWS) < 0.5
    score = np.where(half, signal(won, 1.0), np.nan)
    columns = [
        Column("tool score", "number", score),
        Column("tool index", "text", texts(["x"] * ROWS, half)),
        Column("tool detail", "text", texts(["x"] * ROWS, half & (random.random(ROWS) < 0.1))),
        Column("city", "text", texts(["x"] * ROWS, random.random(ROWS) < 0.5)),
    ]
    one = found(*columns)
    assert list(one) == ["tool score", "tool index", "tool detail"]
    assert (one["tool index"].why, one["tool index"].beside) == ("together", "tool score")
    assert (one["tool index"].within, one["tool index"].outside) == (1.0, 0.0)
    # Columns that go together are nothing without one that is suspected.
    assert not found(*columns[1:])


def test_too_few_won_leads_suspect_nothing() -> None:
    won = np.arange(ROWS) < 9
    assert not found(Column("won_date", "text", texts(["x"] * ROWS, won)), won=won)
    won = np.arange(ROWS) < 40
    assert found(Column("won_date", "text", texts(["x"] * ROWS, won)), won=won)


def test_leads_count_once_however_many_rows_they_have() -> None:
    """Nine won leads of a hundred rows each are nine."""
    won = np.arange(2000) < 900
    examples = examples_of([Column("won_date", "text", texts(["x"] * 2000, won))], won)
    lead = np.where(won, np.arange(2000) // 100, np.arange(2000))
    grouped = Examples(examples.columns, won, examples.weight, lead.astype(np.int64), examples.ids)
    assert suspects(examples)
    assert not suspects(grouped)


def test_nothing_is_dropped_but_what_is_said() -> None:
    won = outcomes()
    examples = examples_of(
        [Column("a", "number", signal(won, 4)), Column("b", "number", signal(won, 0.2))], won
    )
    assert [one.column for one in suspects(examples)] == ["a"]


def test_every_reason_is_said() -> None:
    one = Suspect("c", "together", beside="d", within=1.0, outside=0.1)
    assert one.said() == (
        "filled in with `d`: 100.0% of the leads that have it have that too, and 10% of the others"
    )
    assert "`last` in its name" in Suspect("c", "name", word="last", auc=0.7).said()
    assert "only 10% of won leads" in Suspect("c", "later", before=0.1).said()


def test_words_that_speak_of_what_is_late() -> None:
    for name in ("Dernière activité", "lastActivity", "Tags", "Statut", "Motif de perte"):
        assert late_word(name), name
    for name in ("Previous outcome", "marital status", "poutcome", "Total Time Spent", "blast"):
        assert late_word(name) is None, name


def test_one_column_alone_is_judged_out_of_fold() -> None:
    won = outcomes()
    each = Column("id", "text", texts([f"id {n}" for n in range(ROWS)]))
    assert abs((alone(examples_of([each], won), each).value or 0) - 0.5) < 0.05
    number = Column("n", "number", np.array([1.0, np.nan, 3.0, 1.0]))
    place, names = groups_of(number)
    assert place.tolist() == [1, 0, 2, 1]
    assert names == ["", "1", "3"]


SALES_FILLED = {
    *("Tags", "Lead Quality", "Lead Profile", "Asymmetrique Activity Index"),
    *("Asymmetrique Profile Index", "Asymmetrique Activity Score", "Asymmetrique Profile Score"),
    *("Last Activity", "Last Notable Activity"),
}


def names_of(examples: Examples) -> set[str]:
    return {one.column for one in suspects(examples)}


def test_x_education() -> None:
    (path,) = published("x_education", "leads.csv")
    read = read_table(path, label="Converted", time="Lead Number", ignore=["Prospect ID"])
    assert names_of(read.judged) == SALES_FILLED


def test_bank() -> None:
    calls = EXAMPLES / "bank" / "calls.csv.gz"
    assert names_of(read_table(calls, label="y", lead="lead_id").judged) == {"duration"}


def test_olist(tmp_path: Path) -> None:
    leads, deals = published(
        "olist_funnel",
        "olist_marketing_qualified_leads_dataset.csv",
        "olist_closed_deals_dataset.csv",
    )
    of_lead = {row["mql_id"]: row for row in rows(deals)}
    deal_columns = [name for name in next(iter(of_lead.values())) if name != "mql_id"]
    joined = tmp_path / "leads.csv"
    with joined.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*next(iter(rows(leads))), *deal_columns, "won"])
        for row in rows(leads):
            deal = of_lead.get(row["mql_id"], {})
            first = datetime.fromisoformat(row["first_contact_date"])
            won = deal and (datetime.fromisoformat(deal["won_date"]) - first).days <= 90
            cells = [deal.get(name, "") for name in deal_columns]
            writer.writerow([*row.values(), *cells, "yes" if won else "no"])
    read = read_table(joined, label="won", lead="mql_id", time="first_contact_date")
    assert [one.name for one in read.dates] == ["won_date"]
    assert names_of(read.judged) == set(deal_columns)


def test_closed_opportunities_of_a_crm(tmp_path: Path) -> None:
    """Account, product and seller are honest; the closing's date and value are not."""
    (pipeline,) = published("maven_crm", "sales_pipeline.csv")
    closed = tmp_path / "closed.csv"
    with closed.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows(pipeline)[0]))
        writer.writeheader()
        writer.writerows(r for r in rows(pipeline) if r["deal_stage"] in ("Won", "Lost"))
    read = read_table(closed, label="deal_stage", lead="opportunity_id", time="engage_date")
    assert names_of(read.judged) == {"close_date", "close_value"}
