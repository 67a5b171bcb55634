"""What the desk answers is what `tamis what-if` answers over the same facts, quick or not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.server.conftest import NOW, RecordingIntake, RecordingScores
from tests.server.past.living import YAML, Living
from tests.server.read.conftest import TODAY, version
from typer.testing import CliRunner

from tamis.cli.app import app
from tamis.model.checks import checked_model
from tamis.run import score
from tamis.server.clock import SetClock
from tamis.server.past.answers import WhatIfAnswer
from tamis.server.past.comparing import Asked, whole
from tamis.server.past.desk import SAMPLE, Past
from tamis.server.past.listed import Copy
from tamis.server.past.resident import Resident
from tamis.server.past.telling import Told
from tamis.server.past.trial import try_on
from tamis.server.problems import Problem
from tamis.server.server import Server
from tamis.server.settings import Settings
from tamis.server.store.database import Database

POINTS = ("points: 40}", "points: 31.5}")
BY_EVENT = ("points: 4, within", "points: 9, within")
RANGE = ("range: [0, 80]", "range: [5, 50]")
DRAFTS = {
    "much at once": (
        ("software: 9", "software: 2"),
        RANGE,
        ("grades: {A: 50, B: 0}", "grades: {A: 30, B: 0}"),
        ("half_life: 7d", "half_life: 20d"),
        ("frequency: {0: 0, 3: 6}, within: 60d", "frequency: {0: 0, 3: 6}, within: 20d"),
        ("silent_for: 100d, points: -10", "silent_for: 30d, points: -15"),
        ("hot: score >= 55", "hot: score >= 40"),
    ),
    "points of a rule on fields": (POINTS,),
    "points of a rule that a verdict asks for": (("points: 25, within", "points: 0, within"),),
    "values, conditions, caps": (
        ("software: 9", "software: 2"),
        ("title = 'boss'\", points", "title = 'clerk'\", points"),
        ("person: {cap: 45}", "person: {cap: 30}"),
        ("points: 4, within", "points: 4, cap: 6, within"),
    ),
    "no cap, another range, grades and plays": (
        ("person: {cap: 45}", "person: {}"),
        RANGE,
        ("grades: {A: 50, B: 0}", "grades: {A: 30, B: 0}"),
        ("temperature = 'warm' and phone is not null", "temperature = 'warm'"),
    ),
    "points by event, bands, a gate": (
        BY_EVENT,
        ("frequency: {0: 0, 3: 6}", "frequency: {0: 2, 2: 8}"),
        ("within: 365d, when: phone is not null", "within: 365d, when: size > 9"),
    ),
    "half-life, window, silence, verdicts": (
        ("half_life: 7d", "half_life: 20d"),
        ("frequency: {0: 0, 3: 6}, within: 60d", "frequency: {0: 0, 3: 6}, within: 20d"),
        ("silent_for: 100d, points: -10", "silent_for: 30d, points: -15"),
        ("hot: score >= 55", "hot: score >= 40"),
    ),
}
"""What is changed in the active model, and for what; the first is for every run of the tests."""
SLOWLY = {
    "a rule more, and who is left out": (
        (
            "      - {id: size,",
            "      - {id: firm, when: size > 1, points: 5}\n      - {id: size,",
        ),
        ("exclude: title = 'robot'", "exclude: title = 'student'"),
    ),
    "other events": (("event: demo,", "event: [demo, page_view],"),),
}
"""Changes by which the model is built in another way."""


def cases(drafts: Mapping[str, object]) -> list[Any]:
    """The names of drafts: the first for every run of the tests, all for a long proof."""
    first, *others = drafts
    return [pytest.param(first), *(pytest.param(o, marks=pytest.mark.verify) for o in others)]


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """The copies of both databases are alike: `test_copying` holds them to it."""
    return sqlite_url


@pytest.fixture(scope="module")
def standing(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose store nobody changes; people gave no points there."""
    store = shutil.copy(sqlite_template, tmp_path_factory.mktemp("shared") / "tamis.db")
    database = Database(str(store))
    settings = Settings(store=str(store))
    server = Server(settings, SetClock(NOW), database, RecordingScores(), RecordingIntake())
    living = Living(server, Random(7))
    living.found()
    living.live(170)
    with database.write() as connection:
        # The command reads no points that people gave.
        connection.exec_driver_sql("DELETE FROM adjustments")
    yield server
    database.close()


@pytest.fixture(scope="module")
def shared(standing: Server) -> Iterator[Past]:
    """Its desk, with a copy that nobody changes."""
    desk = again(standing)
    prepared(desk)
    yield desk
    desk.close()


def draft(*changes: tuple[str, str]) -> str:
    """The active model with some changes."""
    yaml = YAML
    for old, new in changes:
        assert yaml.count(old) == 1
        yaml = yaml.replace(old, new)
    return yaml


