"""Steps and territories by the score: those that never come, and those between which leads flap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from sqlglot import exp

from tamis.model.document import Problems
from tamis.model.expression import parse
from tamis.model.lifecycle.spec import PROFILES, Lifecycle, Step
from tamis.model.possible.domains import Choices, Known
from tamis.model.possible.known import known_fields, known_verdicts
from tamis.model.possible.lists import Entry, Listed, lists
from tamis.model.possible.outcomes import ONLY_TRUE, given, key, outcomes
from tamis.model.possible.reach import Reach
from tamis.model.spec import Model

NEGATED: Mapping[type[exp.Expr], str] = {exp.GTE: "<", exp.GT: "<=", exp.LT: ">=", exp.LTE: ">"}


def worlds(model: Model, reach: Reach) -> list[Known]:
    """What can be known of a lead, once for each temperature and stage that it can have.

    In each, the condition of its temperature and of its stage holds, and of those asked before none
    does, as far as simple comparisons say so.
    """
    found: list[Known] = [
        {**known_fields(model, "lead", "account"), **known_verdicts(model, reach)}
    ]
    for listed in (one for one in lists(model) if one.what != "play"):
        found = [world for known in found for world in _split(listed, known)]
    return found


def _split(listed: Listed, known: Known) -> Iterator[Known]:
    """What is known with each verdict of a list that can be taken, and with none."""
    left: Known | None = known
    for verdict in listed.verdicts:
        if left is None:
            return
        taken = given(verdict.when.text, left)
        if taken is not None:
            yield {**taken, listed.what: Choices(frozenset({verdict.name}), null=False)}
        # A condition that is null is not taken either, and says nothing of its names.
        if None not in outcomes(verdict.when.text, left):
            left = given(_negated(verdict.when.text), left)
    if left is not None:
        yield {**left, listed.what: Choices(frozenset(), null=True)}


def steps(model: Model, reach: Reach, problems: Problems) -> None:
    """Steps that the score can never make, and those that it would make to and fro."""
    if model.lifecycle is None:
        return
    possible = worlds(model, reach)
    for step, side, expression in model.lifecycle.conditions:
        if not _can_hold([expression.text], possible):
            message = f"the score can never make the step `{step.name}`: its `{side}` never holds"
            hint = "lower the threshold, or give more points"
            problems.warning(expression.place, "unreachable-step", message, hint)
    for step, there, back in _returns(model.lifecycle):
        if len(_asked(model, there, back)) == 1 and _can_hold([there, back], possible):
            message = f"the step `{step.name}` flaps: a lead can call for it and for its return"
            hint = f"let `{there}` and `{back}` never hold together"
            problems.warning(step.place, "flapping-step", message, hint)
        elif not _leaves_room(there, back, possible):
            message = f"the step `{step.name}` flaps: one point more or less makes and unmakes it"
            hint = f"leave room between `{there}` and `{back}`"
            problems.warning(step.place, "flapping-step", message, hint)


def _returns(lifecycle: Lifecycle) -> Iterator[tuple[Step, str, str]]:
    """Steps of the score with what calls for them and for their return, each pair once."""
    for step in lifecycle.steps:
        if step.when and step.back:
            yield step, step.when.text, step.back.text
    for one, other in combinations(lifecycle.steps, 2):
        if one.when and other.when and one.leaves(other.to) and other.leaves(one.to):
            yield other, other.when.text, one.when.text


def _asked(model: Model, *texts: str) -> set[str]:
    """The names that conditions ask for in the end: of a stage or temperature, those of its own.

    Two names may say the same of a lead: only of conditions on one is it sure that both can hold.
    """
    verdicts: Mapping[str, Sequence[Entry]] = {one.what: one.verdicts for one in lists(model)}
    names: set[str] = set()
    for text in texts:
        for node in parse(text).find_all(exp.Column, exp.Anonymous):
            made_from = [verdict.when.text for verdict in verdicts.get(key(node), ())]
            names |= _asked(model, *made_from) or {key(node)}
    return names


def _can_hold(texts: Sequence[str], possible: Sequence[Known]) -> bool:
    """Whether all the conditions can hold at once, in any of the worlds."""
    return any(_all(texts, world) for world in possible)


def _sure(text: str, known: Known) -> bool:
    return outcomes(text, known) == ONLY_TRUE


def _all(texts: Sequence[str], world: Known) -> bool:
    known: Known | None = world
    for text in texts:
        known = None if known is None else given(text, known)
    return known is not None


def _leaves_room(there: str, back: str, possible: Sequence[Known]) -> bool:
    """Whether a lead can call for neither."""
    neither = [_negated(there), _negated(back)]
    unknown = any(None in outcomes(text, world) for text in (there, back) for world in possible)
    return unknown or _can_hold(neither, possible)


def _negated(text: str) -> str:
    # `not (score >= 5)` says nothing of the score to `given`; `score < 5` does.
    node = parse(text)
    if type(node) in NEGATED and isinstance(node.this, exp.Column):
        return f"{node.this.sql()} {NEGATED[type(node)]} {node.expression.sql()}"
    return f"not ({text})"


def territories(model: Model, reach: Reach, problems: Problems) -> None:
    """Territories that no lead is of."""
    if not any(queue.territories for queue in model.queues):
        return
    possible = worlds(model, reach)
    for queue in model.queues:
        earlier: list[str] = []
        for territory in queue.territories:
            text = territory.when.text
            held = [known for w in possible if (known := given(text, w)) is not None]
            if not held:
                message = f"no lead is of this territory of `{queue.name}`: `when` never holds"
                problems.warning(territory.place, "unreachable-territory", message)
            elif all(any(_sure(before, known) for before in earlier) for known in held):
                message = f"no lead is of this territory of `{queue.name}`: another one has them"
                hint = "the first territory that holds is taken; change the order"
                problems.warning(territory.place, "unreachable-territory", message, hint)
            earlier.append(text)


def handoffs(model: Model, reach: Reach, problems: Problems) -> None:
    """A b2c profile hands over hot leads only."""
    names = [verdict.name for verdict in model.temperatures]
    if model.lifecycle is None or model.lifecycle.profile != "b2c" or "hot" not in names:
        return
    possible = worlds(model, reach)
    for play in (play for play in model.plays if play.do == "handoff"):
        held = [known for world in possible if (known := given(play.when.text, world))]
        early = [
            name
            for name in names
            if name not in PROFILES["b2c"] and any(_is(known, name) for known in held)
        ]
        if early:
            told = " or ".join(f"`{name}`" for name in early)
            message = f"the play `{play.id}` can hand over a lead that is {told}"
            hint = "the profile b2c hands over hot leads only: add `temperature = 'hot'`"
            problems.warning(play.place, "early-handoff", message, hint)


def _is(known: Known, temperature: str) -> bool:
    domain = known["temperature"]
    return isinstance(domain, Choices) and temperature in (domain.values or ())
