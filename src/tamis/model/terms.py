"""What parts of a model are made of: texts for people and conditions, each with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tamis.errors import Place

NOWHERE = Place("model")


@dataclass(frozen=True, slots=True)
class Label:
    """A text for people, in one or two languages; without any, the fallback is used.

    >>> Label({"en": "Fit", "fr": "Adéquation"}).text("fr", "fit")
    'Adéquation'
    """

    texts: Mapping[str, str] = field(default_factory=dict)

    def text(self, language: str, fallback: str) -> str:
        """The text in `language`, else the one for all languages, else any, else `fallback`."""
        found = self.texts.get(language) or self.texts.get("")
        return found or next(iter(self.texts.values()), fallback)


UNLABELLED = Label()


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition as the user wrote it, and where."""

    text: str
    place: Place = field(default=NOWHERE, compare=False)
