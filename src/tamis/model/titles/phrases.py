"""Phrases that several patterns share, as small regular expressions over folded titles.

French titles come in the feminine and in inclusive forms: "directeur·rice", "chargé·e" and
"président(e)" are folded to "directeur rice", "charge e" and "president e".
"""

from __future__ import annotations

from typing import Final

DIRECTOR: Final = "direct(eur|rice)s?( t?rice)?"
GENERAL_DIRECTOR: Final = f"({DIRECTOR}|dir) (generale?|general e|gal|gen)"
IN_CHARGE: Final = "charge( ?e)?"

FOUNDER: Final = "(co ?)?founders?, (co ?)?fondat(eur|rice)s?( t?rice)?"
# The owner of a business, unlike a product owner or a process owner.
OWNER: Final = "(business|company|sole|shop|store|restaurant|franchise|co|and|founder) owner"
# Who runs a company of theirs, in either language.
HEAD_OF_COMPANY: Final = """chairman, chairwoman, chairperson, chair, board member,
    (co ?)?gerante?, gerant e, associee?, associe e, dirigeante?, dirigeant e,
    chef(fe)? d(e l)? ?entreprise, proprietaire, proprietor, patronne?"""
# A partner of a firm, unlike a business partner, a channel partner or a partner manager.
COMPANY_FIRST: Final = "(serial )?entrepreneure?, partner (and|at|chez|et|in|avocate?)"
PARTNER_ONLY: Final = "partner, ([a-z ]* )?(and|senior|law|tax|audit|advisory|consulting) partner"

# Who has left a post, or looks for one.
GONE: Final = """former, formerly, previously, ex, ancien, ancienne, retired, retraitee?,
    looking for, seeking, open to, en recherche"""
