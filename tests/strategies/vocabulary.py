"""The few fields, names and values that random models and facts share, so that they meet."""

from __future__ import annotations

from decimal import Decimal

FIELDS: dict[str, dict[str, str]] = {
    "lead": {
        "email": "text",
        "job_title": "text",
        "country": "text",
        "visits": "integer",
        "budget": "number",
        "opted_in": "boolean",
        "signed_on": "date",
        "created_at": "timestamp",
    },
    "account": {
        "industry": "text",
        "country": "text",
        "employees": "integer",
        "revenue": "number",
    },
    "event": {"url": "text", "seconds": "number", "clicks": "integer", "paid": "boolean"},
}
ZONES = (
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
)
EVENTS = ("page_view", "email_open", "email_sent", "demo")
LEAD_IDS = ("a", "B", "é", "10", "9", "😀", "ﬁ", "a ")
ACCOUNT_IDS = ("acme", "ACME", "zeta", "ghost")
TEXTS: dict[str, tuple[str, ...]] = {
    "email": ("ann@acme.com", "bob@gmail.com", "x@mailinator.com", "not an address", ""),
    "job_title": ("CEO", "Directrice marketing", "VP Sales", "Comptable", "assistant to the CEO"),
    "country": ("FR", "fr", "NO", "É", "é"),
    "industry": ("Software", "software", "Santé", " finance ", "100%"),
    "url": ("/pricing", "/PRICING/eu", "/blog?x=1_2", "", "/é"),
}
PIECES = ("a", "É", "pri", "o", "", "%", "_", "/pricing")
PATTERNS = ("^/pri", "o|é", "[a-f]+o", "^$", "\\d", "(ce|re)+o?$", "\\.com$", "[^a-z]")
LIKES = ("%pri%", "_r%", "é", "%", "/%_", "F_", "%\\%", "100%")
INTEGERS = (-3, 0, 1, 2, 9, 10, 11, 250, 10**12)
NUMBERS = tuple(map(Decimal, ("-2.5", "-0.000001", "0", "0.1", "0.5", "3", "99.999999")))
