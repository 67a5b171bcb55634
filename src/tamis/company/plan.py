"""What is asked of the generator, and the numbers that its SQL takes from that."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta

from tamis.company import seasons, site, words
from tamis.company.script import literal, text_list

#: Raised when the same parameters give other rows, so that old folders are not reused.
GENERATION = 1
PROFILES = ("company", "plain", "full")

_TEXT_ID = "company_uuid(company_entity('lead', lead))"
_COMMON = "{lead} AS lead_id, event, moment AS timestamp, {url} AS url, {seconds} AS seconds"
_URL = "replace(CASE WHEN french THEN french_url ELSE english_url END, '{line}', line)"
_SECONDS = """CASE WHEN event = 'page_view'
    THEN round(gap / 1000 * (0.2 + 0.75 * company_draw(e, 'read')), 1)
    ELSE round(seconds * (0.4 + 1.2 * company_draw(e, 'length'))) END"""
_COMPANY = """company_uuid(e) AS event_id, channel,
    CASE WHEN kind IN ($mail, $farewell, $scanner) THEN strftime(moment, 'newsletter-%Y-%m')
         WHEN k = 0 AND kind <= $first AND company_draw(h, 'campaign') < 0.12
         THEN company_pick(h, 'which campaign', $visit_campaigns) END AS campaign,
    CASE WHEN contains(coalesce(english_url, ''), '{line}') THEN line END AS product,
    kind = $crawl AS bot, asset"""


@dataclass(frozen=True)
class Plan:
    """The parameters of a generated company: the same plan always gives the same rows.

    Attributes:
        leads: number of leads, at least 1.
        events_per_lead: mean number of events per lead; nearly met from about 10 up.
        seed: any integer.
        until: the last day; a few events with a wrong clock are dated later.
        days: length of the history in days, the last one included, at least 30.
        profile: ``company`` (all columns), ``plain`` (integer ids, few columns) or ``full``
            (ids of 36 characters and event ids, few columns).
    """

    leads: int
    events_per_lead: float
    seed: int
    until: date
    days: int
    profile: str

    def __post_init__(self) -> None:
        if self.leads < 1 or self.days < 30 or self.events_per_lead <= 0:
            msg = "a generated company needs a lead, 30 days and some events per lead"
            raise ValueError(msg)
        if self.profile not in PROFILES:
            msg = f"unknown profile {self.profile!r}: choose one of {', '.join(PROFILES)}"
            raise ValueError(msg)

    @property
    def accounts(self) -> int:
        """Number of accounts: one for four leads."""
        return max(1, self.leads // 4)

    @property
    def first_day(self) -> date:
        """The first day of the history."""
        return self.until - timedelta(days=self.days - 1)

    @property
    def pace(self) -> float:
        """How busy the company is beside one with 50 events per lead."""
        return self.events_per_lead / 50

    @property
    def campaigns(self) -> list[date]:
        """The days on which mails go out."""
        return seasons.campaign_days(self.first_day, self.days, min(self.pace, 2.0))

    def as_json(self) -> dict[str, object]:
        """The plan in plain values, for ``company.json``."""
        return {**asdict(self), "until": self.until.isoformat(), "generation": GENERATION}

    def values(self) -> dict[str, object]:
        """Every ``$name`` that the scripts know, apart from a slice's own."""
        return {**self._sizes(), **_KINDS, **_WORDS, "slots": site.SLOTS, "seed": self.seed}

    def _sizes(self) -> dict[str, object]:
        days = (self.first_day + timedelta(days=n) for n in range(self.days))
        return {
            "leads": self.leads,
            "accounts": self.accounts,
            "people": self.leads + round(self.leads / 1000),  # one stranger for 1,000 leads
            "cells": sum(map(seasons.cells, days)),
            "campaigns": len(self.campaigns),
            "pace": self.pace,
            "crawls": 0.00054 * self.events_per_lead,  # of 20 pages: 2 % of the pages seen
            "until": self.until,
            "first_day": self.first_day,
            "first_length": min(4.0, self.events_per_lead / 5),
            "positions": site.POSITIONS,
            "lead_id": "lead" if self.profile == "plain" else _TEXT_ID,
            "account_id": self._account_id(),
        }

    def _account_id(self) -> str:
        return "account" if self.profile == "plain" else "'acc-' || lpad(account::VARCHAR, 7, '0')"

    def event_columns(self) -> str:
        """The columns of the events, as the profile has them."""
        lead = "lead::BIGINT" if self.profile == "plain" else _TEXT_ID
        common = _COMMON.format(lead=lead, url=_URL, seconds=_SECONDS)
        extra = {"company": _COMPANY, "full": "company_uuid(e) AS event_id", "plain": ""}
        return ", ".join(filter(None, (common, extra[self.profile])))


def _trades(language: int) -> str:
    """A SQL map from industry to the words for its trade, French (0) or English (1)."""
    pairs = words.FIRM_TRADES.items()
    lists = (f"{literal(name)}: {text_list(trades[language].split())}" for name, trades in pairs)
    return f"MAP {{{', '.join(lists)}}}"


_KINDS: dict[str, object] = {kind.name.lower(): int(kind) for kind in site.Kind}
_FIT = ", ".join(f"{literal(name)}: {fit}" for name, fit in words.INDUSTRY_FIT.items())
_WORDS: dict[str, object] = {
    "industry_fit": f"MAP {{{_FIT}}}",
    "industries": text_list(words.INDUSTRIES),
    "sources": text_list(words.SOURCES),
    "lines": text_list(words.PRODUCT_LINES),
    "plans": text_list(words.PLANS),
    "visit_campaigns": text_list(words.VISIT_CAMPAIGNS),
    "first_fr": text_list(words.FIRST_NAMES_FR),
    "last_fr": text_list(words.LAST_NAMES_FR),
    "first_en": text_list(words.FIRST_NAMES_EN),
    "last_en": text_list(words.LAST_NAMES_EN),
    "heads": text_list(words.FIRM_HEADS),
    "tails": text_list(words.FIRM_TAILS),
    "trades_fr": _trades(0),
    "trades_en": _trades(1),
    "forms_fr": text_list(words.FIRM_FORMS_FR),
    "forms_en": text_list(words.FIRM_FORMS_EN),
    "countries_fr": text_list(words.COUNTRIES_FR),
    "countries_en": text_list(words.COUNTRIES_EN),
    "free_fr": text_list(words.FREE_MAIL_FR),
    "free_en": text_list(words.FREE_MAIL_EN),
    "disposable": text_list(words.DISPOSABLE_MAIL),
    "competitors": text_list(words.COMPETITOR_MAIL),
}
