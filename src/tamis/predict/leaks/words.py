"""Words of a column's name that speak of what is known late: weak evidence, never enough alone."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tamis.model.titles.folding import normalise


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LATE: Mapping[str, frozenset[str]] = {
    # As it stands on the day of the export, after whatever sales did.
    "latest": _words(
        "last latest modified updated dernier derniere derniers dernieres modifie modifiee maj"
    ),
    # The outcome itself, or what comes with it.
    "outcome": _words(
        "won lost win loss close closed closing deal signed signature converted "
        "conversion outcome invoice reason resultat motif gagne gagnee perdu perdue "
        "cloture signe signee facture raison"
    ),
    # What a person, or a tool, made of the lead.
    "judged": _words(
        "tag tags quality score rating grade profile priority qualified qualification "
        "status stage note notes comment comments remarks etiquette etiquettes qualite "
        "notation profil priorite qualifie statut etape commentaire commentaires "
        "remarque remarques"
    ),
    # How long it went on: known at its end.
    "length": _words("duration duree length longueur"),
}
EARLIER = _words(
    "previous prior past first initial former original precedent precedente ancien "
    "ancienne premier premiere initiale marital employment civil familial emploi"
)
"""Words that take the suspicion away: `previous outcome` was known before, and a marital status is
no status of a lead."""


def late_word(name: str) -> str | None:
    """The word of a name, without accents, that speaks of what is known late; None without.

    >>> late_word("Last Notable Activity"), late_word("Durée_appel"), late_word("previous_outcome")
    ('last', 'duree', None)
    """
    words = normalise(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).split()
    if EARLIER & set(words):
        return None
    known = frozenset().union(*LATE.values())
    return next((word for word in words if word in known), None)
