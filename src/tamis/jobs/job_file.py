"""The job file: which model, which data, on which engine, and where the results of a day go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from ruamel.yaml.nodes import ScalarNode

from tamis.engines.base import OutputKind
from tamis.engines.capabilities import ENGINES
from tamis.errors import Place, SourceError
from tamis.jobs.into_tables import WRITERS, Gone, Into, Output
from tamis.model.document import Problems, Value, parse
from tamis.sources.paths import is_address

OUTPUTS: tuple[Output, ...] = ("scores", "contributions", "accounts")
FORMATS: tuple[OutputKind, ...] = ("parquet", "csv", "jsonl")
NEEDED = ("tamis_job", "model", "source", "outputs")
KEYS = (
    *NEEDED,
    *("format", "engine", "master", "memory", "store", "report", "rejects"),
    *("missing_as_null", "accept_rejects"),
)
VERSION = "1"


@dataclass(frozen=True)
class Job:
    """What a job file says; paths count from its folder.

    `outputs` are folders that get a partition for each day, `tables` those outputs that are merged
    into a table of the engine's server. `store` is a store of kept matches that
    is brought up to date first, `report` a folder that gets a report of each day as JSON, `rejects`
    one that gets the events that could not be read; each null: none.
    """

    file: Path
    model: Path
    source: Path
    outputs: Mapping[Output, Path]
    format: OutputKind = "parquet"
    engine: str = "duckdb"
    master: str | None = None
    memory: str | None = None
    store: Path | None = None
    report: Path | None = None
    rejects: Path | None = None
    missing_as_null: bool = False
    accept_rejects: bool = False
    tables: Mapping[Output, Into] = field(default_factory=dict)


def load_job(path: Path | str) -> Job:
    """What a job file says. Raises: SourceError with every problem of the file and its place."""
    file = Path(path)
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"the job file cannot be read: {error}"
        raise SourceError(message, Place(str(file))) from error
    problems = Problems()
    root = parse(text, str(file), problems)
    job = _job(file, root) if root is not None else None
    if problems.errors:
        raise SourceError("\n".join(str(problem) for problem in problems.errors))
    assert job is not None
    return job


def _job(file: Path, root: Value) -> Job | None:
    found = root.entries(KEYS, "a job file")
    root.lacks([key for key in NEEDED if key not in found], KEYS, "a job file")
    if not set(NEEDED) <= set(found):
        return None
    found["tamis_job"].word((VERSION,))

    def path(key: str) -> Path | None:
        said = _text(found[key]) if key in found else None
        return file.parent / said if said else None

    engine = _word(found, "engine", tuple(ENGINES)) or "duckdb"
    return Job(
        file,
        path("model") or file,
        path("source") or file,
        _outputs(file, found["outputs"], found.get("store")),
        cast(OutputKind, _word(found, "format", FORMATS) or "parquet"),
        engine,
        found["master"].text() if "master" in found else None,
        found["memory"].text() if "memory" in found else None,
        path("store"),
        path("report"),
        path("rejects"),
        _word(found, "missing_as_null", ("true", "false")) == "true",
        _word(found, "accept_rejects", ("true", "false")) == "true",
        _tables(found["outputs"], engine),
    )


def _outputs(file: Path, value: Value, store: Value | None) -> dict[Output, Path]:
    said = value.entries(OUTPUTS, "`outputs`")
    if value.is_mapping and not said:
        value.wrong("missing-key", "no output is named", f"there is {', '.join(OUTPUTS)}")
    _keep_apart(file, said | ({"store": store} if store else {}))
    folders = {name: _text(one) for name, one in said.items() if not one.is_mapping}
    return {cast(Output, name): file.parent / folder for name, folder in folders.items() if folder}


def _tables(outputs: Value, engine: str) -> dict[Output, Into]:
    """The outputs that are tables."""
    if not outputs.is_mapping:
        return {}
    found: dict[Output, Into] = {}
    for key, value in outputs.items():
        name = str(key.node.value)
        if name in OUTPUTS and value.is_mapping and (into := _into(value, name, engine)):
            found[name] = into
    return found


def _into(value: Value, name: str, engine: str) -> Into | None:
    said = value.entries(("table", "gone", "create"), f"`{name}`")
    value.lacks(["table"] if "table" not in said else [], ("table",), f"`{name}`")
    if engine not in WRITERS:
        hint = f"say `engine: {' or '.join(WRITERS)}` and where it runs, `master`"
        value.wrong("no-server", f"`{engine}` has no tables of its own to write to", hint)
    if name == "contributions" and "gone" in said:
        message = "points that a rule no longer gives are always deleted"
        said["gone"].wrong("no-choice", message, "leave `gone` out")
    gone = _word(said, "gone", ("keep", "delete")) or "keep"
    create = _word(said, "create", ("true", "false")) == "true"
    table = _text(said["table"]) if "table" in said else None
    return Into(table, cast(Gone, gone), create) if table else None


def _keep_apart(file: Path, told: Mapping[str, Value]) -> None:
    """Outputs and store need a folder each, none inside another: one would take the other's."""
    before: dict[str, Path] = {}
    for name, value in told.items():
        if not isinstance(value.node, ScalarNode) or "\0" in value.node.value:
            continue
        folder = (file.parent / value.node.value).resolve()
        for other, taken in before.items():
            if folder.is_relative_to(taken) or taken.is_relative_to(folder):
                value.wrong(
                    "same-folder",
                    f"`{other}` goes there already",
                    "give each a folder that is in none of the others",
                )
        before[name] = folder


def _text(value: Value) -> str | None:
    said = value.text()
    if said is not None and (not said.strip() or "\0" in said):
        value.wrong("no-path", "this is no path")
        return None
    if said is not None and is_address(said):
        value.wrong("no-path", "this is an address", "give a folder or file of this machine")
        return None
    return said


def _word(found: Mapping[str, Value], key: str, allowed: Sequence[str]) -> str | None:
    return found[key].word(allowed) if key in found else None
