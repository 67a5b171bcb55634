"""What job titles and e-mail addresses say about a lead, in English and French.

Data that engines turn into SQL (`TITLE_RULES`, `ACCENTS`, `LIGATURES`, `SEPARATORS`, `BUYING_ROLE`,
`EMAIL_PATTERN`, the domain lists), and the same meaning as plain functions.
"""

from __future__ import annotations

from tamis.model.titles.folding import ACCENTS, LIGATURES, SEPARATORS, normalise
from tamis.model.titles.labels import (
    BUYING_ROLE,
    FUNCTION_ONLY_ROLE,
    TITLE_RULES,
    buying_role,
    job_function,
    seniority,
)
from tamis.model.titles.mail import (
    EMAIL_PATTERN,
    disposable_domains,
    email_domain,
    free_domains,
    is_disposable_email,
    is_free_email,
)
from tamis.model.titles.patterns import TitlePattern

__all__ = [
    "ACCENTS",
    "BUYING_ROLE",
    "EMAIL_PATTERN",
    "FUNCTION_ONLY_ROLE",
    "LIGATURES",
    "SEPARATORS",
    "TITLE_RULES",
    "TitlePattern",
    "buying_role",
    "disposable_domains",
    "email_domain",
    "free_domains",
    "is_disposable_email",
    "is_free_email",
    "job_function",
    "normalise",
    "seniority",
]
