"""How the draft is written down: names and texts as YAML and as expressions, rules as lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from tamis.model import titles
from tamis.model.expression.parse import KEYWORDS

PLAIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ_][\wÀ-ÖØ-öø-ÿ '/.-]*(?<! )")
NOT_TEXT = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


@dataclass(frozen=True)
class Drafted:
    """A rule of the draft: its keys with values already written as YAML.

    `best` is what it adds at most to the greatest points of its dimension; `events` are the names
    that it was drafted from.
    """

    id: str
    label: tuple[str, str]
    keys: Mapping[str, str]
    best: int = 0
    note: str = ""
    events: tuple[str, ...] = ()

    def named(self, id_: str) -> Drafted:
        """The rule under another id."""
        return replace(self, id=id_)

    def lines(self) -> Iterator[str]:
        """The rule as lines of a list, six spaces in."""
        if self.note:
            yield from (f"      # {line}" for line in self.note.splitlines())
        english, french = self.label
        yield f"      - id: {yaml(self.id)}"
        yield f"        label: {{en: {yaml(english)}, fr: {yaml(french)}}}"
        yield from (
            f"        {key}: {value}".replace(": \n", ":\n") for key, value in self.keys.items()
        )


def yaml(text: str) -> str:
    """A text as a YAML scalar, in quotes where it could be read as something else.

    >>> print(yaml("page_view"), yaml("12"), yaml("no"))
    page_view "12" "no"
    """
    if PLAIN.fullmatch(text) and text.lower() not in NOT_TEXT:
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())


def reference(name: str) -> str:
    """A field's name as an expression writes it.

    >>> print(reference("country"), reference("Nb employés"))
    country "Nb employés"
    """
    plain = re.fullmatch(r"[A-Za-z_]\w*", name) and name.lower() not in {*KEYWORDS, "date"}
    return name if plain else '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an expression writes it.

    >>> print(literal("l'entreprise"))
    'l''entreprise'
    """
    return "'" + text.replace("'", "''") + "'"


def one_line(text: str) -> str:
    """A text as it may stand in a comment."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def words(name: str) -> str:
    """A name in lower case, without accents and signs, its words apart.

    >>> words("Nb employés"), words("pageView")
    ('nb employes', 'page view')
    """
    return titles.normalise(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).strip()


def unique(rules: Iterable[Drafted]) -> list[Drafted]:
    """The rules, each under an id of its own."""
    taken: set[str] = set()
    kept = []
    for rule in rules:
        id_, number = rule.id, 2
        while id_ in taken:
            id_, number = f"{rule.id}_{number}", number + 1
        taken.add(id_)
        kept.append(rule.named(id_))
    return kept


def identifier(name: str, otherwise: str) -> str:
    """A name as an id: letters, digits and underscores, a letter first.

    >>> identifier("Demo request!", "event"), identifier("1", "event")
    ('demo_request', 'event_1')
    """
    id_ = words(name).replace(" ", "_")[:40].strip("_")
    return id_ if id_[:1].isalpha() else f"{otherwise}_{id_}".rstrip("_")
