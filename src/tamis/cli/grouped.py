"""Options that are declared once, as the fields of a class, and given to many commands."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection
from dataclasses import fields
from typing import Any, get_type_hints

Command = Callable[..., None]


def takes(
    name: str, group: type[Any], without: Collection[str] = ()
) -> Callable[[Command], Command]:
    """Give a command, which takes a `group` by a name, the options of its fields instead.

    `without` are fields that the command has no option for: they have their defaults.
    """
    hints = get_type_hints(group, include_extras=True)
    shared = [
        inspect.Parameter(
            f.name, inspect.Parameter.KEYWORD_ONLY, default=f.default, annotation=hints[f.name]
        )
        for f in fields(group)
        if f.name not in without
    ]
    return functools.partial(_given, name, group, shared)


def _given(
    name: str, group: type[Any], shared: list[inspect.Parameter], command: Command
) -> Command:
    known = inspect.signature(command, eval_str=True).parameters.values()
    own = [parameter for parameter in known if parameter.name != name]

    @functools.wraps(command)
    def whole(*args: object, **kwargs: Any) -> None:  # noqa: ANN401 (whatever the options hold)
        taken = group(**{one.name: kwargs.pop(one.name) for one in shared})
        command(*args, **{name: taken}, **kwargs)

    whole.__signature__ = inspect.Signature([*own, *shared])  # type: ignore[attr-defined]
    whole.__annotations__ = {one.name: one.annotation for one in [*own, *shared]}
    return whole
