"""The published sets as examples: what was known when, and what became of it.

Each loader takes the folder of the set and returns examples, oldest first. All raise
`NotHereError` when their files are not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.predict import of_events
from benchmarks.predict.tables import DATA, Rows, days, examples, number, read, text
from tamis.predict.examples import Examples

FILLED_BY_SALES = (
    "Tags",
    "Lead Quality",
    "Lead Profile",
    "Asymmetrique Activity Index",
    "Asymmetrique Profile Index",
    "Asymmetrique Activity Score",
    "Asymmetrique Profile Score",
)
AFTERWARDS = (*FILLED_BY_SALES, "Last Activity", "Last Notable Activity")
"""Columns of X Education that say what was done with a lead, not what it was."""
COUNTED = (
    "TotalVisits",
    "Total Time Spent on Website",
    "Page Views Per Visit",
    "Asymmetrique Activity Score",
    "Asymmetrique Profile Score",
)
CALL_NUMBERS = (
    *("age", "duration", "campaign", "pdays", "previous"),
    *("emp.var.rate", "cons.price.idx", "cons.conf.idx", "euribor3m", "nr.employed"),
)
DEAL_NUMBERS = ("declared_product_catalog_size", "declared_monthly_revenue")
OLIST = (
    "olist_marketing_qualified_leads_dataset.csv",
    "olist_closed_deals_dataset.csv",
)
HORIZON = timedelta(days=90)
MENDED = {"GTXPro": "GTX Pro"}
"""Products of Maven's pipeline under another name than in its table of products."""


@dataclass(frozen=True)
class DataSet:
    """A set: its folder, its outcome in words, and how it is read."""

    name: str
    folder: str
    outcome: str
    load: Callable[[Path], Examples]

    def examples(self, data: Path = DATA) -> Examples:
        """Its examples. Raises: NotHereError."""
        return self.load(data / self.folder)


def x_education(folder: Path, *, leaks: bool = False) -> Examples:
    """Leads of a course seller, in the order of `Lead Number`: `Converted`.

    `Select` means not set. Columns written afterwards are left out unless `leaks`. Rows that repeat
    are leads of their own (each has its own number) and stay.
    """
    (rows,) = read(folder, "leads.csv")
    no_columns = {"", "Prospect ID", "Lead Number", "Converted"}
    names = [
        name for name in rows[0] if name not in no_columns and (leaks or name not in AFTERWARDS)
    ]
    columns = [
        number(name, (row[name] for row in rows))
        if name in COUNTED
        else text(name, (row[name] for row in rows), unset=("", "Select"))
        for name in names
    ]
    return examples(
        columns,
        [row["Converted"] == "1" for row in rows],
        [float(row["Lead Number"]) for row in rows],
        [row["Prospect ID"] for row in rows],
    )


def x_education_leaks(folder: Path) -> Examples:
    """X Education with the columns written afterwards: what a leak guard must name."""
    return x_education(folder, leaks=True)


def bank_marketing(folder: Path, *, leaks: bool = False) -> Examples:
    """Calls of a bank in the order they were made: the customer subscribed (`y`).

    `pdays` 999 means never called before: missing. `duration`, known only after the call, is left
    out unless `leaks`. `unknown` is an answer like others.
    """
    (rows,) = read(folder, "bank-additional-full.csv", between=";")
    names = [name for name in rows[0] if name != "y" and (leaks or name != "duration")]
    for row in rows:
        row["pdays"] = "" if row["pdays"] == "999" else row["pdays"]
    columns = [
        (number if name in CALL_NUMBERS else text)(name, (row[name] for row in rows))
        for name in names
    ]
    places = range(len(rows))
    return examples(
        columns, [row["y"] == "yes" for row in rows], [*map(float, places)], [*map(str, places)]
    )


def bank_marketing_leaks(folder: Path) -> Examples:
    """The bank's calls with `duration`: what a leak guard must name."""
    return bank_marketing(folder, leaks=True)


