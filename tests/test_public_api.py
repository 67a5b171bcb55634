"""What `import tamis` promises."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys

import pytest

import tamis


def test_there_are_twelve_public_names_and_all_are_there() -> None:
    assert len(tamis.__all__) == 12
    assert sorted(tamis.__all__) == tamis.__all__
    for name in tamis.__all__:
        assert inspect.getdoc(getattr(tamis, name))
        assert name in (tamis.__doc__ or "")
    assert set(tamis.__all__) <= set(dir(tamis))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'tamis' has no attribute 'nothing'"):
        _ = tamis.nothing


def test_errors_of_the_user_are_told_apart_from_others() -> None:
    for error in (tamis.ModelError, tamis.SourceError, tamis.EngineError):
        assert issubclass(error, tamis.UserError)
    assert issubclass(tamis.UserError, tamis.TamisError)
    assert issubclass(tamis.UsageError, tamis.TamisError)
    assert not issubclass(tamis.UsageError, tamis.UserError)


def test_importing_tamis_loads_no_engine_and_no_frame() -> None:
    heavy = ("duckdb", "pandas", "polars", "pyarrow", "sqlglot", "typer", "altair")
    code = f"import sys, tamis; print([m for m in {heavy!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "room", ["sql", "facts", "matches", "points", "scores", "stages", "actions", "flow", "run"]
)
def test_every_room_says_what_it_is(room: str) -> None:
    assert importlib.import_module(f"tamis.{room}").__doc__
