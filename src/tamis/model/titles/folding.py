"""How a job title is folded before patterns look at it: case, accents and punctuation go.

Every step has a plain SQL counterpart, so that an engine and Python agree: `LOWER`, one `REPLACE`
per pair of `LIGATURES`, `TRANSLATE` with `ACCENTS`, then one `REGEXP_REPLACE` with `SEPARATORS`.
"""

from __future__ import annotations

import re
from typing import Final

ACCENTS: Final[tuple[str, str]] = (
    "àáâãäåāăąçćčďđèéêëēėęěğìíîïīįıłñńňòóôõöøōőřśšşșťţțùúûüūůűųýÿźżž",
    "aaaaaaaaacccddeeeeeeeegiiiiiiilnnnoooooooorsssstttuuuuuuuuyyzzz",
)
"""Two texts of equal length for SQL `TRANSLATE`: a letter of the first becomes its counterpart."""

LIGATURES: Final[tuple[tuple[str, str], ...]] = (
    ("œ", "oe"),
    ("æ", "ae"),
    ("ß", "ss"),
    # Accents that stand apart from their letter, as macOS writes them.
    ("\u0300", ""),
    ("\u0301", ""),
    ("\u0302", ""),
    ("\u0303", ""),
    ("\u0307", ""),
    ("\u0308", ""),
    ("\u030a", ""),
    ("\u030c", ""),
    ("\u0327", ""),
)
"""What SQL `TRANSLATE` cannot say, in pairs (from, to) for `REPLACE`, applied to lower case."""

SEPARATORS: Final[str] = "[^a-z0-9]+"
"""A run of anything but letters and digits, as a regular expression: it becomes one space."""

_TRANSLATION: Final = str.maketrans(*ACCENTS)


def normalise(title: str) -> str:
    """A title in lower case, without accents, its words between single spaces.

    One space stands before the first word and after the last, so that a pattern finds whole words
    by their spaces; a title without letter or digit becomes one space. Normalising twice changes
    nothing.

    Example:
        >>> normalise("Directeur·rice Général(e)")
        ' directeur rice general e '
    """
    folded = title.lower()
    for found, replacement in LIGATURES:
        folded = folded.replace(found, replacement)
    return re.sub(SEPARATORS, " ", f" {folded.translate(_TRANSLATION)} ")
