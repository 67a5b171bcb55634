"""The loaders and splits of the benchmark: what is known when, and no leak across a split."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmarks.predict.judged import calibration_error, floor, lift, log_loss
from benchmarks.predict.learners import corrected
from benchmarks.predict.of_events import attribution, bpi2012
from benchmarks.predict.rivals import odoo_naive_bayes
from benchmarks.predict.sets import (
    AFTERWARDS,
    SETS,
    WITH_LEAKS,
    bank_marketing,
    maven_crm,
    olist_funnel,
    x_education,
)
from benchmarks.predict.splits import KNOWN, SPLITS, dated, folds, rolling
from benchmarks.predict.tables import NotHereError

from tamis.predict.examples import Column, Examples, examples_of

CONTACTS, DEALS = (
    "olist_marketing_qualified_leads_dataset.csv",
    "olist_closed_deals_dataset.csv",
)


def write(folder: Path, name: str, *lines: str) -> None:
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def rows(count: int) -> Examples:
    column = Column("n", "number", np.arange(count, dtype=np.float64))
    return examples_of([column], [n % 4 == 0 for n in range(count)], np.arange(count) // 3)


def test_a_set_that_is_not_there_says_which_files(tmp_path: Path) -> None:
    for one in SETS.values():
        with pytest.raises(NotHereError, match=one.folder):
            one.examples(tmp_path)


def test_select_means_not_set_and_what_sales_filled_is_left_out(tmp_path: Path) -> None:
    write(
        tmp_path,
        "leads.csv",
        "Prospect ID,Lead Number,City,TotalVisits,Tags,Last Activity,Converted,",
        "b,20,Select,,Busy,SMS,1,",
        "a,10,Mumbai,3,,,0,",
    )
    found = x_education(tmp_path)
    assert [one.name for one in found.columns] == ["City", "TotalVisits"]
    assert found.ids == ("a", "b")
    assert found.won.tolist() == [False, True]
    assert found.column("City").values.tolist() == ["Mumbai", None]
    assert found.column("TotalVisits").missing.tolist() == [False, True]
    leaks = {one.name for one in x_education(tmp_path, leaks=True).columns}
    assert leaks == {"City", "TotalVisits", "Tags", "Last Activity"}


def test_999_days_means_never_called(tmp_path: Path) -> None:
    write(
        tmp_path,
        "bank-additional-full.csv",
        '"age";"duration";"pdays";"y"',
        '41;20;999;"no"',
        '30;500;6;"yes"',
    )
    found = bank_marketing(tmp_path)
    assert [one.name for one in found.columns] == ["age", "pdays"]
    assert found.column("pdays").missing.tolist() == [True, False]
    assert found.won.tolist() == [False, True]


def test_a_deal_counts_within_90_days_and_after_first_contact(tmp_path: Path) -> None:
    first = ("early", "day90", "day91", "none")
    contacts = [f"{lead},2018-01-01,page,social" for lead in first]
    write(
        tmp_path,
        CONTACTS,
        "mql_id,first_contact_date,landing_page_id,origin",
        *contacts,
        "late,2018-03-05,page,",
    )
    write(
        tmp_path,
        DEALS,
        "mql_id,won_date,business_segment",
        "early,2017-12-30 10:00:00,pet",
        "day90,2018-04-01 00:00:00,pet",
        "day91,2018-04-02 00:00:00,pet",
    )
    found = olist_funnel(tmp_path)
    assert dict(zip(found.ids, found.won.tolist(), strict=True)) == {
        "day90": True,
        "day91": False,
        "none": False,
    }
    assert "business_segment" not in [one.name for one in found.columns]


def test_only_three_days_of_an_application_are_known(tmp_path: Path) -> None:
    write(
        tmp_path,
        "events.csv",
        "CaseID,ActivityID,CompleteTimestamp",
        "won,3,2012-01-01 10:00:00",
        "won,5,2012-01-04 10:00:00",
        "won,5,2012-01-04 10:00:01",
        "won,6,2012-01-20 10:00:00",
        "decided,3,2012-01-01 10:00:00",
        "decided,6,2012-01-02 10:00:00",
        "slow,3,2012-01-01 12:00:00",
        "slow,6,2012-02-14 10:00:00",
        "running,3,2012-01-05 10:00:00",
    )
    found = bpi2012(tmp_path)
    told = dict(zip(found.ids, found.won.tolist(), strict=True))
    assert told == {"won": True, "slow": False}
    won = found.ids.index("won")
    assert found.column("events").values[won] == 2
    assert found.column("call_about_offer_last_hours").values[won] == 72
    assert found.column("hours_since_last").values[won] == 0


def test_products_are_joined_under_their_mended_name(tmp_path: Path) -> None:
    write(
        tmp_path,
        "sales_pipeline.csv",
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value",
        "2,Ann,GTXPro,Acme,Won,2/1/2017,3/1/2017,100",
        "1,Ann,GTXPro,,Lost,1/1/2017,3/1/2017,0",
        "3,Ann,GTXPro,Acme,Engaging,1/1/2017,,",
    )
    write(
        tmp_path,
        "accounts.csv",
        "account,sector,year_established,revenue,employees,office_location,subsidiary_of",
        "Acme,retail,1996,10.5,20,Kenya,",
    )
    write(tmp_path, "products.csv", "product,series,sales_price", "GTX Pro,GTX,4821")
    write(tmp_path, "sales_teams.csv", "sales_agent,manager,regional_office", "Ann,Bo,West")
    found = maven_crm(tmp_path)
    assert found.ids == ("1", "2")
    assert found.column("sales_price").values.tolist() == [4821, 4821]
    assert found.column("sector").values.tolist() == [None, "retail"]
    assert not {"close_value", "close_date"} & {one.name for one in found.columns}


def test_the_row_of_a_conversion_is_no_touch(tmp_path: Path) -> None:
    write(
        tmp_path,
        "events.csv",
        "customer_id,time,interaction,conversion,conversion_value,channel",
        "a,2018-07-02T00:00:00Z,impression,0,0,Facebook",
        "a,2018-07-03T00:00:00Z,conversion,1,6.5,Instagram",
        "b,2018-07-01T00:00:00Z,impression,0,0,Instagram",
        "c,2018-07-01T00:00:00Z,conversion,1,6.5,Facebook",
    )
    found = attribution(tmp_path)
    assert found.ids == ("b", "a")
    assert found.won.tolist() == [False, True]
    assert found.column("touches").values.tolist() == [1, 1]
    assert found.column("last_channel").values.tolist() == ["Instagram", "Facebook"]


def test_a_dated_split_puts_one_day_on_one_side() -> None:
    examples = rows(100)
    assert examples.order is not None
    (turn,) = dated(examples)
    assert examples.order[turn.learned_from].max() < examples.order[turn.judged_by].min()
    assert len(turn.learned_from) + len(turn.judged_by) == 100


def test_folds_judge_each_example_once_with_equal_shares() -> None:
    examples = rows(100)
    turns = folds(examples)
    assert sorted(np.concatenate([turn.judged_by for turn in turns])) == list(range(100))
    assert [int(examples.won[turn.judged_by].sum()) for turn in turns] == [5] * 5
    assert not any(set(turn.judged_by) & set(turn.learned_from) for turn in turns)


def test_rolling_learns_from_the_last_calls_only() -> None:
    turns = rolling(rows(6_500))
    assert [len(turn.judged_by) for turn in turns] == [1_000, 1_000, 500]
    assert all(turn.learned_from[-1] + 1 == turn.judged_by[0] for turn in turns)
    assert all(len(turn.learned_from) == KNOWN for turn in turns)


def test_a_corrected_intercept_sums_to_what_was_won() -> None:
    known = np.array([0.1, 0.2, 0.3, 0.4])
    won = np.array([True, True, False, False])
    assert corrected(known, known, won).sum() == pytest.approx(2)


def test_calibration_error_of_true_probabilities_is_its_floor() -> None:
    told = np.random.default_rng(1).uniform(0.05, 0.6, 4_000)
    won = np.random.default_rng(2).random(4_000) < told
    assert abs(calibration_error(told, won) - floor(told)) < 0.006
    assert calibration_error(told + 0.1, won) - floor(told + 0.1) > 0.07
    assert log_loss(np.full(4, 0.5), won[:4]) == pytest.approx(np.log(2))
    assert lift(won.astype(np.float64), won) == pytest.approx(1 / won.mean())


def test_naive_bayes_multiplies_shares_that_start_at_a_tenth() -> None:
    column = Column("source", "text", np.array(["ad", "ad", "ad", "call", None], dtype=object))
    examples = examples_of([column], [True, False, False, True, False])
    told = odoo_naive_bayes(examples)(examples)
    # won: 1.1 + 1.1; lost: 2.1 + 0.1; odds before: 2 to 3
    odds = 2 / 3 * (1.1 / 2.2) / (2.1 / 2.2)
    assert told[0] == pytest.approx(odds / (1 + odds))
    assert told[4] == pytest.approx(0.4)


@pytest.mark.parametrize("name", SETS)
def test_the_published_sets_are_read(name: str) -> None:
    try:
        examples = SETS[name].examples()
    except NotHereError as error:
        pytest.skip(str(error))
    assert examples.order is not None
    assert (np.diff(examples.order) >= 0).all()
    assert 0.05 < examples.base_rate < 0.7
    for turn in SPLITS[name, "dated"](examples):
        assert min(len(turn.learned_from), len(turn.judged_by)) > 1_000
    if name in WITH_LEAKS:
        more = {one.name for one in WITH_LEAKS[name].examples().columns}
        more -= {one.name for one in examples.columns}
        wanted = {"x_education": set(AFTERWARDS), "bank_marketing": {"duration"}}
        assert more == wanted.get(name, more)
        assert more
