"""Names of columns that tell who a person is, beyond those that a model file is warned about."""

from __future__ import annotations

from collections.abc import Mapping

MORE: Mapping[str, tuple[str, ...]] = {
    "age": ("birth year", "year birth", "retired", "retraite", "retraitee"),
    "gender": ("mr mrs", "mr ms", "m mme", "mme m", "homme femme", "male", "female"),
    "family status": ("children count", "number children", "celibataire", "parent isole"),
    "origin": (
        *("country birth", "pays naissance", "origin country", "pays origine", "immigrant"),
        *("first language", "mother language", "langue natale", "caste", "tribe"),
    ),
    "trade union": ("union membership", "trade union membership", "appartenance syndicale"),
    "health": ("pregnancy status", "handicaped", "invalidite", "rqth", "arret maladie"),
    "first name": (
        *("first name", "firstname", "given name", "forename", "christian name"),
        *("prenom", "prenoms", "nom bapteme"),
    ),
    "last name": ("last name", "lastname", "surname", "family name", "nom famille", "full name"),
    "place of living": (
        *("postcode", "postal code", "zip", "zip code", "zipcode", "code postal", "cp"),
        *("neighbourhood", "neighborhood", "home address", "quartier", "adresse postale"),
        *("code insee", "iris", "arrondissement"),
    ),
}
"""Words without accents and small words. A first name tells gender, age and origin; a postcode
tells origin and purchasing power, and where a person lives is protected by French law."""

WHOLE: Mapping[str, tuple[str, ...]] = {
    "gender": ("anrede", "mme", "m f"),
    "last name": ("name", "nom"),
    "place of living": ("address", "adresse", "street", "rue"),
}
"""Names that tell it only when they are the whole name: `product name` does not."""
