"""Who a lead is: what was declared, by whom and when, and what they agreed to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from tamis.language import translator
from tamis.reports.details import value_in_words
from tamis.reports.phrases import capital, spaced
from tamis.server.read import answers
from tamis.server.read.lead_page import consents_of, identities_of
from tamis.server.security.people import all_users
from tamis.server.store.tables.people import lead_values
from tamis.web.names import IN_NAME
from tamis.web.pages.lead.shown import Shown


def _(text: str) -> str:
    """Let the catalogue gather a text that is translated when it is shown."""
    return text


NAMES: Mapping[str, str] = {
    "job_title": _("Title"),
    "title": _("Title"),
    "company": _("Company"),
    "company_name": _("Company"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "country": _("Country"),
    "language": _("Language"),
    "source": _("Source"),
    "channel": _("Channel"),
    "campaign": _("Campaign"),
    "newsletter": _("Newsletter"),
    "created_at": _("Known since"),
    "preferred_channel": _("Preferred channel"),
    "preferred_format": _("Preferred format"),
    "industry": _("Industry"),
    "employees": _("Employees"),
    "revenue": _("Revenue"),
    "domain": _("Domain"),
    "customer_since": _("Customer since"),
}
"""Fields by the names that most sources give them, in the order in which they are shown."""
SOURCES: Mapping[str, str] = {
    "identify": _("said on the site"),
    "group": _("said on the site"),
    "api": _("sent by another system"),
    "import": _("imported"),
    "correction": _("corrected by sales"),
}
PURPOSES: Mapping[str, str] = {"profiling": _("being scored")}
V = lead_values.c


@dataclass(frozen=True)
class Fact:
    """What was declared: `kind` is email, phone or empty; `source` says who did, `at` since when.

    `at` is in microseconds; null: not known.
    """

    name: str
    value: str
    kind: str = ""
    source: str = ""
    at: int | None = None


@dataclass(frozen=True)
class Person:
    """Who a lead is.

    `owner` is the seller's name, empty for none. `opted_out`: they asked not to be profiled.
    `first_at` and `last_at` are in microseconds; `account_id` is null without an account.
    """

    name: str
    title: str
    company: str
    facts: Sequence[Fact]
    identities: Sequence[answers.Identity]
    consents: Sequence[tuple[str, answers.Consent]]
    owner: str
    opted_out: bool
    first_at: int
    last_at: int
    account_id: str | None


def person(shown: Shown) -> Person:
    """Who the lead is."""
    fields, row, called = shown.fields, shown.row, shown.name
    say = translator(shown.visit.language)
    return Person(
        name=called.name,
        title=called.title,
        company=called.company,
        facts=facts(fields, shown.visit.language, _said(shown)),
        identities=identities_of(shown.connection, shown.lead),
        consents=[
            (say(PURPOSES.get(one.purpose, spaced(one.purpose))), one)
            for one in consents_of(shown.connection, shown.lead)
        ],
        owner=names(shown).get(row["owner"], row["owner"]) if row["owner"] else "",
        opted_out=row["opted_out"],
        first_at=row["first_at"],
        last_at=row["last_at"],
        account_id=row["account_id"],
    )


def names(shown: Shown) -> Mapping[str, str]:
    """What the people who use the server are called, by login."""
    return {one.login: one.name for one in all_users(shown.connection)}


def facts(
    fields: Mapping[str, Any], language: str, said: Mapping[str, tuple[int, str]]
) -> list[Fact]:
    """Declared fields in words, those that everybody knows first; what nobody said is left out."""
    say = translator(language)
    order = {name: place for place, name in enumerate(NAMES)}
    known = [
        name for name, value in fields.items() if value not in (None, "") and name not in IN_NAME
    ]
    found = []
    for name in sorted(known, key=lambda one: (order.get(one, len(order)), one)):
        at, source = said.get(name, (None, ""))
        found.append(
            Fact(
                name=say(NAMES[name]) if name in NAMES else capital(spaced(name)),
                value=in_words(fields[name], language),
                kind=name if name in ("email", "phone") else "",
                source=say(SOURCES[source]) if source in SOURCES else source,
                at=at,
            )
        )
    return found


def in_words(value: Any, language: str) -> str:  # noqa: ANN401 (any JSON)
    """A value as people write it; a day where it is one.

    >>> in_words("2026-07-05T08:32:53Z", "en"), in_words(True, "en")
    ('5 July 2026', 'yes')
    """
    if isinstance(value, str) and value[4:5] == "-" and value[10:11] in ("", "T"):
        try:
            return value_in_words(date.fromisoformat(value[:10]), language)
        except ValueError:
            pass
    if isinstance(value, str):
        # An address is no use shortened.
        return " ".join(value.split())
    return value_in_words(value, language)


def _said(shown: Shown) -> dict[str, tuple[int, str]]:
    """Since when a field has its value, and what said it."""
    query = select(V.field, V.at, V.source).where(V.lead == shown.lead).order_by(V.field, V.at)
    return {field: (at, source) for field, at, source in shown.connection.execute(query)}
