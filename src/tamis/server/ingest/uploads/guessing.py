"""Guessing which column of a file is which of ours, by names that exports are known to use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain

from tamis.model.titles import normalise
from tamis.reports.inventory.columns import NAMES
from tamis.server.ingest.bulk.reading import FIXED
from tamis.sources.options import TableName
from tamis.sources.source_file import PROFILES, profile

EMAILS = ("email", "e mail", "email address", "mail", "courriel", "adresse e mail")
"""An address says who somebody is, where there is no other id."""
OWN: Mapping[TableName, Mapping[str, Sequence[str]]] = {
    "leads": {
        "lead_id": (
            *("lead id", "lead", "contact id", "prospect id", "user id", "customer id"),
            *("record id", "id lead", "id contact", "id prospect", "id client", "id piste"),
            *("identifiant", "identifiant contact", "identifiant prospect", "identifiant piste"),
            *("code client", "numero client", "n client", "reference", "ref", "id"),
            *EMAILS,
        ),
        "account_id": (
            *("account id", "account", "company id", "organisation id", "organization id"),
            *("id compte", "compte", "id societe", "id entreprise", "code compte"),
            *("siren", "siret"),
        ),
        "owner": (
            *("owner", "owner login", "account owner", "lead owner", "sales rep", "assigned to"),
            *("proprietaire", "commercial", "attribue a", "responsable", "vendeur"),
        ),
        "valid_from": ("valid from", "since", "valable depuis", "depuis le", "a partir du"),
        "email": EMAILS,
        "first_name": ("first name", "firstname", "given name", "prenom"),
        "last_name": ("last name", "lastname", "surname", "family name", "nom", "nom de famille"),
        "name": ("name", "full name", "contact name", "nom complet", "nom du contact"),
        "company": ("company", "company name", "account name", "societe", "entreprise"),
        "phone": ("phone", "telephone", "phone number", "mobile", "tel", "portable"),
        "job_title": (
            *("job title", "title", "position", "role", "fonction", "poste", "titre"),
            "intitule du poste",
        ),
        "country": ("country", "pays", "country code", "code pays"),
        "city": ("city", "ville", "town"),
        "source": ("source", "lead source", "origine", "provenance", "canal"),
        "created_at": ("created at", "create date", "created", "date de creation", "cree le"),
    },
    "accounts": {
        "account_id": (
            *("account id", "account", "company id", "organisation id", "record id", "id compte"),
            *("compte", "id societe", "id entreprise", "code compte", "identifiant", "siren"),
            *("siret", "reference", "ref", "id"),
        ),
        "name": ("name", "account name", "company", "company name", "nom", "raison sociale"),
        "domain": ("domain", "website", "site", "site web", "domaine", "url"),
        "industry": ("industry", "sector", "secteur", "secteur d activite", "activite", "branche"),
        "employees": (
            *("employees", "number of employees", "headcount", "company size", "nb employees"),
            *("effectif", "effectifs", "nb employes", "nombre d employes", "salaries"),
            *("nb salaries", "nombre de salaries", "taille"),
        ),
        "revenue": (
            *("revenue", "annual revenue", "turnover", "chiffre d affaires", "ca", "ca annuel"),
            "chiffre d affaires annuel",
        ),
        "country": ("country", "pays", "billing country", "code pays"),
        "city": ("city", "ville", "billing city"),
    },
    "events": {
        **NAMES,
        "lead_id": (*NAMES["lead_id"], "identifiant", "id piste", "id lead", "id", *EMAILS),
        "timestamp": (*NAMES["timestamp"], "heure", "quand", "le", "jour"),
        "anonymous_id": ("anonymous id", "visitor", "cookie", "visiteur", "id visiteur"),
        "event_id": ("event id", "message id", "id evenement"),
        "properties": ("properties", "proprietes"),
    },
    "outcomes": {
        "lead_id": (*NAMES["lead_id"], "identifiant", "id piste", "id lead", "id", *EMAILS),
        "outcome": (
            *("outcome", "result", "stage", "deal stage", "won", "status", "resultat", "issue"),
            *("etape", "statut", "gagne"),
        ),
        "timestamp": (
            *("timestamp", "close date", "closed at", "closed on", "date", "signed on"),
            *("date de cloture", "date de signature", "cloture le", "signe le", "jour"),
        ),
        "amount": (
            *("amount", "value", "deal value", "deal amount", "revenue", "price", "montant"),
            *("valeur", "chiffre d affaires", "ca", "prix", "montant ht"),
        ),
        "outcome_id": ("outcome id", "deal id", "opportunity id", "id affaire", "id opportunite"),
    },
}
"""Names in English and French, folded like titles, the best first; known exports come beside."""


def guessed(
    what: TableName, columns: Sequence[str], declared: Iterable[str] = ()
) -> dict[str, str]:
    """Our name of each column; one that nothing is known of keeps its own.

    `declared` are fields of live models. Each of our names is given once, to the column that is
    called so best: by the very name, as a known product's export calls it, or as people do.
    """
    folded = {normalise(name).strip(): name for name in reversed(columns)}
    found: dict[str, str] = {}
    for ours, called in _names(what, declared):
        theirs = (folded[one] for one in called if one in folded)
        given = next((one for one in theirs if one not in found), None)
        if given is not None and ours not in found.values():
            found[given] = ours
    kept = {name: found.get(name, name) for name in columns}
    return {name: ours if _is_free(name, ours, found) else "" for name, ours in kept.items()}


def _is_free(name: str, ours: str, found: Mapping[str, str]) -> bool:
    """Whether a column may have its name: another one may have been given it."""
    return found.get(name) == ours or ours not in found.values()


def _names(what: TableName, declared: Iterable[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """Our names, each with what it may be called; what must be there comes first."""
    fixed, wanted = list(FIXED[what]), list(declared)
    known = {**_known(what)}
    ours = dict.fromkeys(chain(fixed, wanted, (one for one in OWN[what] if one in wanted)))
    if what == "events":
        ours["properties"] = None
    # All by their very names before any by another: `type` may be a field beside the event's name.
    for name in ours:
        yield name, [normalise(name).strip()]
    for name in ours:
        yield name, [*known.get(name, ()), *OWN[what].get(name, ())]


@cache
def _known(what: TableName) -> Mapping[str, Sequence[str]]:
    """What products' exports call our names, folded."""
    found: dict[str, list[str]] = {}
    for product in PROFILES:
        for ours, theirs in profile(product).columns.get(what, {}).items():
            called = (theirs,) if isinstance(theirs, str) else theirs
            found.setdefault(ours, []).extend(normalise(one).strip() for one in called)
    return found
