"""Queues and service levels: who gets work, when they are told, and plays that hand it over."""

from __future__ import annotations

from itertools import pairwise

from tamis.errors import Place
from tamis.model.document import Problems, did_you_mean
from tamis.model.lifecycle.work import Queue
from tamis.model.spec import Model


def names(model: Model, problems: Problems) -> None:
    """Hand-offs go to declared queues, once any is declared, and so does what is left over."""
    known = [queue.name for queue in model.queues]
    for play in model.plays if known else ():
        if play.do == "handoff" and play.to and play.to not in known:
            message = f"the play `{play.id}` hands over to `{play.to}`, which is no queue"
            hint = did_you_mean(play.to, known) or f"add `{play.to}` to `queues`"
            problems.error(play.place, "unknown-queue", message, hint)
    for queue in model.queues:
        if queue.otherwise is not None and queue.otherwise not in known:
            message = f"`otherwise` of `{queue.name}` names `{queue.otherwise}`, which is no queue"
            hint = did_you_mean(queue.otherwise, known)
            problems.error(queue.place, "unknown-queue", message, hint)


def territories(model: Model, problems: Problems) -> None:
    """Only a queue that assigns by territory has territories; none goes round in a circle."""
    for queue in model.queues:
        if queue.assign == "territory" and not queue.territories:
            message = f"`{queue.name}` assigns by territory and has none"
            hint = "add `territories: [{when: \"country = 'FR'\", to: [login]}]`"
            problems.error(queue.place, "missing-key", message, hint)
        if queue.assign != "territory" and (queue.territories or queue.otherwise):
            message = f"`{queue.name}` has territories and assigns by {queue.assign}"
            hint = "write `assign: territory`, or leave `territories` and `otherwise` out"
            problems.error(queue.place, "unused-territories", message, hint)
        if _comes_back(model, queue):
            message = f"`otherwise` of `{queue.name}` comes back to it"
            hint = "let the last queue have no `otherwise`"
            problems.error(queue.place, "queue-in-circle", message, hint)


def _comes_back(model: Model, queue: Queue) -> bool:
    following, seen = queue.otherwise, set[str]()
    while following is not None and following not in seen:
        seen.add(following)
        found = model.queue(following)
        following = found.otherwise if found else None
    return queue.name in seen


def people(model: Model, problems: Problems) -> None:
    """Nobody stands twice among the people of a queue or a territory."""
    for queue in model.queues:
        groups = [(queue.people, queue.place), *((t.to, t.place) for t in queue.territories)]
        for logins, place in groups:
            _once(logins, place, problems)


def _once(logins: tuple[str, ...], place: Place, problems: Problems) -> None:
    for login in dict.fromkeys(login for login in logins if logins.count(login) > 1):
        problems.error(place, "stated-twice", f"`{login}` stands here twice", "leave one out")


# Warnings ----------------------------------------------------------------------------------------


def used(model: Model, problems: Problems) -> None:
    """Queues to which nothing is handed over, and hand-offs that cannot be fast."""
    asked = {play.to for play in model.plays if play.do == "handoff"}
    asked |= {queue.otherwise for queue in model.queues}
    for queue in model.queues:
        if queue.name not in asked:
            message = f"no play hands over to the queue `{queue.name}`"
            hint = "name it in `to` of a play, or leave it out"
            problems.warning(queue.place, "unused-queue", message, hint)
        if queue.assign == "capacity" and queue.limit is None:
            message = f"`{queue.name}` assigns by capacity, and its people have no `limit`"
            hint = "add `limit: 30`, the open work that one person can take"
            problems.warning(queue.place, "capacity-without-limit", message, hint)
    for play in model.plays:
        if play.fast_track and play.do != "handoff":
            message = f"the play `{play.id}` hands nothing off, so nothing goes first"
            problems.warning(play.place, "unused-fast-track", message, "leave `fast_track` out")


def service(model: Model, problems: Problems) -> None:
    """Reminder, escalation and reassignment come in this order."""
    levels = model.service
    shares = [
        (name, share)
        for name, share in (
            ("remind", levels.remind),
            ("escalate", levels.escalate),
            ("reassign", levels.reassign),
        )
        if share is not None
    ]
    for (first, early), (second, late) in pairwise(shares):
        if early >= late:
            message = f"`{first}` at {early} % does not come before `{second}` at {late} %"
            hint = "the order is remind, escalate, reassign; `none` leaves one out"
            problems.warning(levels.place, "service-order", message, hint)


def costs(model: Model, problems: Problems) -> None:
    """Costs by source need to know the source of a lead."""
    if model.costs and model.field("lead", "source") is None:
        message = "costs are by source, and leads have no field `source`"
        hint = "declare `source: text` under `fields: lead:`"
        problems.warning(model.places["costs"], "costs-without-source", message, hint)
