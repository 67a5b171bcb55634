"""The temporary tables of a generated company: its constants, its people, all they will do."""

from __future__ import annotations

from collections.abc import Iterator

from tamis.company import seasons, site, titles
from tamis.company.plan import Plan
from tamis.company.script import Session, fill, number, run

_CONSTANTS = ("calendar", "campaigns", "titles", "steps")
_DRAWN = ("firms", "people", "accounts", "activities", "zeal")


def prepare(session: Session, plan: Plan, values: dict[str, object]) -> None:
    """Make every temporary table: constants, people, and all that they will do."""
    _fill_constants(session, plan)
    for name in ("draws", "firms", "people", "names", "activities", "zeal"):
        run(session, name, values)
    run(session, "visits", {**values, "scale": _scale(session, plan)})
    run(session, "stray", values)


def _fill_constants(session: Session, plan: Plan) -> None:
    """Put calendar, campaigns, titles and steps into tables."""
    calendar = seasons.calendar(plan.first_day, plan.days, plan.campaigns)
    fill(session, "company_calendar", ("cell", "day", "campaign"), calendar)
    first_cell = {day: cell for cell, _, day, _ in calendar}
    campaigns = [(n, 1, day, first_cell[day]) for n, day in enumerate(plan.campaigns)]
    fill(session, "company_campaigns", ("number", "day", "cell"), campaigns)
    fill(session, "company_titles", ("place", "title", "fit"), _titles())
    columns = ("place", "event", "english_url", "french_url", "channel", "asset", "seconds")
    fill(session, "company_steps", columns, _steps())


def _titles() -> Iterator[tuple[object, ...]]:
    """The places of the titles, English before French: a slot picks one by its weight."""
    for language, lines in enumerate((titles.ENGLISH, titles.FRENCH)):
        listed = titles.weighted(lines)
        for index, first, size in site.shared_out([weight for _, _, weight in listed]):
            title, fit, _ = listed[index]
            yield language * site.SLOTS + first, size, title, fit


def _steps() -> Iterator[tuple[object, ...]]:
    """The places of the steps, with what an event takes from its step."""
    for first, size, step in site.spans():
        yield (
            *(first, size, step.event, step.english, step.french),
            *(step.channel, step.asset, step.seconds),
        )


def _scale(session: Session, plan: Plan) -> float:
    """What the visits are multiplied by, so that all events together come to what was asked."""
    made = number(session, "FROM company_activities", "coalesce(sum(n), 0)")
    # Counted in thousandths of an event as integers: a sum of floats depends on the threads.
    # A burst's visit has 6.5 events on average and another 4.75 (from the lengths in visits.sql).
    weight = number(
        session,
        "FROM company_zeal",
        "coalesce(sum((6500 * burst + 4750 * background)::BIGINT), 0)",
    )
    wanted = plan.leads * plan.events_per_lead / 1.005 - made  # 0.5 % will come twice
    return max(0.0, wanted * 1000 / weight) if weight else 0.0


def drop(session: Session) -> None:
    """Drop every temporary table; the macros stay, they hold nothing."""
    for table in (*_CONSTANTS, *_DRAWN):
        session.execute(f"DROP TABLE IF EXISTS company_{table}")
