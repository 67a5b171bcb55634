"""The people of the demonstration: whom everybody may log in as, all with one password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PASSWORD: Final = "tamis-demo-1"  # noqa: S105 (said on the sign-in page)
"""The password of everybody; a store of a real company has no such people."""


@dataclass(frozen=True)
class Person:
    """Somebody of the generated company.

    `role` is sales, marketing or admin, `language` fr or en; `manager` is the login of who answers
    for their work, None: nobody does.
    """

    login: str
    name: str
    role: str
    language: str
    manager: str | None = None

    @property
    def password(self) -> str:
        """The password, the same for everybody."""
        return PASSWORD

    @property
    def leads_others(self) -> bool:
        """Whether they answer for other people's work."""
        return any(one.manager == self.login for one in PEOPLE)


PEOPLE: Final = (
    Person("camille", "Camille", "sales", "fr", "dominique"),
    Person("sam", "Sam", "sales", "en", "dominique"),
    Person("nadia", "Nadia", "sales", "fr", "dominique"),
    Person("dominique", "Dominique", "sales", "fr"),
    Person("lea", "Léa", "marketing", "fr"),
    Person("max", "Max", "marketing", "en"),
    Person("admin", "Alex", "admin", "en"),
)
"""Sellers, their manager, marketing, and who administers."""
