"""What changed between two models on the way from score to sale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tamis.model.changes import N_, Change, Days, Percent, Word
from tamis.model.comparing import aspects, both, come_and_gone, order, section
from tamis.model.lifecycle.spec import Lifecycle, Maker, Step
from tamis.model.lifecycle.work import DAYS, Assign, Queue, Service, Week
from tamis.model.spec import Model

STATUS = ("label", "kinds", "milestone", "closed")
QUEUE = ("label", "about", "people", "limit", "escalate_to", "territories", "otherwise")
MAKERS: Mapping[Maker, Word] = {
    "score": Word(N_("the score")),
    "marketing": Word(N_("marketing")),
    "sales": Word(N_("sales")),
}
ASSIGN: Mapping[Assign, Word] = {
    "round_robin": Word(N_("turn")),
    "capacity": Word(N_("capacity")),
    "territory": Word(N_("territory")),
}


def lifecycle(old: Model, new: Model) -> Iterator[Change]:
    """Changes of `lifecycle`: where leads stand, and who may move them."""
    before, after = old.lifecycle, new.lifecycle
    if before is None or after is None:
        yield from section("lifecycle", before, after)
        return
    begins = ("use", before.use or None, after.use or None)
    yield from aspects("lifecycle", "", "", [begins, *both(before, after, ("profile",))])
    yield from _statuses(before, after)
    yield from _steps(before.steps, after.steps)
    yield from come_and_gone("question", before.questions, after.questions)
    for name in (name for name in before.questions if name in after.questions):
        texts = ("label", before.questions[name], after.questions[name])
        yield from aspects("question", name, "", [texts])


def _statuses(old: Lifecycle, new: Lifecycle) -> Iterator[Change]:
    before, after = {s.name: s for s in old.statuses}, {s.name: s for s in new.statuses}
    yield from come_and_gone("status", before, after)
    for name in (name for name in before if name in after):
        pairs = both(before[name], after[name], STATUS)
        yield from aspects("status", name, "", [(a, _or_none(b), _or_none(c)) for a, b, c in pairs])
    yield from order("statuses", before, after)


def _steps(old: Sequence[Step], new: Sequence[Step]) -> Iterator[Change]:
    before, after = {s.name: s for s in old}, {s.name: s for s in new}
    yield from come_and_gone("step", before, after)
    for name in (name for name in before if name in after):
        yield from aspects("step", name, "", _step(before[name], after[name]))
    yield from order("steps", before, after)


def _step(old: Step, new: Step) -> Iterator[tuple[str, object, object]]:
    yield "by", _makers(old), _makers(new)
    yield from both(old, new, ("when", "back"))
    for name in ("after", "stay"):
        yield name, Days(getattr(old, name)), Days(getattr(new, name))
    yield "needs", old.needs or None, new.needs or None


def _makers(step: Step) -> tuple[Word, ...]:
    return tuple(MAKERS[maker] for maker in MAKERS if maker in step.by)


def work(old: Model, new: Model) -> Iterator[Change]:
    """Changes of feedback, queues, service levels, goals and costs."""
    yield from _feedback(old, new)
    yield from _queues(old, new)
    yield from aspects("service", "", "", _service(old.service, new.service))
    yield from _numbers("goal", "per_month", _goals(old), _goals(new))
    yield from _numbers("cost", "", old.costs, new.costs)


def _feedback(old: Model, new: Model) -> Iterator[Change]:
    before, after = old.feedback, new.feedback
    shares = _percent(before.false_positives), _percent(after.false_positives)
    spans = Days(before.over), Days(after.over)
    pairs = [("false_positives", *shares), ("over_days", *spans)]
    yield from aspects("feedback", "", "", pairs)
    reasons = {r.name: r.label for r in before.reasons}, {r.name: r.label for r in after.reasons}
    yield from come_and_gone("reason", *reasons)
    for name in (name for name in reasons[0] if name in reasons[1]):
        yield from aspects("reason", name, "", [("label", reasons[0][name], reasons[1][name])])
    yield from order("reasons", *reasons)


def _queues(old: Model, new: Model) -> Iterator[Change]:
    before, after = {q.name: q for q in old.queues}, {q.name: q for q in new.queues}
    yield from come_and_gone("queue", before, after)
    for name in (name for name in before if name in after):
        yield from aspects("queue", name, "", _queue(before[name], after[name]))


def _queue(old: Queue, new: Queue) -> Iterator[tuple[str, object, object]]:
    yield "assign", ASSIGN[old.assign], ASSIGN[new.assign]
    for name, before, after in both(old, new, QUEUE):
        yield ("rest" if name == "otherwise" else name), _or_none(before), _or_none(after)


def _or_none(value: object) -> object:
    # Of events an empty list means any; of kinds and people it means none.
    return None if value == () else value


def _service(old: Service, new: Service) -> Iterator[tuple[str, object, object]]:
    yield "week", _week(old.week), _week(new.week)
    yield "holidays", old.holidays, new.holidays
    for name in ("remind", "escalate", "reassign"):
        yield name, _percent(getattr(old, name)), _percent(getattr(new, name))


def _week(week: Week) -> tuple[str, ...]:
    """Each working day with its hours, such as `mon 09:00-18:00`."""
    return tuple(
        f"{day} {' '.join(f'{_clock(span.start)}-{_clock(span.end)}' for span in hours)}"
        for day, hours in zip(DAYS, week, strict=True)
        if hours
    )


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _percent(share: int | None) -> Percent | None:
    return None if share is None else Percent(share)


def _goals(model: Model) -> dict[str, int]:
    return {goal.milestone: goal.per_month for goal in model.goals}


def _numbers(
    subject: str, aspect: str, old: Mapping[str, object], new: Mapping[str, object]
) -> Iterator[Change]:
    yield from come_and_gone(subject, old, new)
    for name in (name for name in old if name in new):
        yield from aspects(subject, name, "", [(aspect, old[name], new[name])])
