"""What numbers and words of the pages mean: the answer to "why?", in one or two sentences.

Each part of the application has a module with its terms, as `TERMS`: a short name, the English term
and its meaning. Templates ask by the short name.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass

from tamis.language import Language, translator
from tamis.web.definitions import leads, learned, model, numbers, set_up, work

PARTS = (leads.TERMS, learned.TERMS, model.TERMS, numbers.TERMS, set_up.TERMS, work.TERMS)
"""The terms of each part; no two parts have a short name in common."""
TERMS: Mapping[str, tuple[str, str]] = ChainMap(*PARTS)


@dataclass(frozen=True)
class Definition:
    """A term of the field and what it means here, in the reader's language."""

    term: str
    meaning: str


def definition(name: str, language: Language) -> Definition:
    """The definition of a short name. Raises: KeyError."""
    say = translator(language)
    term, meaning = TERMS[name]
    return Definition(say(term), say(meaning))
