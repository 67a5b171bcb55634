"""A desk: what one person does with models in one transaction, by names as they are typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from tamis.errors import UsageError
from tamis.server.models import answers, drafts, lifecycle, steps, stored
from tamis.server.models.forms import (
    Changes,
    Edit,
    ModelAnswer,
    NewVersion,
    Side,
    Step,
    WholeVersion,
)
from tamis.server.models.steps import SIDES, Maker
from tamis.server.models.stored import Stored
from tamis.server.problems import Problem
from tamis.server.security.guards import Caller
from tamis.server.security.people import user_of
from tamis.server.security.permissions import ROLES, Permission

APPROVE: dict[Side, Permission] = {
    "marketing": Permission.APPROVE_MARKETING,
    "sales": Permission.APPROVE_SALES,
}


@dataclass(frozen=True)
class ModelDesk:
    """Models in one transaction; `caller` is who changes them, None for one who only reads.

    `which` is a model's name for its latest version, or with a number, as `new-business/3`.
    What may not be done raises Problem, as over HTTP.
    """

    connection: Connection
    now: datetime
    caller: Caller | None = None

    # Reading

    def all(self) -> list[ModelAnswer]:
        """Every model with its versions."""
        return answers.models(self.connection, self.now, stored.every(self.connection))

    def version(self, which: str) -> Stored:
        """A version by name and number. Raises: Problem 404, UsageError."""
        name, slash, number = which.rpartition("/")
        if not slash:
            return stored.of_model(self.connection, which)[-1]
        if not (number.isascii() and number.isdigit()):
            message = f"`{which}` is no version: write it as `{name}/3`"
            raise UsageError(message)
        return stored.find(self.connection, name, int(number))

    def whole(self, which: str) -> WholeVersion:
        """A version with its YAML and its history."""
        return answers.whole(self.connection, self.now, self.version(which))

    def history(self, which: str) -> list[Step]:
        """Who did what to a version."""
        return steps.history(self.connection, self.version(which).version_key)

    def changes(self, which: str, since: int | None, language: str) -> Changes:
        """What changed since an earlier version."""
        return answers.changes(self.connection, self.version(which), since, language)

    # Changing

    def add(self, yaml: str, owner: str, about: str) -> Stored:
        """A new draft."""
        given = NewVersion(yaml=yaml, owner=owner, about=about)
        return drafts.add(self.connection, self._maker(Permission.MODEL), given)

    def edit(self, which: str, yaml: str) -> Stored:
        """Another YAML for a draft."""
        maker = self._maker(Permission.MODEL)
        return drafts.edit(self.connection, maker, self.version(which), Edit(yaml=yaml))

    def propose(self, which: str, comment: str = "") -> Stored:
        """Ask both sides to approve a draft."""
        maker = self._maker(Permission.MODEL)
        lifecycle.propose(self.connection, maker, self.version(which), comment)
        return self.version(which)

    def approve(self, which: str, side: str | None, comment: str = "") -> Stored:
        """Approve a version for a side."""
        spoken = self._side(side)
        maker = self._maker(APPROVE[spoken])
        lifecycle.approve(self.connection, maker, self.version(which), spoken, comment)
        return self.version(which)

    def reject(self, which: str, side: str | None, comment: str) -> Stored:
        """Send a version back to draft for a side."""
        spoken = self._side(side)
        maker = self._maker(APPROVE[spoken])
        lifecycle.reject(self.connection, maker, self.version(which), spoken, comment)
        return self.version(which)

    def activate(self, which: str, comment: str = "") -> Stored:
        """Ask for a version to become active."""
        maker, version = self._maker(Permission.ACTIVATE), self.version(which)
        lifecycle.activate(self.connection, maker, version, comment)
        return version

    def approve_and_activate(self, version: Stored) -> None:
        """What an administrator does alone: the history says that one spoke for both sides."""
        self._maker(Permission.ADMIN)
        self.propose(version.title)
        for side in SIDES:
            self.approve(version.title, side)
        self.activate(version.title)

    def back(self, name: str, comment: str = "") -> Stored:
        """Ask for the version that was active before."""
        task = lifecycle.back(self.connection, self._maker(Permission.ACTIVATE), name, comment)
        return stored.by_key(self.connection, task.subject["version_key"])

    def retire(self, which: str, comment: str = "") -> Stored:
        """Take the active version out of use."""
        maker = self._maker(Permission.ACTIVATE)
        lifecycle.retire(self.connection, maker, self.version(which), comment)
        return self.version(which)

    def shadow(self, which: str, comment: str = "", *, off: bool = False) -> Stored:
        """Ask for a version to run in shadow, or end that."""
        maker, version = self._maker(Permission.ACTIVATE), self.version(which)
        if off:
            lifecycle.shadow_off(self.connection, maker, version, comment)
        else:
            lifecycle.shadow(self.connection, maker, version, comment)
        return version

    def _maker(self, permission: Permission) -> Maker:
        assert self.caller, "a desk for reading changes nothing"
        if not self.caller.may(permission):
            detail = f"this needs the permission `{permission}`, which {self.caller.who} has not"
            raise Problem(403, "not-allowed", "Not allowed", detail)
        return Maker(self.caller.who, self.now, self.caller.role)

    def _side(self, given: str | None) -> Side:
        assert self.caller, "a desk for reading changes nothing"
        for side in SIDES:
            if side == (given or self.caller.role):
                return side
        message = "say for which side: --side marketing or --side sales"
        raise UsageError(message)


def caller_of(connection: Connection, login: str) -> Caller:
    """A person as who makes a command. Raises: Problem 403 or 404."""
    user = user_of(connection, login)
    if user.disabled:
        detail = f"`{login}` is disabled"
        raise Problem(403, "not-allowed", "Not allowed", detail)
    return Caller(user.login, ROLES[user.role], user.role, user.language)


Desk = ModelDesk
"""Its name where the sample company is made."""
