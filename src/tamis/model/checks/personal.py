"""Personal attributes among the criteria: allowed here, but the law sets conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tamis.errors import Place
from tamis.model.document import Problems
from tamis.model.scope import fields_read
from tamis.model.spec import BandsRule, Field, Model, ValuesRule
from tamis.model.titles.folding import normalise

HINT = (
    "profiling by it falls under the GDPR (art. 6, 9, 21, 22) and may be discrimination: "
    "ask your data-protection officer, or leave it out"
)


def attributes(model: Model, problems: Problems) -> None:
    """Fields of people that say who they are, used by a rule, by `exclude` or by a verdict."""
    told: set[str] = set()
    for field, place in _used(model):
        attribute = attribute_of(field.name) if field.table != "account" else None
        if attribute and field.name not in told:
            told.add(field.name)
            message = f"`{field.name}` looks like a personal attribute ({attribute})"
            problems.warning(place, "personal-attribute", message, HINT)


def _used(model: Model) -> Iterator[tuple[Field, Place]]:
    for rule in model.rules:
        if isinstance(rule, BandsRule | ValuesRule):
            for field in model.fields_named(rule.field, "lead", "account"):
                yield field, rule.place("field")
    for condition in model.conditions:
        for field in fields_read(model, condition):
            yield field, condition.expression.place


def attribute_of(name: str) -> str | None:
    """The personal attribute that a field's name tells of, English or French; None for others.

    >>> attribute_of("date_de_naissance"), attribute_of("page"), attribute_of("customerAge")
    ('age', None, 'age')
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    words = [word for word in normalise(spaced).split() if word not in SMALL_WORDS]
    if OF_NOBODY & set(words):
        return None
    text = f" {' '.join(words)} "
    found = (a for a, phrases in ATTRIBUTES.items() if any(f" {p} " in text for p in phrases))
    return next(found, None)


SMALL_WORDS = frozenset({"de", "du", "des", "d", "la", "le", "l", "les", "of", "the"})

OF_NOBODY = frozenset(
    {
        "account",
        "company",
        "contract",
        "domain",
        "lead",
        "site",
        "compte",
        "contrat",
        "entreprise",
        "societe",
    }
)
"""Words that make an attribute one of a thing: the age of a company is nobody's."""

ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "age": (
        *("age", "ages", "birth", "birthday", "birthdate", "birth date", "dob", "born"),
        *("naissance", "date naissance", "anniversaire", "tranche age", "age range"),
    ),
    "gender": ("gender", "sex", "genre", "sexe", "civilite", "salutation", "pronoun", "pronouns"),
    "sexual orientation": ("sexual orientation", "sexuality", "orientation sexuelle", "lgbt"),
    "family status": (
        *("marital", "marital status", "married", "spouse", "children", "kids", "pregnant"),
        *(
            "pregnancy",
            "divorced",
            "household size",
            "situation familiale",
            "situation matrimoniale",
        ),
        *("etat civil", "marie", "mariee", "conjoint", "enfants", "nombre enfants", "enceinte"),
        *("grossesse", "divorce", "foyer"),
    ),
    "origin": (
        *("nationality", "citizenship", "ethnicity", "ethnic", "ethnic group", "race", "racial"),
        *("birthplace", "birth country", "native language", "mother tongue", "skin colour"),
        *("nationalite", "citoyennete", "ethnie", "origine ethnique", "lieu naissance"),
        *("langue maternelle", "couleur peau"),
    ),
    "religion or belief": (
        *(
            "religion",
            "religious",
            "faith",
            "belief",
            "beliefs",
            "religieux",
            "croyance",
            "croyances",
        ),
    ),
    "political opinion": (
        *(
            "political",
            "politics",
            "party membership",
            "political opinion",
            "vote",
            "opinion politique",
        ),
        *("politique", "parti politique"),
    ),
    "trade union": ("union member", "trade union", "syndicat", "syndique", "syndiquee"),
    "health": (
        *("health", "disability", "disabled", "handicap", "disease", "illness", "medical", "bmi"),
        *("sante", "maladie", "handicape", "handicapee", "etat sante", "medical history", "smoker"),
        "fumeur",
    ),
    "biometric or genetic data": ("genetic", "biometric", "dna", "genetique", "biometrique", "adn"),
    "criminal record": ("criminal", "criminal record", "conviction", "casier judiciaire"),
    "purchasing power": (
        *(
            "household income",
            "personal income",
            "salary",
            "wage",
            "wealth",
            "net worth",
            "credit score",
        ),
        *("purchasing power", "revenu foyer", "revenu menage", "revenus menage", "salaire"),
        *("patrimoine", "pouvoir achat"),
    ),
    "way of life": ("lifestyle", "life style", "style vie", "mode vie"),
}
"""Words of a field's name, without accents and small words, by the attribute that they tell of."""
