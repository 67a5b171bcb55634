"""Names that a model file can hold, made from the names of columns: ids, labels, quoted names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from decimal import Decimal

from tamis.language import LANGUAGES, number, translator
from tamis.model.expression.parse import KEYWORDS
from tamis.model.terms import Label

PREFIX = "learned_"
LONGEST_ID = 48
PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
Say = Callable[[str], str]


class Ids:
    """Gives each rule an id of its own, made of words; `taken` are those of other rules."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        """No id that is `taken` is given."""
        self._taken = set(taken)

    def of(self, *words: str) -> str:
        """An id that nothing else has.

        >>> ids = Ids()
        >>> ids.of("Rôle  (1)", "missing"), ids.of("role 1", "missing"), ids.of("役割")
        ('learned_role_1_missing', 'learned_role_1_missing_2', 'learned_column')
        """
        plain = "_".join(identifier(word) for word in words)
        first = (PREFIX + plain)[:LONGEST_ID].rstrip("_")
        found, place = first, 1
        while found in self._taken:
            place += 1
            found = f"{first}_{place}"
        self._taken.add(found)
        return found


def identifier(word: str) -> str:
    """A word as an id has it: ASCII letters without accents, digits, underscores."""
    letters = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", letters.lower()).strip("_") or "column"


def in_expression(name: str, table: str = "") -> str:
    """A field's name as an expression writes it, with its table before it where one is given.

    >>> in_expression("country"), in_expression("the size", "account"), in_expression("case")
    ('country', 'account."the size"', '"case"')
    """
    plain = PLAIN.fullmatch(name) and name.lower() not in KEYWORDS
    written = name if plain else '"' + name.replace('"', '""') + '"'
    return f"{table}.{written}" if table else written


def literal(text: str) -> str:
    """A text as an expression writes it.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def words(column: str) -> str:
    """The words of a column's name, for people.

    >>> words("job_title")
    'job title'
    """
    return " ".join(column.replace("_", " ").split()) or column


def label(said: Callable[[Say, str], str]) -> Label:
    """A label in every language; `said` gives it from a translator and the language."""
    texts: dict[str, str] = {
        language: said(translator(language), language) for language in LANGUAGES
    }
    if len(set(texts.values())) == 1:
        return Label({"": texts["en"]})
    return Label(texts)


def of_column(column: str) -> Label:
    """What a rule on a whole column is called."""
    return Label({"": words(column)})


def of_missing(column: str) -> Label:
    """What a rule on what is not known is called."""
    return label(lambda _, __: _("{what}: not known").format(what=words(column)))


def of_below(column: str, bound: Decimal) -> Label:
    """What a rule on values under all bounds is called."""

    def said(_: Say, language: str) -> str:
        shown = number(bound, language, decimals=6)
        return _("{what} below {bound}").format(what=words(column), bound=shown)

    return label(said)


def of_pair(first: str, second: str) -> Label:
    """What a rule on two columns together is called."""
    return label(
        lambda _, __: _("{first} and {second} together").format(
            first=words(first), second=words(second)
        )
    )


def of_base() -> Label:
    """What the points that every lead begins with are called."""
    return label(lambda _, __: _("where every lead begins"))


def of_dimension() -> Label:
    """What the dimension is called."""
    return label(lambda _, __: _("Learned"))
