"""The drafted rules on who a lead is: from columns with well-known names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from tamis.reports.draft.columns import Declared, criterion
from tamis.reports.draft.written import Drafted, reference, unique, words, yaml
from tamis.reports.inventory.found import FieldFound

FULL = 100
"""What the greatest points of all rules together come to, about."""
WEIGHTS: Mapping[str, int] = {
    "title": 30,
    "size": 25,
    "industry": 25,
    "occupation": 20,
    "source": 15,
    "revenue": 10,
    "country": 10,
    "phone": 5,
}
"""How much each criterion counts beside the others."""
SHARES = (Decimal("1"), Decimal("0.6"), Decimal("0.3"))
"""Points of the first values of a list, as a share of the greatest."""
BAND_SHARES = (Decimal("0.2"), Decimal("0.6"), Decimal("1"))
FEWEST_VALUES, MOST_VALUES = 2, 30
UNKNOWN = frozenset(
    {"", "select", "unknown", "other", "na", "n a", "none", "nonexistent", "autre", "inconnu"}
)
CHANNELS: Sequence[tuple[str, Decimal]] = (
    (r"referr|recommand|parrain|partner|partenaire|reference", Decimal("1")),
    (r"organic|direct|seo|naturel|website|site|show|event|salon|webinar", Decimal("0.6")),
    (r"paid|ads|cpc|adword|newsletter|e ?mail|payant|chat|google|bing|search", Decimal("0.3")),
    (r"cold|list|purchas|bought|achet|social|display", Decimal("0")),
)
"""What names of channels usually mean, as a share of the greatest points."""


def fit_rules(declared: Declared) -> list[Drafted]:
    """The rules of the dimension `fit`; those with points add up to about 100."""
    fields = declared.of("account", "lead")
    found = {kind: field for kind in [*WEIGHTS, "email"] if (field := criterion(fields, kind))}
    usable = {kind: field for kind, field in found.items() if _can_draft(kind, field)}
    weighed = [kind for kind in usable if kind in WEIGHTS]
    if not weighed:
        return unique([*_filled(declared), *_mail(declared, usable.get("email"))])
    each = Decimal(FULL) / sum(WEIGHTS[kind] for kind in weighed)
    rules = [
        rule
        for kind in weighed
        for rule in _rules(declared, kind, usable[kind], int(WEIGHTS[kind] * each + 1))
    ]
    return unique([*rules, *_mail(declared, usable.get("email"))])


def _can_draft(kind: str, field: FieldFound) -> bool:
    match kind:
        case "title" | "email":
            return field.type == "text"
        case "phone":
            return True
        case "size" | "revenue":
            return bool(_bounds(field)) or _listed(field)
        case _:
            return _listed(field)


def _listed(field: FieldFound) -> bool:
    return field.type == "text" and len(_values(field)) >= FEWEST_VALUES


def _values(field: FieldFound) -> list[str]:
    """Its frequent values that say something, each once whatever its case."""
    kept: dict[str, str] = {}
    for one in field.frequent:
        if words(one.value) not in UNKNOWN and one.value.isprintable():
            kept.setdefault(one.value.lower(), one.value)
    return list(kept.values())


def _rules(declared: Declared, kind: str, field: FieldFound, most: int) -> Iterator[Drafted]:
    if kind == "title":
        yield from _title(declared, field, most)
    elif kind == "phone":
        yield _known(
            declared, field, most, ("left a phone number", "a laissé un numéro de téléphone")
        )
    elif kind in ("size", "revenue") and _bounds(field):
        yield _banded(declared, kind, field, most)
    else:
        yield _valued(declared, kind, field, most)


def _title(declared: Declared, field: FieldFound, most: int) -> Iterator[Drafted]:
    name = declared.qualifier(field) + reference(field.name)
    levels = (
        ("decides", "decides on such a purchase", "décide de ce type d'achat", most),
        ("influences", "influences such a purchase", "influence ce type d'achat", most * 3 // 5),
        ("uses", "would use it every day", "s'en servirait tous les jours", most // 5),
    )
    note = "buying_role(), seniority() and job_function() read titles in English and French."
    for role, english, french, points in levels:
        when = yaml(f"buying_role({name}) = '{role}'")
        best = points if role == "decides" else 0
        keys = {"when": when, "points": str(max(points, 1))}
        yield Drafted(role, (english, french), keys, best, note if role == "decides" else "")


LABELS: Mapping[str, tuple[str, str]] = {
    "size": ("company of the right size", "entreprise de la bonne taille"),
    "revenue": ("has the revenue to afford it", "a un chiffre d'affaires suffisant"),
    "industry": (
        "works in an industry that we serve",
        "travaille dans un secteur que nous servons",
    ),
    "country": ("in a country where we sell", "dans un pays où nous vendons"),
    "occupation": ("has an occupation that we serve", "exerce un métier que nous servons"),
    "source": ("came by a channel that sells", "est arrivé par un canal qui vend"),
}


def _banded(declared: Declared, kind: str, field: FieldFound, most: int) -> Drafted:
    shares = BAND_SHARES[-len(_bounds(field)) :]
    points = [max(int(most * share), 1) for share in shares]
    bands = ", ".join(f"{bound}: {p}" for bound, p in zip(_bounds(field), points, strict=True))
    note = "The bounds are the quartiles of your data: replace them by those of your customers."
    keys = {"field": yaml(declared.name(field)), "bands": f"{{{bands}}}"}
    return Drafted(kind, LABELS[kind], keys, points[-1], note)


def _bounds(field: FieldFound) -> list[int]:
    """The quartiles as round numbers, ascending, each once."""
    return sorted({round_number(quartile) for quartile in field.quartiles if quartile >= 1})


def round_number(value: float) -> int:
    """A number near the value that is easy to say: 1, 2 or 5 and zeros.

    >>> round_number(47), round_number(1.2), round_number(260_000)
    (50, 1, 200000)
    """
    unit = Decimal(10) ** (len(str(int(value))) - 1)
    return int(
        min(
            (unit * step for step in (1, 2, 5, 10)), key=lambda round_: abs(round_ - Decimal(value))
        )
    )


def _valued(declared: Declared, kind: str, field: FieldFound, most: int) -> Drafted:
    values = _values(field)[:MOST_VALUES]
    shares = _channel_shares(values) if kind == "source" else _shares(values)
    points = [int(most * share) for share in shares]
    listed = [f"          {yaml(value)}: {p}" for value, p in zip(values, points, strict=True)]
    note = (
        "Rank your channels by the share of their leads that became customers, not by volume."
        if kind == "source"
        else "The most frequent values come first: ask which of them become customers."
    )
    keys = {
        "field": yaml(declared.name(field)),
        "values": "\n" + "\n".join(listed),
        "otherwise": "0",
    }
    return Drafted(kind, LABELS[kind], keys, max(points), note)


def _shares(values: Sequence[str]) -> list[Decimal]:
    return [*SHARES, *[Decimal(0)] * len(values)][: len(values)]


def _channel_shares(values: Sequence[str]) -> list[Decimal]:
    shares = [
        next((share for pattern, share in CHANNELS if re.search(pattern, words(value))), Decimal(0))
        for value in values
    ]
    return [share / max(shares) for share in shares] if any(shares) else _shares(values)


def _known(declared: Declared, field: FieldFound, points: int, label: tuple[str, str]) -> Drafted:
    name = declared.qualifier(field) + reference(field.name)
    keys = {"when": yaml(f"{name} is not null"), "points": str(points)}
    return Drafted("reachable", label, keys, points)


def _mail(declared: Declared, field: FieldFound | None) -> Iterator[Drafted]:
    if field is None:
        return
    name = declared.qualifier(field) + reference(field.name)
    checks: Sequence[tuple[str, Callable[[str], str], tuple[str, str], int]] = (
        (
            "free_mail",
            "is_free_email({})".format,
            ("gave a personal e-mail address", "a donné une adresse e-mail personnelle"),
            -15,
        ),
        (
            "throwaway_mail",
            "is_disposable_email({})".format,
            ("gave a throw-away e-mail address", "a donné une adresse e-mail jetable"),
            -40,
        ),
    )
    for id_, condition, label, points in checks:
        yield Drafted(id_, label, {"when": yaml(condition(name)), "points": str(points)})


def _filled(declared: Declared) -> Iterator[Drafted]:
    """Where no column has a name that says what it is: points for what is known, to be replaced."""
    fields = [f for f in declared.of("account", "lead") if 0.02 <= f.fill <= 0.98][:10]
    for place, field in enumerate(fields):
        name = declared.qualifier(field) + reference(field.name)
        label = (f"{field.name} is known", f"{field.name} est renseigné")
        keys = {"when": yaml(f"{name} is not null"), "points": str(FULL // len(fields) + 1)}
        note = (
            "No column is called like a known criterion, so what is filled in counts: replace."
            if place == 0
            else ""
        )
        yield Drafted(f"known_{place + 1}", label, keys, FULL // len(fields) + 1, note)
