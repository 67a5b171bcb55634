"""A suspected column, and what is to be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Why = Literal["filled", "lacking", "later", "value", "certain", "name", "together"]


@dataclass(frozen=True)
class Suspect:
    """A column that looks filled in, or given its value, after the outcome.

    `why` is the first of the rules that it breaks: `filled` (known for `won_filled` of the won
    examples against `rest_filled` of the rest, shares 0 to 1), `lacking` (of the `lacking`
    examples without it none was won, though at the rate of all `expected` would have been),
    `later` (of the won leads with a dated value, only a share `before` had it before the outcome),
    `value` (its value alone tells the outcome: `auc`), `certain` (a share `decided` of the
    examples has values that were nearly all won, or nearly none; the commonest are `words`),
    `name` (its name holds a `word` of what comes late, and its value tells: `auc`), `together`
    (of its examples, a share `within` are among those that have the suspected column `beside`,
    which of the others only a share `outside` has).
    """

    column: str
    why: Why
    won_filled: float | None = None
    rest_filled: float | None = None
    lacking: int | None = None
    expected: float | None = None
    before: float | None = None
    auc: float | None = None
    decided: float | None = None
    words: tuple[str, ...] = ()
    word: str | None = None
    beside: str | None = None
    within: float | None = None
    outside: float | None = None

    def said(self) -> str:
        """Why, in plain English: one sentence without the column's name."""
        match self.why:
            case "filled":
                return (
                    f"known for {self.won_filled or 0:.0%} of won leads and "
                    f"{self.rest_filled or 0:.0%} of the rest"
                )
            case "lacking":
                return (
                    f"none of the {self.lacking or 0:,} leads without it was won, where "
                    f"{self.expected or 0:.0f} would have been at the rate of all"
                )
            case "later":
                return f"only {self.before or 0:.0%} of won leads had a value before they were won"
            case "value":
                return f"its value alone tells won leads from the rest (AUC {self.auc or 0:.2f})"
            case "certain":
                shown = ", ".join(f"`{word}`" for word in self.words)
                return (
                    f"{self.decided or 0:.0%} of leads have values that were nearly all won or "
                    f"nearly none, such as {shown}"
                )
            case "name":
                return (
                    f"`{self.word}` in its name speaks of what is known late, and its value "
                    f"tells won leads from the rest (AUC {self.auc or 0:.2f})"
                )
            case "together":
                return (
                    f"filled in with `{self.beside}`: {self.within or 0:.1%} of the leads that "
                    f"have it have that too, and {self.outside or 0:.0%} of the others"
                )
