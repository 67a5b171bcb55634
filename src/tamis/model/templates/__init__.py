"""The model templates that `tamis init` offers: complete models, to be changed."""

from __future__ import annotations

from importlib.resources import files

from tamis.errors import UsageError

ENDING = ".yaml"


def template_names() -> tuple[str, ...]:
    """The names of the templates, in alphabetical order.

    >>> "points-100" in template_names()
    True
    """
    here = files(__name__).iterdir()
    return tuple(sorted(e.name.removesuffix(ENDING) for e in here if e.name.endswith(ENDING)))


def template_text(name: str) -> str:
    """The text of a template, a model file with comments.

    Raises: UsageError for a name that is not in `template_names()`.

    >>> template_text("points-100").splitlines()[-1] != ""
    True
    """
    if name not in template_names():
        message = f"no template is called `{name}`; there are {', '.join(template_names())}"
        raise UsageError(message)
    return files(__name__).joinpath(name + ENDING).read_text(encoding="utf-8")
