"""Named accounts: a list of wanted companies, each with what is known of it and of its people."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import cast

from tamis.errors import Place, UserError
from tamis.model import titles
from tamis.model.spec import Model
from tamis.reports.named.found import NamedAccount
from tamis.reports.named.matching import DOMAINS, NAMES, Found, Matcher
from tamis.reports.named.people import Row, engaged_by, fit_of, people_of, title_field
from tamis.reports.named.shown import shown
from tamis.run import Result

__all__ = ["NamedAccount", "named_accounts", "read_names", "shown"]

ROLES = ("decides", "influences", "uses")
HEADERS = frozenset(
    {*DOMAINS, *NAMES, "account id", "id", "siren", "siret", "id compte", "organisation"}
)


def read_names(path: Path) -> tuple[str, ...]:
    """The names in a file, one a line, each once; of a `.csv` or `.tsv` the first column.

    A first line that names the column, empty lines and lines that begin with `#` are passed over.

    Raises: UserError when the file cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"cannot read the file: {error.strerror}"
        raise UserError(message, Place(str(path))) from error
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        lines = data.decode("cp1252", errors="replace").splitlines()
    if path.suffix.lower() in (".csv", ".tsv") and lines:
        delimiter = max("\t;,", key=lines[0].count)
        lines = [row[0] if row else "" for row in csv.reader(lines, delimiter=delimiter)]
    names = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if names and titles.normalise(names[0]).strip() in HEADERS:
        names = names[1:]
    return tuple(dict.fromkeys(names))


def named_accounts(result: Result, names: Sequence[str]) -> tuple[NamedAccount, ...]:
    """What is known of each name of a list, in its order; those without account are there too.

    A name is matched to an account by its id, exactly; else by a domain, of a field of the
    accounts or of their leads' e-mail addresses; else by its name without case, accents and legal
    form. Fields are known by how they are called (`domain`, `website`, `name`, `raison sociale`
    ...). Of several accounts the one with the most leads is taken.
    """
    matches = Matcher(result).matches(names)
    people = people_of(result, [match[0][0] for match in matches.values() if match[0]])
    scores = _account_scores(result)
    return tuple(_named(result.model, name, matches[name], people, scores) for name in names)


def _account_scores(result: Result) -> Mapping[str, Row]:
    if result.model.accounts is None:
        return {}
    return {str(row["account_id"]): row for row in result.accounts.rows()}


def _named(
    model: Model,
    name: str,
    found: Found,
    people: Mapping[str, list[Row]],
    scores: Mapping[str, Row],
) -> NamedAccount:
    accounts, way = found
    if not accounts:
        return NamedAccount(name)
    account, leads = accounts[0], people.get(accounts[0], [])
    rolled, fit, engaged = scores.get(account, {}), fit_of(model), engaged_by(model)
    best = _best(leads, rolled.get("best_lead_id"))
    known = {titles.buying_role(cast("str | None", lead["job_title"])) for lead in leads}
    tells = bool(engaged.grades or engaged.stages)
    return NamedAccount(
        name,
        account_id=account,
        matched_by=way,
        others=accounts[1:],
        score=cast("Decimal | None", rolled.get("score", best.get("score"))),
        grade=cast("str | None", best.get(f"{fit.name}_grade")) if fit else None,
        cell=cast("str | None", best.get("cell")),
        leads=len(leads),
        engaged=sum(engaged.holds(lead) for lead in leads) if tells else None,
        best_lead_id=cast("str | None", best.get("lead_id")),
        roles=tuple(role for role in ROLES if role in known),
        missing=tuple(role for role in ROLES if role not in known) if title_field(model) else (),
    )


def _best(leads: Sequence[Row], chosen: object) -> Row:
    """The lead that the rollup chose, else the one with the highest score; ties go by rank."""
    known = next((lead for lead in leads if lead["lead_id"] == chosen), None)
    highest = max(leads, key=lambda lead: cast(Decimal, lead.get("score") or 0), default={})
    return known or highest
