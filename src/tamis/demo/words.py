"""What the people of the demonstration write: notes and reasons, in their own language."""

# ruff: noqa: RUF001 (French has an apostrophe of its own)

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

ACCEPTED: Final[Mapping[str, Sequence[str]]] = {
    "en": (
        "", "", "", "Called back within the hour, very open.", "Knows what they want.",
        "Compares us with two others, decides before the end of the quarter.",
        "Wants a demo with the whole team.", "Asked for references in their trade.",
    ),
    "fr": (
        "", "", "", "Rappelé dans l’heure, très bon accueil.", "Projet bien avancé.",
        "Nous compare à deux autres, décision avant la fin du trimestre.",
        "Souhaite une démonstration avec toute l’équipe.",
        "Demande des références dans son métier.",
    ),
}  # fmt: skip
REJECTED: Final[Mapping[str, Mapping[str, str]]] = {
    "not_ideal_customer": {
        "en": "Far too small for what we sell.", "fr": "Structure bien trop petite pour nous.",
    },
    "no_budget": {
        "en": "Nothing planned before next year.", "fr": "Aucun budget avant l’an prochain.",
    },
    "bad_data": {"en": "The number is not in service.", "fr": "Numéro non attribué."},
    "wrong_person": {
        "en": "Only gathers information for somebody else.",
        "fr": "Se renseigne seulement pour quelqu’un d’autre.",
    },
    "timing": {
        "en": "Call again in six months.", "fr": "À rappeler dans six mois.",
    },
    "duplicate": {
        "en": "A colleague talks with them already.", "fr": "Déjà suivi par un collègue.",
    },
    "competitor": {
        "en": "Works for a competitor.", "fr": "Travaille chez un concurrent.",
    },
    "unreachable": {
        "en": "Five calls, no answer.", "fr": "Cinq appels, aucune réponse.",
    },
}  # fmt: skip
"""By reason of the model, and language."""
MEETING: Final = {
    "en": "Half an hour by video, two people on their side.",
    "fr": "Une demi-heure en visio, deux personnes de leur côté.",
}
ANSWERS: Final[Mapping[str, Mapping[str, str]]] = {
    "budget": {"en": "Agreed for this year.", "fr": "Validé pour cette année."},
    "authority": {
        "en": "Signs, together with finance.", "fr": "Signe, avec la direction financière.",
    },
    "need": {
        "en": "Sorts leads by hand today.", "fr": "Trie les pistes à la main aujourd’hui.",
    },
    "timeframe": {"en": "Wants to start next quarter.", "fr": "Démarrage au prochain trimestre."},
}  # fmt: skip
"""By question."""
RECYCLED: Final = {"en": "Not now: project put off.", "fr": "Pas maintenant : projet reporté."}
LOST: Final = {"en": "Stays with what they have.", "fr": "Garde sa solution actuelle."}
HELD: Final = {"en": "In talks, please do not disturb.", "fr": "En négociation, ne pas relancer."}
POINTS: Final = {
    "en": "Met at the fair, asked good questions.",
    "fr": "Rencontre au salon, questions précises.",
}
TAKEN_BACK: Final = {
    "en": "Only downloads for a thesis.", "fr": "Télécharge seulement pour un mémoire.",
}  # fmt: skip
PROPOSED: Final = {
    "en": "Spoke at our webinar, wants to be called.",
    "fr": "A pris la parole au webinaire, souhaite être rappelée.",
}
AWAY: Final = {"en": "Holidays", "fr": "Congés"}
