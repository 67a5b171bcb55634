"""YAML documents with places: hostile files are refused quickly, with a place, without a crash."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.model.document import DEEPEST, LONGEST, Problems, Value, did_you_mean, parse


def root(text: str) -> tuple[Value | None, list[str]]:
    """The root, and what was found as `code line:column`."""
    problems = Problems()
    value = parse(text, "m.yaml", problems)
    return value, [f"{p.code} {p.place.line}:{p.place.column}" for p in problems.found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "empty-file 1:1"),
        ("# only\n# comments\n", "empty-file 1:1"),
        ("a: 'b", "not-yaml 1:6"),
        ("a: [1, 2", "not-yaml 1:9"),
        ("a:\n\tb: 1", "not-yaml 2:1"),
        ("a: *b", "not-yaml 1:4"),
        ("a: 1\n---\nb: 2", "not-yaml 2:1"),
        ("a: 1\nb: @x", "not-yaml 2:4"),
        ("a: 1\nb: %x", "not-yaml 2:4"),
        ("%YAML 9.9\n---\na: 1", "not-yaml 1:1"),
        ("a: 'x\x00y'", "not-yaml 1:6"),
        ("a: 1\nb: \x07", "not-yaml 2:4"),
        ("a: \ud800", "not-yaml 1:4"),
        ('a: "b\\ud800"', "not-yaml 1:5"),
        ('a: ["b\\0c"]', "not-yaml 1:6"),
        ('a: 1\n"\\udfff": b', "not-yaml 2:2"),
        ("&a [*a]", "too-deep 1:1"),
        ("x" * (LONGEST + 1), "too-long 1:1"),
        ("- " * (LONGEST // 2 + 1), "too-long 1:1"),
    ],
)
def test_what_cannot_be_read(text: str, found: str) -> None:
    assert root(text) == (None, [found])


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "a: " + "[" * 3000 + "]" * 3000,
        "{a: " * 5000,
        "\n".join(" " * level + "a:" for level in range(900)),
        "a: &a [x,x]\n"
        + "".join(f"b{i}: &b{i} [*{'a' if i == 0 else f'b{i - 1}'}]\n" for i in range(30)),
    ],
)
def test_nesting_without_end_is_refused(text: str) -> None:
    value, found = root(text)
    assert value is None
    assert [line.split()[0] for line in found] == ["too-deep"]


def test_nesting_up_to_the_limit_is_read() -> None:
    assert root("[" * (DEEPEST - 1) + "1" + "]" * (DEEPEST - 1))[1] == []
    assert root("[" * DEEPEST + "1" + "]" * DEEPEST)[1] != []


def test_a_billion_laughs_cost_nothing() -> None:
    text = "a: &a [" + "x," * 10 + "]\n"
    text += "".join(
        f"{c}: &{c} [{f'*{b},' * 10}]\n" for b, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    value, found = root(text)
    assert value is not None
    assert found == []
    assert [key.node.value for key, _ in value.items()] == list("abcdefghi")


def test_an_anchor_given_twice_is_no_python_warning() -> None:
    assert root("a: &x 1\nb: &x 2")[1] == []


@pytest.mark.parametrize("text", ["a: no", "a: on", "a: yes", "a: NO"])
def test_norway_is_a_country(text: str) -> None:
    value, _ = root(text)
    assert value is not None
    [(_, answer)] = value.items()
    assert answer.text() == text[3:]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a: >-\n  x or\n  y", "x or y"),
        ("a: |\n  x or\n  y", "x or\ny"),
        ("a: x or\n  y", "x or y"),
        ('a: "x or\n  y"', "x or y"),
        ("a: 'it''s'", "it's"),
    ],
)
def test_a_text_over_lines_is_what_yaml_says(text: str, read: str) -> None:
    value, _ = root(text)
    assert value is not None
    [(_, answer)] = value.items()
    assert answer.text() == read


def read_number(text: str, low: int | None = None) -> tuple[str | None, list[str]]:
    problems = Problems()
    value = parse(text, "m.yaml", problems)
    assert value is not None
    number = value.number(limit=10_000, low=low)
    return None if number is None else format(number, "f"), [p.code for p in problems.found]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", "0"),
        ("-5", "-5"),
        ("+5", "5"),
        ("2.125", "2.125"),
        ("010", "10"),
        ("1e3", "1000"),
        ("1.5000", "1.5000"),
        ("10000", "10000"),
        ("-0", "-0"),
    ],
)
def test_numbers(text: str, number: str) -> None:
    assert read_number(text) == (number, [])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ten", "wrong-type"),
        ("'5'", "wrong-type"),
        ("[5]", "wrong-type"),
        ("{a: 5}", "wrong-type"),
        ("true", "wrong-type"),
        ("~", "wrong-type"),
        (".inf", "wrong-type"),
        (".nan", "wrong-type"),
        ("0x10", "wrong-type"),
        ("0o10", "wrong-type"),
        ("1:30", "wrong-type"),
        ("٥", "wrong-type"),  # noqa: RUF001 (a digit, but not one of ours)
        ("1,5", "wrong-type"),
        ("10000.001", "out-of-range"),
        ("-10001", "out-of-range"),
        ("9" * 5000, "out-of-range"),
        ("1e999999999", "out-of-range"),
        ("1e-999999999", "too-precise"),
        ("0.0001", "too-precise"),
    ],
)
def test_what_is_no_number(text: str, code: str) -> None:
    assert read_number(text) == (None, [code])


def test_a_number_below_its_least() -> None:
    assert read_number("-1", low=0) == (None, ["out-of-range"])


@pytest.mark.parametrize(
    ("text", "days"), [("30d", 30), ("30", 30), ("4w", 28), ("4 w", 28), ("'7'", 7)]
)
def test_durations(text: str, days: int) -> None:
    value, _ = root(text)
    assert value is not None
    assert value.duration() == days


@pytest.mark.parametrize(
    "text", ["0", "0d", "-3d", "3m", "3.5d", "d", "٣d", "1234567d", "[3]", "~", "3 d d"]
)
def test_what_is_no_duration(text: str) -> None:
    problems = Problems()
    value = parse(text, "m.yaml", problems)
    assert value is not None
    assert value.duration() is None
    assert problems.found[0].code in ("wrong-duration", "out-of-range")


@pytest.mark.parametrize(
    "text",
    [
        "2026-13-01",
        "2026-02-30",
        "20260101",
        "2026-W01-1",
        "01/02/2026",
        "today",
        "[1]",
        "0000-01-01",
    ],
)
def test_what_is_no_day(text: str) -> None:
    problems = Problems()
    value = parse(text, "m.yaml", problems)
    assert value is not None
    assert value.day() is None
    assert [p.code for p in problems.found] == ["wrong-date"]


def test_duplicate_keys_are_told_with_the_first_place() -> None:
    problems = Problems()
    value = parse("a: 1\nb: 2\na: 3", "m.yaml", problems)
    assert value is not None
    assert [key.node.value for key, _ in value.items()] == ["a", "b"]
    assert str(problems.found[0]) == (
        "m.yaml:3:1: error: `a` stands here a second time [duplicate-key]\n    first at line 1"
    )


def test_a_long_value_is_shown_in_part() -> None:
    value, _ = root("x" * 500)
    assert value is not None
    assert len(value.shown()) < 100


def test_a_hint_names_the_nearest_or_lists_the_few() -> None:
    assert did_you_mean("polnts", ["points", "cap"]) == "did you mean `points`?"
    assert did_you_mean("zzz", ["points", "cap", "cap"]) == "known: points, cap"
    assert did_you_mean("zzz", [f"name{i}" for i in range(50)]) == ""
    assert did_you_mean("zzz", []) == ""


def test_problems_come_by_place_each_once() -> None:
    problems = Problems()
    value = parse("a: 1\nb: 2", "m.yaml", problems)
    assert value is not None
    (_, a), (_, b) = value.items()
    for one in (b, a, b):
        one.wrong("wrong-type", "x")
    problems.warning(a.place, "unused-key", "y")
    assert [(p.place.line, p.severity) for p in problems.sorted] == [
        (1, "warning"),
        (1, "error"),
        (2, "error"),
    ]
    assert len(problems.errors) == 2


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    value, found = root(text)
    assert (value is None) == bool(found)


def test_a_decimal_comma_is_told_and_read_as_it_was_meant() -> None:
    value, _ = root("{a: 0,4, b: 0,4, c: 1, 5: }")
    assert value is not None
    numbers = {str(k.node.value): str(v.node.value) for k, v in value.items()}
    assert numbers == {"a": "0.4", "b": "0.4", "c": "1", "5": ""}
    assert [(p.place.column, p.code, p.hint) for p in value.problems.found] == [
        (5, "wrong-type", "write 0.4 with a point"),
        (13, "wrong-type", "write 0.4 with a point"),
    ]


def test_a_decimal_comma_in_a_block() -> None:
    value, _ = root("0,4")
    assert value is not None
    assert value.number(limit=9) is None
    assert value.problems.found[0].hint == "write 0.4 with a point"