def prepared(past: Past) -> Copy:
    """The copy, made at once."""
    past.refresh("small")
    past.keeper.look()
    assert past.state("small").error == ""
    return there(past)


def there(past: Past) -> Copy:
    """The copy as it is."""
    found = past.keeper.found("small")
    assert found is not None
    return found


def again(server: Server, sample: int = SAMPLE) -> Past:
    """Another desk of a server: as after a restart."""
    return Past(server.settings, server.database, server.clock, sample=sample, size=32)


def by_command(copy: Copy, folder: Path, yaml: str, *more: str) -> dict[str, Any]:
    """What `tamis what-if` says over the files of a copy."""
    (folder / "old.yaml").write_text(YAML)
    (folder / "new.yaml").write_text(yaml)
    words = ["what-if", str(folder / "old.yaml"), str(folder / "new.yaml"), "--json", "--quiet"]
    words += ["--as-of", str(TODAY), "--top", "3", *more]
    for name in ("leads", "accounts", "events", "outcomes"):
        words += [word for path in copy.paths(name) for word in (f"--{name}", path)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def as_command(found: WhatIfAnswer) -> dict[str, Any]:
    """The figures of an answer as the command calls them."""
    told = json.loads(json.dumps(found.to_json(), default=_plain))
    leads, handoffs = told["leads"], told["handoffs"]
    assert leads.pop("sampled") is None
    for side in ("before", "after"):
        handoffs[side]["entered"] = handoffs[side].pop("a_week")
    handoffs = {name: handoffs[name] for name in ("before", "after", "added", "dropped")}
    bands = [band for band in told["conversions"]["bands"] if band["by"] not in ("cell", "stage")]
    then = {name: told["conversions"][name] for name in ("day", "until", "decided")}
    shared = {name: told[name] for name in ("changes", "limits", "moves", "rules")}
    found_scores = {"scores": told["score_changes"]}
    conversions = {**then, "groups": sorted(bands, key=str)}
    return {
        "leads": leads,
        "handoffs": handoffs,
        "conversions": conversions,
        **shared,
    } | found_scores


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else str(value)


def told_by(found: dict[str, Any]) -> dict[str, Any]:
    """The same figures of the command."""
    names = ("before", "after", "added", "dropped")
    handoffs = {name: found["handoffs"][name] for name in names}
    groups = sorted(found["conversions"]["groups"], key=str)
    conversions = {**found["conversions"], "groups": groups}
    shared = {
        name: found[name] for name in ("leads", "changes", "limits", "moves", "rules", "scores")
    }
    return json.loads(  # type: ignore[no-any-return]
        json.dumps({"handoffs": handoffs, "conversions": conversions, **shared})
    )


@pytest.mark.parametrize("name", cases(DRAFTS))
def test_a_quick_answer_is_that_of_the_command(shared: Past, tmp_path: Path, name: str) -> None:
    copy, yaml = there(shared), draft(*DRAFTS[name])
    found = shared.what_if(checked_model(yaml, "new.yaml"))
    assert found.quick
    assert found.moved > 2
    first = str(max(1, round(copy.rows("leads") / 10)))
    expected = by_command(copy, tmp_path, yaml, "--capacity", first)
    assert as_command(found) == told_by(expected)


def test_what_is_built_otherwise_is_not_judged_from_memory(shared: Past) -> None:
    resident = Resident(there(shared), checked_model(YAML, "m.yaml"), TODAY, memory="256MB")
    for changes in SLOWLY.values():
        assert try_on(resident.day("now"), checked_model(draft(*changes), "new.yaml")) is None
    resident.close()


@pytest.mark.verify
@pytest.mark.parametrize("name", SLOWLY)
def test_what_is_built_otherwise_is_judged_from_the_copy(
    shared: Past, tmp_path: Path, name: str
) -> None:
    copy, yaml = there(shared), draft(*SLOWLY[name])
    found = shared.what_if(checked_model(yaml, "new.yaml"), deep=False)
    assert not found.quick
    first = str(max(1, round(copy.rows("leads") / 10)))
    expected = by_command(copy, tmp_path, yaml, "--capacity", first)
    assert as_command(found) == told_by(expected)


@pytest.mark.parametrize(
    "changes", [(POINTS, BY_EVENT), pytest.param((RANGE,), marks=pytest.mark.verify)]
)
def test_points_that_people_gave_count(
    living: Living, past: Past, changes: tuple[tuple[str, str], ...]
) -> None:
    for _ in range(9):
        with living.server.database.write() as connection:
            living.adjust(connection)
    copy = prepared(past)
    new = checked_model(draft(*changes), "new.yaml")
    found = past.what_if(new)
    told = Told(found.before, new, TODAY, copy.made, True, 1, ())
    slow = whole(copy, Asked(told, max(1, round(copy.rows("leads") / 10)), 3), "256MB")
    assert found.quick
    assert not slow.quick
    assert figures(found) == figures(slow)


def figures(found: WhatIfAnswer) -> dict[str, Any]:
    told = json.loads(json.dumps(found.to_json(), default=_plain))
    told["conversions"]["bands"].sort(key=str)
    return {name: value for name, value in told.items() if name != "quick"}


def test_rules_and_their_points_add_up_to_those_of_a_batch(shared: Past) -> None:
    copy = there(shared)
    model = checked_model(YAML, "small.yaml")
    shared.what_if(checked_model(draft(BY_EVENT), "new.yaml"))
    given = {name: copy.paths(name) for name in ("leads", "accounts", "events", "adjustments")}
    with score(model, as_of=TODAY, **given) as result:  # type: ignore[arg-type]
        parts = result.contributions.rows()
    found = shared.rules("small")
    assert [one.rule.id for one in found] == [rule.id for rule in model.rules]
    for one in found:
        points = [Decimal(str(row["points"])) for row in parts if row["rule"] == one.rule.id]
        assert one.leads == len(points)
        assert abs(one.points - sum(points)) < Decimal("0.01")
    assert sum(one.leads for one in found) > 20


def test_of_many_leads_a_sample_is_judged(standing: Server, shared: Past) -> None:
    past = again(standing, sample=20)
    copy = there(shared)
    new = checked_model(draft(POINTS), "new.yaml")
    some, all_ = past.what_if(new), past.what_if(new, exact=True)
    every = -(-copy.rows("leads") // 20)
    assert every > 1
    assert some.quick
    assert some.sampled is not None
    assert some.leads == some.sampled * every
    assert all_.sampled is None
    assert 0 < some.sampled < all_.leads
    past.close()


def test_a_version_that_is_not_there_or_not_copied_yet(server: Server, past: Past) -> None:
    other = checked_model(YAML.replace("name: small", "name: other"), "new.yaml")
    with pytest.raises(Problem) as none:
        past.what_if(other)
    assert none.value.status == 404
    with pytest.raises(Problem) as early:
        past.what_if(checked_model(YAML, "new.yaml"))
    assert (early.value.status, early.value.code) == (503, "past-being-prepared")
    assert past.state("small").copied_at is None
    # Who asks lets it be made.
    past.keeper.look()
    assert past.what_if(checked_model(YAML, "new.yaml")).moved == 0
    assert past.state("small").copied_at == server.clock.now()


def test_a_draft_with_other_fields_is_refused(shared: Past) -> None:
    for old, new in (("phone: text", "phone: text, city: text"), (", seconds: number", "")):
        yaml = YAML.replace(old, new)
        yaml = yaml.replace("total: {field: seconds, bands: {0: 0, 60: 10}}", "points: 1")
        with pytest.raises(Problem) as refused:
            shared.what_if(checked_model(yaml, "new.yaml"))
        assert refused.value.status == 409


def test_the_copy_follows_what_happens(living: Living, past: Past) -> None:
    prepared(past)
    model = checked_model(YAML, "new.yaml")
    before = past.what_if(model, deep=False).leads
    gone = living.erase()
    # Nobody asked: an erasure is reason enough.
    past.keeper.look()
    found = past.keeper.found("small")
    assert found is not None
    assert gone
    files = found.folder.rglob("*.parquet")
    assert not [file for file in files if gone.encode() in file.read_bytes()]
    assert past.what_if(model, deep=False).leads in (before, before - 1)
    with living.server.database.write() as connection:
        for _ in range(20):
            living.come(connection)
    past.refresh("small")
    past.keeper.look()
    assert past.what_if(model, deep=False).leads > before


def test_evidence_is_looked_for_after_a_refresh_and_a_restart(
    standing: Server, shared: Past
) -> None:
    state, found = shared.state("small"), shared.evidence("small")
    assert state.evidence is (found is not None)
    assert state.evidence or state.why_no_evidence
    if found:
        rules = checked_model(YAML, "m").rules
        assert [one.rule.id for one in found.rules] == [rule.id for rule in rules]
    past = again(standing)
    assert past.state("small").why_no_evidence == ""
    assert past.evidence("small") is None
    # Nobody asked: the copy is there.
    past.keeper.look()
    assert past.evidence("small") == found
    assert past.state("small") == state
    past.close()


def test_the_copy_of_a_model_that_is_no_longer_active_goes(living: Living, past: Past) -> None:
    found = prepared(past)
    with living.server.database.write() as connection:
        connection.exec_driver_sql("UPDATE versions SET state = 'retired'")
        version(connection, YAML.replace("name: small", "name: other"), name="other")
    past.keeper.look()
    assert not found.folder.exists()
