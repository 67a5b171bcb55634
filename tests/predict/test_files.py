"""Files of learned models: what is written is read again, and nothing else is."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator
from tests.predict.said.made import SMALL, field, model_of, number_part, text_part
from tests.predict.said.test_same import Random, randoms

from tamis.errors import UserError
from tamis.predict.examples import Saying
from tamis.predict.files import bytes_of, learned_of, read_learned, schema, write_learned
from tamis.predict.learned import Bin, Group, Learned, LeftOut, Pair

PAIR = Pair(
    number_part("visits", {3.0: 0.0}, 0.0, 0.0),
    text_part("country", {("France",): 0.0}, 0.0, 0.0),
    ((0.1, 0.2, 0.0), (0.0, -0.3, 0.0), (0.0, 0.0, 0.0)),
    earns=0.001,
)
WHOLE = replace(
    SMALL,
    pairs=(PAIR,),
    calibration=(Bin(100, 0.1, 9),),
    left_out=(LeftOut("Tags", "leak", "filled for won leads"),),
    told=(0.1, 0.2, -0.05),
    horizon=90,
)


def tree(learned: Learned = WHOLE) -> Any:
    return json.loads(bytes_of(learned))


def changed(path: str, value: object) -> bytes:
    """The file of the whole model with a value put at a path, as `parts.0.groups.1.weight`."""
    root = tree()
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    node = root
    for step in steps:
        node = node[step]
    node[last] = value
    return json.dumps(root).encode()


def refused(data: bytes) -> str:
    with pytest.raises(UserError) as caught:
        learned_of(data, "learned.json")
    assert str(caught.value).startswith("learned.json: ")
    return caught.value.message


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "learned.json"
    write_learned(path, WHOLE)
    assert read_learned(path) == WHOLE
    assert list(tmp_path.iterdir()) == [path]


@given(randoms())
def test_any_model_is_read_again(one: Random) -> None:
    data = bytes_of(one.learned)
    assert learned_of(data, "m") == one.learned
    assert list(Draft202012Validator(schema()).iter_errors(json.loads(data))) == []


def test_the_schema_admits_a_file_and_refuses_other_keys() -> None:
    validator = Draft202012Validator(schema())
    assert list(validator.iter_errors(tree())) == []
    assert list(validator.iter_errors(json.loads(changed("parts.0.code", "1")))) != []


def test_what_is_usual_is_not_written() -> None:
    assert tree()["parts"][0]["groups"][1] == {"weight": 0.2, "rows": 10, "won": 1, "at_least": 3.0}


def test_an_event_is_one_name_or_several() -> None:
    for event in ("visit", ("visit", "call")):
        said = Saying("frequency", event=event, within=30, per_day=2)
        learned = model_of([number_part("n", {1.0: 0.5}, -0.1, 0.0, said)])
        assert learned_of(bytes_of(learned), "m") == learned


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("parts.0.groups.1.code", "print()", "unknown key `code` - at `$.parts[0].groups[1]`"),
        ("tamis_learned", 2, "Invalid enum value 2 - at `$.tamis_learned`"),
        (
            "parts.0.groups.1.weight",
            "0.2",
            "Expected `float`, got `str` - at `$.parts[0].groups[1].weight`",
        ),
        ("parts.0.groups.1.weight", 50.5, "between -50 and 50 - at `$.parts[0].groups[1].weight`"),
        ("parts.0.groups.1.spread", -1, "at `$.parts[0].groups[1].spread`"),
        ("parts.0.groups.1.won", 11, "wins are among the rows - at `$.parts[0].groups[1].won`"),
        ("parts.0.groups.1.missing", True, "exactly one of"),
        ("parts.0.groups.1.at_least", 10.0, "bounds rise - at `$.parts[0].groups`"),
        ("parts.0.groups.1.at_least", 1e300, "at `$.parts[0].groups[1].at_least`"),
        ("later", {"lift": -1.0}, "-1.0 cannot be - at `$.later.lift`"),
        ("training.last", "soon", "a day is expected, as 2026-11-02 - at `$.training.last`"),
        ("parts.0.groups", [], "the groups of a number are"),
        ("parts.1.kind", "number", "the groups of a number are"),
        ("parts.1.groups.1.values", ["FRANCE"], "stands in two groups, or twice - at `$.parts[1]"),
        ("parts.1.column", "visits", "a second part of `visits` - at `$.parts[1].column`"),
        ("parts.0.column", "x" * 3000, "at `$.parts[0].column`"),
        (
            "parts.0.said_by.form",
            "python",
            "Invalid enum value 'python' - at `$.parts[0].said_by.form`",
        ),
        ("parts.0.said_by.field", None, "a field has a name - at `$.parts[0].said_by.field`"),
        ("pairs.0.weights.1", [0.1], "3 rows of 3 weights are expected - at `$.pairs[0].weights`"),
        ("pairs.0.weights.1.2", -99, "at `$.pairs[0].weights[1][2]`"),
        ("intercept", 1e9, "at `$.intercept`"),
        ("base_rate.value", 1.2, "a share is between 0 and 1 - at `$.base_rate.value`"),
        ("base_rate.value", None, "a base rate is needed"),
        ("training.fingerprint", "zz", "64 hexadecimal digits"),
        ("training.examples", 1.5, "at `$.training.examples`"),
        ("usable", False, "a model that abstains has no parts"),
        ("parts", {}, "Expected `array`"),
        ("horizon", 0, "at `$.horizon`"),
        ("calibration.0.won", 101, "at `$.calibration[0]`"),
    ],
)
def test_what_is_not_sound_is_refused_at_its_place(path: str, value: object, told: str) -> None:
    assert told in refused(changed(path, value))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000 + b"]" * 100_000,
        b'{"tamis_learned":' * 5_000 + b"1" + b"}" * 5_000,
        b'{"intercept": NaN}',
        b'{"intercept": Infinity}',
        bytes_of(SMALL).replace(b'"intercept": -2.0', b'"intercept": 1e999'),
        pickle.dumps({"a": 1}),
        b" " * 5_000_001,
    ],
    ids=lambda data: repr(data[:12]),
)
def test_a_hostile_file_is_refused(data: bytes) -> None:
    assert refused(data)


class Trap:
    """Would make a folder where it is unpickled."""

    def __init__(self, at: str) -> None:
        self.at = at

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.mkdir, (Path(self.at),)


def test_a_pickle_is_not_run(tmp_path: Path) -> None:
    path, sprung = tmp_path / "learned.json", tmp_path / "sprung"
    path.write_bytes(pickle.dumps(Trap(str(sprung))))
    with pytest.raises(UserError, match="not JSON"):
        read_learned(path)
    assert not sprung.exists()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No such file"):
        read_learned(tmp_path / "none.json")


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), 51.0])
def test_no_model_is_written_that_could_not_be_read(tmp_path: Path, weight: float) -> None:
    wrong = model_of([number_part("n", {1.0: weight}, 0.0, 0.0)])
    with pytest.raises(UserError, match="weight"):
        write_learned(tmp_path / "m.json", wrong)
    assert list(tmp_path.iterdir()) == []


def test_a_part_that_lacks_a_group_is_not_written(tmp_path: Path) -> None:
    part = replace(number_part("n", {1.0: 0.1}, 0.0, 0.0), groups=(Group(0.1, below=True),))
    with pytest.raises(UserError, match="missing"):
        write_learned(tmp_path / "m.json", model_of([part]))


def test_a_field_of_an_account_keeps_its_table() -> None:
    part = text_part("industry", {("software",): 0.4}, 0.0, 0.0, field("industry", "account"))
    assert learned_of(bytes_of(model_of([part])), "m").parts[0].said_by == part.said_by


def test_a_file_of_very_many_things_is_answered_soon() -> None:
    begun = perf_counter()
    assert "column" in refused(b'{"parts":[' + b"{}," * 60_000 + b"{}]}")
    assert perf_counter() - begun < 5
