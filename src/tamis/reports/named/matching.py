"""Matching what people write down for a company to an account: its id, a domain, its name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, cast

from sqlglot import exp

from tamis.facts.inputs import ACCOUNT_ROWS
from tamis.model import titles
from tamis.model.expression import titles_sql
from tamis.model.spec import Field
from tamis.run import Result
from tamis.sql.write import column, query, table, text, tree

Match = Literal["id", "domain", "name"]

EMAILS = ("email", "e mail", "mail", "email address", "courriel", "adresse e mail")
DOMAINS = ("domain", "website", "web site", "site", "site web", "site internet", "domaine", "url")
NAMES = (
    *("name", "account name", "company name", "company", "account"),
    *("nom", "nom du compte", "raison sociale", "entreprise", "societe", "compte"),
)
DOTTED = "|s a r l|s a s u|s a s|s a|s p a|s r l|s l|b v|n v|l l c|p l c"
LEGAL = (
    "ab ag aps as asbl bv co company corp corporation eirl eurl gmbh inc incorporated kg limited "
    "llc llp lp ltd nv oy oyj plc pty sa sarl sarlu sas sasu sca scop se sl snc spa sprl srl"
).replace(" ", "|") + DOTTED
COMPANY = rf"^ (?:(?:{LEGAL}) )*(.*?)(?: (?:{LEGAL}))* $"
"""What stays of a folded name (group 1) without legal forms before and behind."""
HOST = r"^(?:[a-z]+://)?(?:www[.])?([a-z0-9-]+(?:[.][a-z0-9-]+)+)(?:[/:?#].*)?$"
"""The domain (group 1) of an address of a site, in lower case."""


Found = tuple[tuple[str, ...], Match | None]


@dataclass(frozen=True)
class Matcher:
    """Finds accounts by what people write down for them."""

    result: Result

    def matches(self, names: Sequence[str]) -> Mapping[str, Found]:
        """The accounts of each name, the one with the most leads first, and how they were found."""
        found: dict[str, Found] = {}
        ways: tuple[tuple[Match, Mapping[str, str]], ...] = (
            ("id", {name: name for name in names}),
            ("domain", {name: domain for name in names if (domain := domain_of(name))}),
            ("name", {name: company for name in names if (company := company_of(name))}),
        )
        for way, keys in ways:
            wanted = {key for name, key in keys.items() if name not in found}
            by_key = self._accounts(way, sorted(wanted)) if wanted else {}
            for name, key in keys.items():
                if name not in found and key in by_key:
                    found[name] = (tuple(by_key[key]), way)
        return {name: found.get(name, ((), None)) for name in names}

    def _accounts(self, way: Match, keys: Sequence[str]) -> Mapping[str, list[str]]:
        """The accounts by key, those with most leads first; of one way only."""
        by_key: dict[str, dict[str, None]] = {}
        for source in self._sources(way):
            wanted = query(
                """
                SELECT s.key, s.account_id FROM :source AS s
                WHERE s.key IN (:keys) AND NOT s.account_id IS NULL
                """,
                source=source.subquery(),
                keys=[text(key) for key in keys],
            )
            for key, account in self.result.session.rows(wanted):
                by_key.setdefault(str(key), {})[str(account)] = None
        size = self._sizes([account for accounts in by_key.values() for account in accounts])
        return {k: sorted(found, key=lambda a: (-size.get(a, 0), a)) for k, found in by_key.items()}

    def _sizes(self, accounts: Sequence[str]) -> Mapping[str, int]:
        """The number of leads of each account."""
        if not accounts:
            return {}
        select = query(
            """
            SELECT k.account_id, count(*) FROM :known AS k
            WHERE k.account_id IN (:ids) GROUP BY 1
            """,
            known=self._known,
            ids=[text(account) for account in dict.fromkeys(accounts)],
        )
        return {str(a): cast(int, n) for a, n in self.result.session.rows(select)}

    def _sources(self, way: Match) -> Iterator[exp.Query]:
        """Queries of (key, account): over the accounts, then over the leads."""
        for value in self._values(way):
            yield query(
                "SELECT :key AS key, CAST(a.account_id AS VARCHAR) AS account_id FROM :rows AS a",
                key=_key(way, value),
                rows=table(ACCOUNT_ROWS),
            )
        email = field_called(self.result.model.fields_of("lead"), EMAILS)
        if way == "id":
            yield query(
                "SELECT DISTINCT k.account_id AS key, k.account_id FROM :known AS k",
                known=self._known,
            )
        elif way == "domain" and email:
            yield query(
                "SELECT DISTINCT :key AS key, k.account_id FROM :known AS k",
                key=titles_sql.domain(column(email.column, "k")),
                known=self._known,
            )

    @property
    def _known(self) -> exp.Expr:
        return self.result.relation("known_leads").query.copy().subquery()

    @cached_property
    def _columns(self) -> Mapping[str, str]:
        """The columns of the accounts by what they are called; none without accounts."""
        if not self.result.shape.accounts:
            return {}
        columns = self.result.session.names(exp.select("*").from_(ACCOUNT_ROWS))
        return {titles.normalise(c.removeprefix("account__")).strip(): c for c in columns}

    def _values(self, way: Match) -> Iterator[exp.Expr]:
        called = {"id": ("account id",), "domain": DOMAINS, "name": NAMES}[way]
        for name in called:
            if name in self._columns:
                quoted = exp.to_identifier(self._columns[name], quoted=True)
                yield exp.cast(exp.column(quoted, table="a"), exp.DType.VARCHAR)


def _key(way: Match, value: exp.Expr) -> exp.Expr:
    match way:
        case "id":
            return value
        case "domain":
            return tree("nullif(regexp_extract(lower(trim(:v)), :p, 1), '')", v=value, p=text(HOST))
        case "name":
            folded = titles_sql.normalised(value)
            return tree("nullif(regexp_extract(:v, :p, 1), '')", v=folded, p=text(COMPANY))


def domain_of(name: str) -> str | None:
    """The domain that a text is, or None.

    >>> domain_of("https://www.Acme.example/fr"), domain_of("Acme SA")
    ('acme.example', None)
    """
    found = re.match(HOST, name.strip().lower())
    return found[1] if found else None


def company_of(name: str) -> str | None:
    """A company's name without case, accents, signs and legal form; None for a blank.

    >>> company_of("Établissements Dellys, S.A.R.L."), company_of("SAS Dellys")
    ('etablissements dellys', 'dellys')
    """
    found = re.match(COMPANY, titles.normalise(name))
    return (found[1] or None) if found else None


def field_called(fields: Sequence[Field], names: Sequence[str]) -> Field | None:
    """The text field that is called one of the names, the first name first."""
    by_name = {titles.normalise(f.name).strip(): f for f in fields if f.type == "text"}
    return next((by_name[name] for name in names if name in by_name), None)
