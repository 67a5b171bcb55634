"""Leads of several kinds, as facts for a note: on Sunday 22 November 2026."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from tamis.model.checks import checked_model
from tamis.model.spec import Model
from tamis.model.templates import template_text
from tamis.server.notes.facts import (
    Contribution,
    DimensionFact,
    EventFact,
    FieldFact,
    NoteFacts,
    OutcomeFact,
    PlayFact,
    RefusalFact,
    ScoreFact,
)

TODAY = date(2026, 11, 22)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def model(name: str) -> Model:
    """A template."""
    return checked_model(template_text(name), f"{name}.yaml")


def events(*told: tuple[str, int] | tuple[str, int, str]) -> list[EventFact]:
    """Events by name, days ago and channel, the latest first."""
    made = []
    for place, (name, days, *channel) in enumerate(told):
        made.append(EventFact(f"m{place}", name, ago(days), *channel))
    return made


def gave(rule: str, points: str, count: int | None = None, days: int | None = None) -> Contribution:
    last = None if days is None else ago(days)
    return Contribution("some", rule, Decimal(points), count, last)


def hot_company() -> NoteFacts:
    """Someone of a company, hot: asked for a demo, after a call three weeks ago."""
    return NoteFacts(
        model=model("b2b"),
        today=TODAY,
        play=PlayFact("fast_track"),
        fields=[
            FieldFact("lead", "job_title", "Marketing director"),
            FieldFact("lead", "phone", "+33 6 12 34 56 78"),
            FieldFact("lead", "email", "ines@north-sails.example"),
            FieldFact("account", "name", "North Sails"),
            FieldFact("account", "employees", 1200),
            FieldFact("account", "industry", "software"),
        ],
        contributions=[
            gave("decides", "25"),
            gave("size", "18"),
            gave("industry", "20"),
            gave("demo", "29.5", 1, 1),
            gave("pricing", "15.25", 3, 5),
            gave("phone_calls", "4", 1, 20),
            gave("recency", "12", 9, 1),
            gave("missed_calls", "-2", 2, 30),
            gave("cap:bofu", "-7.5"),
            gave("manual", "5"),
        ],
        dimensions=[DimensionFact("activity", Decimal("61.5"), Decimal(100))],
        events=events(
            ("demo_request", 1, "web"),
            ("page_view", 5, "web"),
            ("email_sent", 6, "email"),
            ("page_view", 8, "web"),
            ("call_answered", 20, "phone"),
            ("call_missed", 30, "phone"),
            ("email_click", 32, "email"),
            ("email_click", 40, "email"),
        ),
        scores=[
            ScoreFact(TODAY, Decimal("67.81")),
            ScoreFact(ago(1), Decimal("67.90"), 12),
            ScoreFact(ago(20), Decimal("41.50"), 9),
            ScoreFact(ago(40), Decimal("20"), 3),
        ],
    )


def back_from_silence() -> NoteFacts:
    """Someone who did nothing for three months and came back on Tuesday."""
    return NoteFacts(
        model=model("fit-activity"),
        today=TODAY,
        fields=[FieldFact("account", "name", "Atelier Léon")],
        contributions=[gave("visits", "6", 2, 5), gave("pricing", "4", 1, 104)],
        events=events(("session_start", 5), ("email_sent", 40), ("page_view", 104)),
        scores=[ScoreFact(TODAY, Decimal(20))],
    )


def consumer_with_a_basket() -> NoteFacts:
    """A consumer with something in the basket, who unsubscribed and likes to chat."""
    return NoteFacts(
        model=model("b2c"),
        today=TODAY,
        play=PlayFact("adviser"),
        fields=[FieldFact("lead", "preferred_channel", "phone")],
        contributions=[
            gave("basket", "34", 2, 0),
            gave("chatbot", "7", 1, 1),
            gave("unsubscribed", "-20", 1, 14),
        ],
        events=events(
            ("basket_add", 0), ("basket_add", 0), ("chat_started", 1, "chat"), ("unsubscribe", 14)
        ),
        scores=[ScoreFact(TODAY, Decimal(71))],
    )


def customer_of_two_products() -> NoteFacts:
    """A customer who is interested in two products and goes to webinars."""
    return NoteFacts(
        model=model("products"),
        today=TODAY,
        play=PlayFact("several"),
        fields=[FieldFact("lead", "job_title", "CTO")],
        contributions=[gave("pilot_request", "20", 1, 7), gave("flow_documents", "18", 2, 9)],
        dimensions=[
            DimensionFact("fit", Decimal(80), Decimal(100)),
            DimensionFact("activity", Decimal(62), Decimal(100)),
            DimensionFact("pilot", Decimal("46.40"), Decimal(100)),
            DimensionFact("flow", Decimal("58.00"), Decimal(100)),
            DimensionFact("desk", Decimal("0.20"), Decimal(100)),
        ],
        events=events(
            ("demo_request", 7),
            ("webinar_attended", 9, "event"),
            ("webinar_attended", 20, "event"),
            ("content_download", 25, "web"),
        ),
        outcomes=[OutcomeFact("deal-9", "won", ago(245)), OutcomeFact("deal-1", "lost", ago(800))],
    )


def without_events() -> NoteFacts:
    """Someone of whom only fields are known."""
    return NoteFacts(
        model=model("fit-activity"),
        today=TODAY,
        play=PlayFact("newsletter"),
        fields=[FieldFact("lead", "job_title", "Head of sales")],
        contributions=[gave("decides", "30")],
        scores=[ScoreFact(TODAY, Decimal(30))],
    )


def refused() -> NoteFacts:
    """Someone who refused to be profiled."""
    return NoteFacts(model=model("b2b"), today=TODAY, refusal=RefusalFact(ago(12)))


LEADS = {
    made.__name__: made
    for made in (
        hot_company,
        back_from_silence,
        consumer_with_a_basket,
        customer_of_two_products,
        without_events,
        refused,
    )
}