def olist_funnel(folder: Path, *, leaks: bool = False) -> Examples:
    """Sellers by day of first contact: a deal within 90 days.

    Known at first contact: landing page, origin, day of the week and of the month. The month is the
    order itself and no column. Left out: leads with a deal before first contact (known already),
    and those whose 90 days are not over when the deals end. The columns of deals only if `leaks`.
    """
    contacts, deals = read(folder, *OLIST)
    deal_of = {row["mql_id"]: row for row in deals}
    end = max(_time(row["won_date"]) for row in deals)
    rows = [
        row
        for row in contacts
        if _first(row) + HORIZON <= end and _deal_after(row, deal_of.get(row["mql_id"]))
    ]
    first = [_first(row) for row in rows]
    columns = [
        text("landing_page", (row["landing_page_id"] for row in rows)),
        text("origin", (row["origin"] for row in rows)),
        text("weekday", (f"{day:%A}".lower() for day in first)),
        number("day_of_month", (day.day for day in first)),
    ]
    if leaks:
        for name in deals[0]:
            if name != "mql_id":
                found = [deal_of.get(row["mql_id"], {}).get(name, "") for row in rows]
                columns.append((number if name in DEAL_NUMBERS else text)(name, found))
    return examples(
        columns,
        [_within(row, deal_of.get(row["mql_id"])) for row in rows],
        [days(day) for day in first],
        [row["mql_id"] for row in rows],
    )


def olist_funnel_leaks(folder: Path) -> Examples:
    """Olist with the columns of deals: what a leak guard must name."""
    return olist_funnel(folder, leaks=True)


def _time(told: str) -> datetime:
    return datetime.fromisoformat(told)


def _first(row: Mapping[str, str]) -> datetime:
    return _time(row["first_contact_date"])


def _deal_after(row: Mapping[str, str], deal: Mapping[str, str] | None) -> bool:
    return deal is None or _time(deal["won_date"]) >= _first(row)


def _within(row: Mapping[str, str], deal: Mapping[str, str] | None) -> bool:
    return deal is not None and _time(deal["won_date"]) <= _first(row) + HORIZON


def maven_crm(folder: Path) -> Examples:
    """Closed opportunities by day of engagement: `deal_stage` Won.

    Known then: agent, manager and office, product, account and what its table says of it. The value
    and the day of closing are not. Opportunities that are still open are left out.
    """
    names = ("sales_pipeline.csv", "accounts.csv", "products.csv", "sales_teams.csv")
    pipeline, accounts, products, agents = read(folder, *names)
    rows = [row for row in pipeline if row["deal_stage"] in ("Won", "Lost")]
    engaged = [datetime.strptime(row["engage_date"], "%m/%d/%Y") for row in rows]  # noqa: DTZ007
    joined = [
        _by(accounts, "account", row["account"])
        | _by(products, "product", MENDED.get(row["product"], row["product"]))
        | _by(agents, "sales_agent", row["sales_agent"])
        for row in rows
    ]
    numbers = ("year_established", "revenue", "employees", "sales_price")
    known = [*accounts[0], *products[0], *agents[0]]
    columns = [
        (number if name in numbers else text)(name, (row.get(name, "") for row in joined))
        for name in known
    ]
    columns.append(text("weekday", (f"{day:%A}".lower() for day in engaged)))
    columns.append(text("month", (f"{day:%B}".lower() for day in engaged)))
    return examples(
        columns,
        [row["deal_stage"] == "Won" for row in rows],
        [days(day) for day in engaged],
        [row["opportunity_id"] for row in rows],
    )


def _by(rows: Rows, key: str, value: str) -> dict[str, str]:
    return next((row for row in rows if row[key] == value), {})


SETS: Mapping[str, DataSet] = {
    one.name: one
    for one in (
        DataSet("x_education", "x_education", "converted", x_education),
        DataSet("bank_marketing", "bank_marketing", "subscribed", bank_marketing),
        DataSet("olist_funnel", "olist_funnel", "a deal within 90 days", olist_funnel),
        DataSet("bpi2012", "bpi2012", "validated within 43 days", of_events.bpi2012),
        DataSet("maven_crm", "maven_crm", "won", maven_crm),
        DataSet("attribution", "attribution", "converted", of_events.attribution),
    )
}
"""The sets that learners are compared on, by name."""

WITH_LEAKS: Mapping[str, DataSet] = {
    one.name: one
    for one in (
        DataSet("x_education", "x_education", "converted", x_education_leaks),
        DataSet("bank_marketing", "bank_marketing", "subscribed", bank_marketing_leaks),
        DataSet("olist_funnel", "olist_funnel", "a deal within 90 days", olist_funnel_leaks),
    )
}
"""The sets with the columns that give the outcome away, by name."""
