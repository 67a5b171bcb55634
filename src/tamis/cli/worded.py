"""Commands whose help and errors are in the reader's language where Typer has only English."""

from __future__ import annotations

from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup

from tamis.cli.speech import _

REFUSED = cast("type[Exception]", typer.BadParameter.__mro__[1])
"""What Typer raises for a call that it cannot read; Typer gives it no public name."""


class Refused(typer.BadParameter):
    """A call that Typer cannot read, said in whole words."""

    def format_message(self) -> str:
        """The words as they are."""
        return str(self.message)


class _Worded:
    """What both kinds of command say themselves."""

    def get_usage(self, ctx: Any) -> str:  # noqa: ANN401 (Typer's own type is private)
        """The line of usage."""
        usage: str = super().get_usage(ctx)  # type: ignore[misc]
        return usage.replace("Usage:", _("Usage:"), 1)

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401
        """The option `--help`."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = _("Show this message and exit.")
        return option

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401
        """Read the arguments. Raises: Refused for those that cannot be read."""
        try:
            left: list[str] = super().parse_args(ctx, args)  # type: ignore[misc]
        except REFUSED as error:
            said = _in_words(error)
            if said is None:
                raise
            raise Refused(said, ctx) from error
        return left


def _in_words(error: Any) -> str | None:  # noqa: ANN401 (an error of Typer, by its class)
    """What is wrong with the call; None where Typer's own words must do."""
    kind, param = type(error).__name__, getattr(error, "param", None)
    if kind == "NoSuchOption":
        said = _("No such option: {name}").format(name=error.option_name)
        near = _("(did you mean {names}?)").format(
            names=", ".join(sorted(error.possibilities or ()))
        )
        return f"{said} {near}" if error.possibilities else said
    if param is None:
        return None
    if kind == "MissingParameter":
        argument = param.param_type_name == "argument"
        missing = _("Missing argument {name}.") if argument else _("Missing option {name}.")
        return missing.format(name=param.metavar or param.name if argument else param.opts[0])
    if kind == "BadParameter":
        said = _("Invalid value for {name}: {message}")
        return said.format(name=param.opts[0], message=error.message)
    return None


class Command(_Worded, TyperCommand):
    """A command of Tamis."""


class Group(_Worded, TyperGroup):
    """A group of commands of Tamis."""
