"""A plain table to learn from: files as people have them, labels, and what is left out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest

from tamis.errors import SourceError, UsageError
from tamis.history.intervals import proportion
from tamis.predict.examples import Column
from tamis.predict.learned import Group, Learned, Part, Quality, Training
from tamis.predict.scoring import places
from tamis.predict.table import Note, TableRead, read_table
from tamis.predict.table.placeholders import with_placeholders

FRENCH = """Numéro;Créé le;Budget;Code postal;Société;Gagné
7;01/02/2026;1 250,50;01000;Été SA;oui
8;15/02/2026;;75001;Select;non
9;28/02/2026;12,5;69002;;non
10;01/03/2026;3;13001;N/A;
"""


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def read(tmp_path: Path, text: str, **how: object) -> TableRead:
    return read_table(written(tmp_path / "t.csv", text), **how)  # type: ignore[arg-type]


def values(found: TableRead, name: str) -> list[object]:
    column = found.examples.column(name)
    pairs = zip(column.values.tolist(), column.missing.tolist(), strict=True)
    return [None if missing else value for value, missing in pairs]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_a_table_as_french_excel_writes_it(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path / "pistes.csv", FRENCH, encoding)
    found = read_table(path, label="Gagné", lead="Numéro")
    assert {c.name: c.kind for c in found.examples.columns} == {
        "Budget": "number",
        "Code postal": "text",  # a number that begins with zero is a name
        "Société": "text",
    }
    assert values(found, "Budget") == [1250.5, None, 12.5]
    assert values(found, "Code postal") == ["01000", "75001", "69002"]
    assert values(found, "Société") == ["Été SA", None, None]
    assert found.examples.won.tolist() == [True, False, False]
    assert found.examples.ids == ("7", "8", "9")
    assert (found.label_words.won, found.label_words.rest) == (("oui",), ("non",))


def test_what_was_done_is_noted(tmp_path: Path) -> None:
    found = read(tmp_path, FRENCH, label="Gagné")
    told = {(one.code, *one.columns, *one.words): one.count for one in found.notes}
    assert told == {
        ("no-label",): 1,
        ("date", "Créé le"): 0,
        ("missing", "Société", "N/A"): 1,
        ("missing", "Société", "Select"): 1,
    }
    assert [one.name for one in found.dates] == ["Créé le"]
    assert np.diff(found.dates[0].values.astype(float)).tolist() == [14.0, 13.0]
    assert [c.name for c in found.judged.columns][-1] == "Créé le"


@pytest.mark.parametrize(
    ("won", "rest"),
    [
        *(("1", "0"), ("true", "FALSE"), ("Yes", "no"), ("Oui", "Non"), ("won", "Lost")),
        *(("Gagné", "perdu"), ("Closed Won", "closed_lost"), ("1.0", "0.0")),
    ],
)
def test_labels_that_everybody_knows(tmp_path: Path, won: str, rest: str) -> None:
    found = read(tmp_path, f"a,y\n1,{won}\n2,{rest}\n3,{won}\n", label="y")
    assert found.examples.won.tolist() == [True, False, True]


def test_the_sign_of_a_label_is_no_hyphen(tmp_path: Path) -> None:
    text = "a,y\n1,1\n2,0\n3,-1\n"
    with pytest.raises(SourceError, match="which of them means won"):
        read(tmp_path, text, label="y")
    found = read(tmp_path, text, label="y", yes="1")
    assert found.examples.won.tolist() == [True, False, False]


def test_other_labels_are_asked_for_with_the_place_and_what_is_there(tmp_path: Path) -> None:
    text = "a,y\n1,Signed\n2,Open\n3,Open\n"
    with pytest.raises(SourceError) as error:
        read(tmp_path, text, label="y")
    assert "t.csv:2: `y` holds `Open` (2), `Signed` (1)" in str(error.value)
    assert "--yes" in error.value.hint
    found = read(tmp_path, text, label="y", yes="signed")
    assert found.examples.won.tolist() == [True, False, False]
    with pytest.raises(SourceError, match="did you mean `Signed`"):
        read(tmp_path, text, label="y", yes="Sgned")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "no column `y`"),
        ("a,y\n", "no rows"),
        ("a,y\n1,\n2,\n", "is empty in every row"),
        ("a,y\n1,yes\n2,yes\n", "rows that were not won too"),
        ("a,y\n1,no\n2,no\n", "rows that were won too"),
        ("a,a,y\n1,1,yes\n2,2,no\n", "more than one column is named `a`"),
    ],
)
def test_tables_of_which_nothing_can_be_learned(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        read(tmp_path, text, label="y")


def test_a_column_that_is_not_there_is_guessed(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="did you mean `Converted`"):
        read(tmp_path, "a,Converted\n1,1\n2,0\n", label="Convertd")
    with pytest.raises(SourceError, match="no column `b`"):
        read(tmp_path, "a,y\n1,1\n2,0\n", label="y", ignore=["b"])


def test_a_column_has_one_task(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="`y` is given as label and time"):
        read(tmp_path, "a,y\n1,1\n2,0\n", label="y", time="y")


def test_time_orders_and_is_not_learned_from(tmp_path: Path) -> None:
    text = "n,at,y\n30,2026-03-01 12:00:00,1\n10,2026-01-01 00:00:00,0\n20,,0\n"
    found = read(tmp_path, text, label="y", time="at")
    assert found.examples.order is not None
    assert np.diff(found.examples.order).tolist() == [-59.5]
    assert [c.name for c in found.examples.columns] == ["n"]
    assert [(one.code, one.count) for one in found.notes] == [("no-time", 1)]
    by_number = read(tmp_path, text, label="y", time="n").examples
    assert by_number.order is not None
    assert by_number.order.tolist() == [30, 10, 20]
    slashed = "at,n,y\n01/02/2026,1,1\n03/04/2026,2,0\n"
    with pytest.raises(SourceError, match="can be read in two ways"):
        read(tmp_path, slashed, label="y", time="at")
    assert [one.name for one in read(tmp_path, slashed, label="y").dates] == ["at"]
    with pytest.raises(SourceError, match="tells no order"):
        read(tmp_path, "w,y\na,1\nb,0\n", label="y", time="w")


def test_rows_of_one_lead_weigh_as_one(tmp_path: Path) -> None:
    found = read(tmp_path, "id,n,y\na,1,1\na,2,1\nb,3,0\n,4,0\n", label="y", lead="id").examples
    assert found.lead.tolist() == [0, 0, 1, 2]
    assert found.weight.mean() == pytest.approx(1)
    assert found.weight[0] + found.weight[1] == pytest.approx(found.weight[2])
    assert found.conversions == 1


def test_rows_that_repeat_are_counted_without_ids(tmp_path: Path) -> None:
    rows = ["1,a,,1", "2,a,,1", "3,b,5,0", "4,a,,0", "5,b,5,0"]
    text = "\n".join(["id,s,n,y", *rows, ""])
    assert not read(tmp_path, text, label="y").notes
    found = read(tmp_path, text, label="y", lead="id")
    assert [(one.code, one.count, one.of) for one in found.notes] == [("repeated", 2, 5)]
    # In a larger table, what is different in every row is taken for an id.
    many = [f"{place},{'ab'[place % 2]},{place % 2}" for place in range(60)]
    found = read(tmp_path, "\n".join(["id,s,y", *many, ""]), label="y")
    assert [(one.code, one.count) for one in found.notes] == [("repeated", 58)]


def test_only_what_is_surely_a_placeholder_is_missing(tmp_path: Path) -> None:
    words = ["unknown", "None", "NA", "other", "0", "NULL", " n/a ", "-", "#N/A"]
    rows = [f"{word},{place % 2}" for place, word in enumerate(words)]
    found = read(tmp_path, "\n".join(["s,y", *rows, ""]), label="y")
    assert values(found, "s") == [*words[:5], None, None, None, None]


def test_a_column_of_one_word_among_numbers_is_text(tmp_path: Path) -> None:
    found = read(tmp_path, "a,b,y\n1,1,1\n2,x,0\nSelect,3,0\n", label="y")
    assert {c.name: c.kind for c in found.examples.columns} == {"a": "number", "b": "text"}
    assert values(found, "a") == [1, 2, None]


def test_parquet_json_lines_and_rows_give_the_same(tmp_path: Path) -> None:
    data = [
        {"n": 1.5, "s": "a", "flag": True, "y": 1},
        {"n": None, "s": None, "flag": False, "y": 0},
    ]
    parquet, lines = tmp_path / "t.parquet", tmp_path / "t.jsonl"
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(data), parquet)
    lines.write_text("".join(json.dumps(row) + "\n" for row in data))
    for source in (parquet, lines, data):
        found = read_table(source, label="y")
        assert values(found, "n") == [1.5, None]
        assert values(found, "s") == ["a", None]
        assert values(found, "flag") == ["true", "false"]
        assert found.examples.won.tolist() == [True, False]


def test_columns_without_anything_are_left_out_and_said(tmp_path: Path) -> None:
    found = read(tmp_path, "a,b,y\n1,,1\n2,Select,0\n", label="y")
    assert [c.name for c in found.examples.columns] == ["a"]
    assert ("empty", ("b",)) in [(one.code, one.columns) for one in found.notes]


def test_a_placeholder_is_scored_as_what_is_missing() -> None:
    groups = (Group(0.5, values=("a",)), Group(0.1, otherwise=True), Group(-1.0, missing=True))
    learned = Learned(
        1,
        "m",
        "won",
        "full",
        usable=True,
        intercept=-2.0,
        base_rate=proportion(100, 900),
        quality=Quality(),
        training=Training(900, 900, 100, "f", 1),
        parts=(Part("city", "text", groups),),
    )
    note = Note("missing", ("city",), 3, ("Select",))
    (part,) = with_placeholders(learned, (note,)).parts
    column = Column("city", "text", np.array(["Select", None, "a", "b"], dtype=object))
    weights = [part.groups[place].weight for place in places(part, column)]
    assert weights == [-1.0, -1.0, 0.5, 0.1]
