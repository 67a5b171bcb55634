"""Tamis: which leads to call, in which order, and why.

The public names, imported on demand so that `import tamis` is quick and needs no engine:

    load_model   a model from its file, checked
    score        a model's verdicts on a day
    explain      one lead's score taken apart
    Model, Result, Options
    TamisError, UserError, ModelError, SourceError, EngineError, UsageError
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tamis.errors import (
        EngineError,
        ModelError,
        SourceError,
        TamisError,
        UsageError,
        UserError,
    )
    from tamis.model.files import load_model
    from tamis.model.spec import Model
    from tamis.reports.explain import explain
    from tamis.run import Result, score
    from tamis.sources import Options

__version__ = "0.1.0"

_HOMES = {
    "load_model": "tamis.model.files",
    "score": "tamis.run",
    "explain": "tamis.reports.explain",
    "Model": "tamis.model.spec",
    "Result": "tamis.run",
    "Options": "tamis.sources",
    "TamisError": "tamis.errors",
    "UserError": "tamis.errors",
    "ModelError": "tamis.errors",
    "SourceError": "tamis.errors",
    "EngineError": "tamis.errors",
    "UsageError": "tamis.errors",
}

__all__ = [
    "EngineError",
    "Model",
    "ModelError",
    "Options",
    "Result",
    "SourceError",
    "TamisError",
    "UsageError",
    "UserError",
    "explain",
    "load_model",
    "score",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module 'tamis' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
