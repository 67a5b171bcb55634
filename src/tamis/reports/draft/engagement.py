"""The drafted rules on what a lead does: one for each frequent event, some for telling pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from tamis.reports.draft.written import Drafted, identifier, literal, reference, unique, words, yaml
from tamis.reports.inventory.found import EventFound, Inventory

MOST_EVENTS = 30
LONGEST_NAME = 100
LEAST_CAPS = 110
"""What the caps of all rules with points come to at least, so that every grade can be reached."""
FRESHEST = 15


@dataclass(frozen=True)
class Meaning:
    """What a name usually means: points (null: done by us), cap, and what to call it."""

    pattern: str
    points: int | None
    cap: int
    label: tuple[str, str] | None = None
    strong: bool = False


MEANINGS: Sequence[Meaning] = (
    Meaning(r"unsubscri|opt ?out|desabonn|desinscri", -20, 20, ("unsubscribed", "s'est désabonné")),
    Meaning(r"complain|spam|reclamation|plainte", -15, 15, ("complained", "s'est plaint")),
    Meaning(
        r"bounce|undeliver|not reachable|missed|manque|no show",
        -5,
        10,
        ("could not be reached", "n'a pas pu être joint"),
    ),
    Meaning(r"\bsent\b|deliver|envoye|impression|assigned|\bsms sent", None, 0),
    Meaning(
        r"demo|essai|\btrial",
        30,
        45,
        ("asked for a demo", "a demandé une démonstration"),
        strong=True,
    ),
    Meaning(
        r"(meeting|rendez vous|rdv) (held|done|tenu|honore)",
        20,
        40,
        ("had a meeting with us", "a eu un rendez-vous avec nous"),
    ),
    Meaning(
        r"contact sales|quote|devis|call ?back|rappel|meeting|rendez|\brdv\b|appointment",
        30,
        45,
        ("asked to talk to us", "a demandé à nous parler"),
        strong=True,
    ),
    Meaning(
        r"purchase|order|achat|commande|checkout",
        20,
        40,
        ("bought or ordered", "a acheté ou commandé"),
    ),
    Meaning(
        r"basket|cart|panier", 10, 30, ("put something into the basket", "a rempli son panier")
    ),
    Meaning(
        r"pricing|price|tarif|calculator|calculateur|simulat",
        10,
        30,
        ("looked at prices", "a regardé les tarifs"),
    ),
    Meaning(
        r"trade show|salon|fair|booth|stand",
        12,
        24,
        ("met us at a fair", "nous a rencontrés sur un salon"),
    ),
    Meaning(
        r"webinar.*(attend|join)|attend|particip",
        10,
        20,
        ("attended a webinar or an event", "a participé à un webinaire ou à un événement"),
    ),
    Meaning(
        r"webinar|webinaire|event regist|inscription",
        6,
        18,
        ("registered for a webinar or an event", "s'est inscrit à un webinaire ou à un événement"),
    ),
    Meaning(
        r"download|telecharg|white ?paper|livre blanc|ebook|brochure",
        8,
        24,
        ("downloaded content", "a téléchargé un contenu"),
    ),
    Meaning(
        r"review|avis|testimonial|temoignage|referral|parrain",
        8,
        16,
        ("spoke well of us", "a dit du bien de nous"),
    ),
    Meaning(
        r"chat|call|appel|phone|reply|repon|answer",
        6,
        18,
        ("talked with us", "a échangé avec nous"),
    ),
    Meaning(
        r"click|clic",
        3,
        15,
        ("clicked in an e-mail or an advertisement", "a cliqué dans un e-mail ou une publicité"),
    ),
    Meaning(r"mail.*open|open.*mail|ouvert", 1, 5, ("opened an e-mail", "a ouvert un e-mail")),
    Meaning(
        r"sign ?up|register|regist|subscri|abonn|form|submit",
        6,
        18,
        ("filled in a form", "a rempli un formulaire"),
    ),
    Meaning(r"search|recherche", 3, 12, ("searched the site", "a cherché sur le site")),
    Meaning(r"support|ticket|incident", 0, 0),
    Meaning(
        r"login|log in|connexion|session|visit|visite|page|view|vue|screen",
        1,
        15,
        ("visited us", "nous a rendu visite"),
    ),
)
"""What names of events usually mean, in English and French; the first that is found holds."""

PAGES: Sequence[tuple[str, tuple[str, ...], int, int, tuple[str, str]]] = (
    (
        "pricing_page",
        ("pricing", "tarif", "prix", "plans"),
        6,
        24,
        ("looked at prices", "a regardé les tarifs"),
    ),
    (
        "demo_page",
        ("demo", "essai", "trial"),
        6,
        18,
        ("looked at the demo page", "a vu la page de démonstration"),
    ),
    (
        "comparison_page",
        ("compar", "alternative", "versus"),
        5,
        15,
        ("compared us with others", "nous a comparés à d'autres"),
    ),
    (
        "return_page",
        ("/roi", "rentabilite"),
        5,
        15,
        ("worked out the return", "a calculé la rentabilité"),
    ),
    (
        "customer_page",
        ("case-stud", "customers/", "temoignage", "clients/"),
        3,
        12,
        ("read customer stories", "a lu des témoignages de clients"),
    ),
    (
        "technical_page",
        ("/docs", "documentation", "integration", "/api"),
        2,
        10,
        ("read the documentation", "a lu la documentation"),
    ),
    (
        "careers_page",
        ("career", "/jobs", "carriere", "recrutement"),
        -5,
        15,
        ("looks for a job", "cherche un emploi"),
    ),
)
"""Pages that tell something: parts of their addresses, points and cap."""
PAGE_VIEW = re.compile(r"page ?view|view ?page|\bpage\b|pageview|visite|screen|view")


@dataclass(frozen=True)
class Engagement:
    """The rules of the dimension, and those of them that ask for sales."""

    rules: list[Drafted]
    strong: tuple[str, ...]
    ours: tuple[str, ...]


def engagement(inventory: Inventory) -> Engagement:
    """The rules of the dimension `engagement`; none without events."""
    kept = [e for e in inventory.events if _usable(e)][:MOST_EVENTS]
    meant = [(event, meaning_of(event, _reach(event, inventory))) for event in kept]
    given = [(event, meaning) for event, meaning in meant if meaning.points]
    acts = [event.name for event, meaning in meant if (meaning.points or 0) > 0]
    rules = [*(_counted(event, meaning) for event, meaning in given), *_pages(inventory)]
    rules = unique(_raised([*rules, *(_rhythm(acts) if acts else [])]))
    strong = {event.name for event, meaning in given if meaning.strong}
    return Engagement(
        rules,
        tuple(rule.id for rule in rules if strong & set(rule.events)),
        tuple(event.name for event, meaning in meant if not meaning.points),
    )


def _usable(event: EventFound) -> bool:
    printable = event.name.isprintable() and event.name.strip() not in ("", "*")
    return printable and len(event.name) <= LONGEST_NAME


def _reach(event: EventFound, inventory: Inventory) -> float:
    """The share of leads that did it."""
    leads = max((one.leads for one in inventory.events), default=0)
    return event.leads / leads if leads else 1.0


def meaning_of(event: EventFound, reach: float) -> Meaning:
    """What an event means: by its name, else the rarer the more."""
    name = words(event.name)
    known = next((meaning for meaning in MEANINGS if re.search(meaning.pattern, name)), None)
    if known:
        return known
    points = next(
        points for least, points in ((0.5, 1), (0.2, 3), (0.05, 6), (0.0, 8)) if reach >= least
    )
    return Meaning("", points, points * 4)


def _counted(event: EventFound, meaning: Meaning) -> Drafted:
    label = meaning.label or (f"event {event.name}", f"événement {event.name}")
    keys = {"event": yaml(event.name), "points": str(meaning.points)}
    if meaning.points == 1:
        keys["per_day"] = "3"
    keys |= {"within": "180d", "cap": str(meaning.cap)}
    best = meaning.cap if (meaning.points or 0) > 0 else 0
    seen = f"{event.volume:,} events of about {event.leads:,} leads"
    return Drafted(identifier(event.name, "event"), label, keys, best, seen, (event.name,))


def _pages(inventory: Inventory) -> Iterator[Drafted]:
    address = next((f.name for f in inventory.fields_of("event") if f.addresses), None)
    if address is None or "." in address or not address.isprintable():
        return
    views = next((e.name for e in inventory.events if PAGE_VIEW.search(words(e.name))), "*")
    for id_, parts, points, cap, label in PAGES:
        there = [
            part for part in parts if any(part in page.address.lower() for page in inventory.pages)
        ]
        if there:
            where = " or ".join(
                f"contains({reference(address)}, {literal(part)})" for part in there
            )
            keys = {
                "event": yaml(views),
                "where": yaml(where),
                "points": str(points),
                "per_day": "2",
                "within": "90d",
                "cap": str(cap),
            }
            yield Drafted(id_, label, keys, cap if points > 0 else 0)


def _rhythm(acts: Sequence[str]) -> Iterator[Drafted]:
    names = f"[{', '.join(yaml(name) for name in acts)}]"
    fresh = {"event": names, "recency": f"{{0: {FRESHEST}, 7: 8, 30: 0}}"}
    silent = {"event": names, "silent_for": "60d", "points": "-15"}
    yield Drafted(
        "freshness", ("did something lately", "s'est manifesté récemment"), fresh, FRESHEST
    )
    yield Drafted("silence", ("nothing for two months", "rien depuis deux mois"), silent)


def _raised(rules: Sequence[Drafted]) -> Iterator[Drafted]:
    """The rules with caps raised, where the caps together leave the best grade out of reach."""
    positive = sum(rule.best for rule in rules if "cap" in rule.keys)
    factor = max(1.0, (LEAST_CAPS - FRESHEST) / positive) if positive else 1.0
    for rule in rules:
        if rule.best and "cap" in rule.keys and factor > 1:
            cap = ceil(rule.best * factor)
            yield Drafted(
                rule.id, rule.label, {**rule.keys, "cap": str(cap)}, cap, rule.note, rule.events
            )
        else:
            yield rule
