"""What may be done with a version as things stand, by whom, and what will happen then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tamis.language import Language, translator
from tamis.server.models.forms import Step
from tamis.server.models.steps import SIDES
from tamis.server.models.stored import Stored
from tamis.server.security.guards import Caller
from tamis.server.security.permissions import Permission

APPROVE = {
    "marketing": Permission.APPROVE_MARKETING,
    "sales": Permission.APPROVE_SALES,
}


@dataclass(frozen=True)
class Action:
    """A step that somebody may take.

    `path` is where it is asked for; `hint` what will happen. `reason`: words are needed; `danger`:
    it takes something away; `main`: it is what the version waits for.
    """

    path: str
    label: str
    hint: str
    reason: bool = False
    danger: bool = False
    main: bool = False


@dataclass(frozen=True)
class Situation:
    """A version as it stands: approvals given, whether it is being scored, what was active before.

    `former` is the number of the version that was active before, None for none.
    """

    version: Stored
    given: Sequence[Step]
    being_made: bool
    former: int | None
    language: Language
    caller: Caller

    @property
    def missing(self) -> list[str]:
        """The sides that have yet to approve."""
        return [side for side in SIDES if side not in {step.side for step in self.given}]


def actions(at: Situation) -> tuple[Action, ...]:
    """What who visits may do now, what the version waits for first."""
    if at.being_made:
        return ()
    found = [action for permission, made in BY_STATE[at.version.state] for action in made(at)
             if permission is None or at.caller.may(permission)]  # fmt: skip
    return (*found, *_shadow(at))


def _propose(at: Situation) -> Iterator[Action]:
    _ = translator(at.language)
    hint = _("Its YAML is fixed from then on. Marketing and sales are asked to approve it.")
    yield Action("propose", _("Propose"), hint, main=True)


def _approve(at: Situation) -> Iterator[Action]:
    _ = translator(at.language)
    for side in at.missing:
        if not at.caller.may(APPROVE[side]):
            continue
        hint = _("Afterwards it can be activated: both sides have agreed.")
        if len(at.missing) > 1:
            hint = {
                "sales": _("Then marketing has yet to approve."),
                "marketing": _("Then sales have yet to approve."),
            }[side]
        if at.caller.role != side:
            hint += " " + _("The history says that you spoke in their place.")
        label = {
            "sales": _("Approve for sales"),
            "marketing": _("Approve for marketing"),
        }[side]
        yield Action(f"approve/{side}", label, hint, main=True)


def _reject(at: Situation) -> Iterator[Action]:
    _ = translator(at.language)
    for side in SIDES:
        if at.caller.may(APPROVE[side]):
            label = {
                "sales": _("Reject for sales"),
                "marketing": _("Reject for marketing"),
            }[side]
            hint = _("It becomes a draft again, and approvals fall. Say why.")
            yield Action(f"reject/{side}", label, hint, reason=True, danger=True)


def _activate(at: Situation) -> Iterator[Action]:
    _ = translator(at.language)
    label, hint = _("Activate"), _("Every lead is scored by it; then all switch at once.")
    if at.version.state == "retired":
        label = _("Go back to this version")
    yield Action("activate", label, hint, main=True)


def _retire(at: Situation) -> Iterator[Action]:
    _ = translator(at.language)
    if at.former is not None:
        label = _("Go back to version {number}").format(number=at.former)
        hint = _(
            "Every lead is scored by it; then all switch at once, and this version is retired."
        )
        yield Action("back", label, hint, danger=True)
    hint = _("No other takes its place: the model scores nobody until one is activated.")
    yield Action("retire", _("Retire"), hint, danger=True)


def _shadow(at: Situation) -> Iterator[Action]:
    _ = translator(at.language)
    if not at.caller.may(Permission.ACTIVATE):
        return
    if at.version.shadow:
        hint = _("No scores are kept for it any more.")
        yield Action("shadow/end", _("End the shadow"), hint)
    elif at.version.state in ("proposed", "approved", "retired"):
        hint = _("Scores are kept for it beside the version in use, and nothing else happens.")
        yield Action("shadow", _("Run in shadow"), hint)


Make = Callable[[Situation], Iterator[Action]]
BY_STATE: dict[str, tuple[tuple[Permission | None, Make], ...]] = {
    "draft": ((Permission.MODEL, _propose),),
    "proposed": ((None, _approve), (None, _reject)),
    "approved": ((Permission.ACTIVATE, _activate), (None, _reject)),
    "active": ((Permission.ACTIVATE, _retire),),
    "retired": ((Permission.ACTIVATE, _activate),),
}
"""What can be done in a state, and the permission for it; None: it asks by itself, per side."""
