"""What people do with the generated company: its pages, mails, calls and fairs, and how often.

Each step is an event with its address in both languages. The weights say how often the step is
met in each kind of activity; only the proportions within a kind count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import accumulate, pairwise


class Kind(IntEnum):
    """What an activity is: a visit by how near the buyer is, a mail, a call, a crawl."""

    COLD = 0
    WARM = 1
    HOT = 2
    FIRST = 3
    CUSTOMER = 4
    MAIL = 5
    FAREWELL = 6
    SCANNER = 7
    CRAWL = 8
    TOUCH = 9
    MEETING = 10


#: Positions told apart inside an activity: the first event, the second, and all later ones.
POSITIONS = 3
#: Places in the table of steps for one kind and position: weights are rounded to these.
SLOTS = 1000


@dataclass(frozen=True)
class Step:
    """One thing that a person can do: the event it leaves, and its weight by (kind, position).

    ``seconds`` is the mean length, or null when it follows from the visit (pages) or has none.
    A ``{line}`` in an address stands for the product line that the lead looks at.
    """

    event: str
    english: str | None = None
    french: str | None = None
    channel: str = "web"
    asset: str | None = None
    seconds: int | None = None
    weights: dict[tuple[Kind, int], float] = field(default_factory=dict)


def _visit(
    event: str,
    english: str | None,
    french: str | None,
    weights: tuple[float, float, float, float],
    *,
    asset: str | None = None,
) -> Step:
    """A step of a visit after its opening; weights for cold, warm, hot and first visits."""
    kinds = (Kind.COLD, Kind.WARM, Kind.HOT, Kind.FIRST)
    spread = {(kind, p): w for kind, w in zip(kinds, weights, strict=True) for p in (1, 2)}
    crawled = {(Kind.CRAWL, p): weights[0] for p in range(POSITIONS) if event == "page_view"}
    return Step(event, english, french, asset=asset, weights=spread | crawled)


def _at(
    event: str,
    channel: str,
    weights: dict[tuple[Kind, int], float],
    *,
    seconds: int | None = None,
    url: str | None = None,
) -> Step:
    """A step outside visits, or one that opens them, at the given positions."""
    return Step(event, url, url, channel=channel, seconds=seconds, weights=weights)


def _customer(event: str, weight: float, *, url: str | None = None, channel: str = "web") -> Step:
    """Something that customers do once they are signed in."""
    return _at(event, channel, {(Kind.CUSTOMER, p): weight for p in (1, 2)}, url=url)


_PAGES = (
    ("/", "/fr/", (90, 50, 25, 90)),
    ("/product/{line}", "/fr/produit/{line}", (60, 90, 80, 60)),
    ("/product/{line}/features", "/fr/produit/{line}/fonctions", (20, 60, 60, 20)),
    ("/pricing", "/fr/tarifs", (14, 60, 110, 20)),
    ("/compare/rival", "/fr/comparer/rival", (4, 24, 42, 4)),
    ("/compare/spreadsheets", "/fr/comparer/tableur", (4, 16, 22, 4)),
    ("/roi", "/fr/rentabilite", (3, 18, 44, 4)),
    ("/security", "/fr/securite", (3, 12, 40, 3)),
    ("/docs/getting-started", "/fr/docs/premiers-pas", (16, 30, 40, 12)),
    ("/docs/api", "/fr/docs/api", (12, 20, 34, 6)),
    ("/docs/integrations/crm", "/fr/docs/integrations/crm", (8, 24, 40, 6)),
    ("/customers/case-studies", "/fr/clients/temoignages", (12, 40, 50, 14)),
    ("/blog/what-is-lead-scoring", "/fr/blog/qu-est-ce-que-le-lead-scoring", (90, 40, 10, 90)),
    ("/blog/marketing-and-sales", "/fr/blog/marketing-et-commerce", (70, 34, 8, 60)),
    ("/blog/ten-email-ideas", "/fr/blog/dix-idees-d-e-mails", (70, 24, 6, 60)),
    ("/blog/buyer-personas", "/fr/blog/personas-acheteurs", (60, 20, 6, 50)),
    ("/webinars", "/fr/webinaires", (16, 30, 16, 16)),
    ("/resources", "/fr/ressources", (30, 40, 20, 40)),
    ("/about", "/fr/a-propos", (24, 20, 20, 24)),
    ("/contact", "/fr/contact", (8, 20, 40, 20)),
    ("/careers", "/fr/carrieres", (40, 6, 2, 24)),
    ("/legal", "/fr/mentions-legales", (6, 4, 6, 4)),
)
_DEEDS = (
    ("search", "/search", "/fr/recherche", (20, 24, 20, 14), None),
    ("content_download", "/resources", "/fr/ressources", (5, 14, 8, 30), "guide-lead-scoring"),
    ("content_download", "/resources", "/fr/ressources", (3, 12, 10, 16), "white-paper-alignment"),
    ("content_download", "/resources", "/fr/ressources", (1, 8, 14, 4), "buyers-checklist"),
    ("webinar_registered", "/webinars", "/fr/webinaires", (3, 10, 8, 10), "webinar-first-model"),
    ("form_submit", "/contact", "/fr/contact", (2, 6, 10, 50), None),
    ("demo_request", "/demo", "/fr/demonstration", (0, 2, 16, 3), None),
    ("contact_sales", "/contact", "/fr/contact", (0, 2, 12, 3), None),
    ("pricing_calculator", "/pricing", "/fr/tarifs", (1, 8, 26, 2), None),
    ("chat_started", "/pricing", "/fr/tarifs", (1, 5, 10, 3), None),
    ("chatbot_question", "/product/{line}", "/fr/produit/{line}", (2, 8, 14, 4), None),
    ("basket_add", "/shop/{line}", "/fr/boutique/{line}", (1, 4, 10, 1), None),
    ("purchase", "/shop/{line}", "/fr/boutique/{line}", (0, 0.4, 2, 0), None),
    ("survey_answered", "/survey", "/fr/enquete", (1, 2, 1, 1), None),
)
_MAILS = (Kind.MAIL, Kind.FAREWELL, Kind.SCANNER)

STEPS: tuple[Step, ...] = (
    *(_visit("page_view", english, french, weights) for english, french, weights in _PAGES),
    *(_visit(event, en, fr, weights, asset=asset) for event, en, fr, weights, asset in _DEEDS),
    _at(
        "session_start",
        "web",
        {(kind, 0): 1 for kind in (Kind.COLD, Kind.WARM, Kind.HOT, Kind.FIRST)},
    ),
    _at("email_sent", "email", {(kind, 0): 1 for kind in _MAILS}),
    _at("email_open", "email", {(kind, 1): 1 for kind in _MAILS}),
    _at("email_click", "email", {(Kind.MAIL, 2): 1, (Kind.SCANNER, 2): 1}),
    _at("unsubscribe", "email", {(Kind.FAREWELL, 2): 1}),
    _at("call_missed", "phone", {(Kind.TOUCH, 0): 34, (Kind.MEETING, 0): 14}),
    _at("call_answered", "phone", {(Kind.TOUCH, 0): 20, (Kind.MEETING, 0): 30}, seconds=240),
    _at("meeting_held", "phone", {(Kind.TOUCH, 0): 1, (Kind.MEETING, 0): 34}, seconds=2400),
    _at("webinar_attended", "event", {(Kind.TOUCH, 0): 18, (Kind.MEETING, 0): 12}, seconds=2000),
    _at("trade_show_visit", "event", {(Kind.TOUCH, 0): 14, (Kind.MEETING, 0): 6}, seconds=420),
    _at("survey_answered", "email", {(Kind.TOUCH, 0): 8, (Kind.MEETING, 0): 2}),
    _at("basket_add", "store", {(Kind.TOUCH, 0): 3, (Kind.MEETING, 0): 2}),
    _at("complaint", "phone", {(Kind.TOUCH, 0): 1}),
    _at("login", "web", {(Kind.CUSTOMER, 0): 1}, url="/app"),
    _customer("page_view", 50, url="/app/dashboard"),
    _customer("page_view", 20, url="/docs/api"),
    _customer("page_view", 6, url="/app/upgrade"),
    _customer("support_ticket", 5, url="/support"),
    _customer("complaint", 1, channel="phone"),
    _customer("survey_answered", 1, channel="email"),
    _customer("review_posted", 0.7),
    _customer("referral_made", 0.7),
    _customer("basket_add", 1, url="/app/upgrade"),
    _customer("purchase", 0.6, url="/app/upgrade"),
)


def spans() -> list[tuple[int, int, Step]]:
    """The table of steps as (first place, number of places, step).

    A place is ``(kind * POSITIONS + position) * SLOTS + slot``, so that a random slot picks a
    step in proportion to its weight. Kinds without a step at a position have no such places.
    """
    keys = sorted({key for step in STEPS for key in step.weights})
    return [
        ((kind * POSITIONS + position) * SLOTS + first, size, STEPS[index])
        for kind, position in keys
        for index, first, size in shared_out([s.weights.get((kind, position), 0) for s in STEPS])
    ]


def shared_out(weights: Sequence[float]) -> list[tuple[int, int, int]]:
    """The slots in proportion to weights: (index of the weight, first slot, number of slots)."""
    bounds = [round(reached / sum(weights) * SLOTS) for reached in accumulate(weights, initial=0)]
    pairs = enumerate(pairwise(bounds))
    return [(index, first, last - first) for index, (first, last) in pairs if last > first]
