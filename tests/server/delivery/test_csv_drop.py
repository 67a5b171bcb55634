"""Files in a folder: whole, named by their keys, harmless to a spreadsheet."""

from __future__ import annotations

import csv
import stat
from pathlib import Path
from typing import Any

import pytest

from tamis.server.delivery.message import Message, Refused, Retry, Sent
from tamis.server.delivery.targets.csv_drop.target import COLUMNS, CsvDrop, name_of

AT = 1_795_338_000_000_000


def message(key: str = "msg_1", entry: int = 7, **told: Any) -> Message:
    return Message(entry, "folder", "status.changed", 3, told, key, AT)


def read(folder: Path) -> dict[str, str]:
    (file,) = folder.iterdir()
    with file.open(encoding="utf-8", newline="") as opened:
        (row,) = csv.DictReader(opened)
    return row


def test_a_message_is_a_file(tmp_path: Path) -> None:
    told = {"lead_id": "ann", "score": 82.5, "reasons": ["a, b", 'the "c"'], "other": "x"}
    assert CsvDrop(tmp_path).send(message(**told)) == Sent()
    (file,) = tmp_path.iterdir()
    assert file.name == "20261122T090000Z-000000000007-status.changed-msg_1.csv"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    row = read(tmp_path)
    assert tuple(row) == COLUMNS
    assert row["at"] == "2026-11-22T09:00:00.000Z"
    assert (row["lead_id"], row["score"], row["name"]) == ("ann", "82.5", "")
    assert row["reasons"] == 'a, b; the "c"'


def test_the_same_message_is_the_same_file(tmp_path: Path) -> None:
    drop = CsvDrop(tmp_path, "group")
    assert drop.send(message(name="Ann")) == drop.send(message(name="Ann")) == Sent()
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert drop.send(message("msg_2", 8)) == Sent()
    assert len(list(tmp_path.iterdir())) == 2


def test_files_stand_in_the_order_of_their_messages() -> None:
    names = [name_of(message(entry=entry)) for entry in (9, 10, 100)]
    assert names == sorted(names)


@pytest.mark.parametrize(
    "formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "=cmd|' /C calc'!A0"]
)
def test_no_cell_is_a_formula(tmp_path: Path, formula: str) -> None:
    CsvDrop(tmp_path).send(message(name=formula, reasons=[formula], score=-1.5))
    row = read(tmp_path)
    assert row["name"] == f"'{formula}"
    assert row["reasons"] == f"'{formula}"
    # A number is no text.
    assert row["score"] == "-1.5"


def test_a_folder_that_is_gone_is_tried_again(tmp_path: Path) -> None:
    gone = CsvDrop(tmp_path / "gone")
    assert gone.send(message()) == Retry(
        "the folder cannot be written to: No such file or directory"
    )
    test = Message(0, "folder", "test", None, {}, "msg_t", AT)
    assert isinstance(gone.send(test), Retry)
    assert CsvDrop(tmp_path).send(test) == Sent()
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_text_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    assert CsvDrop(tmp_path).send(message(name="\ud800")) == Refused("it holds what is no text")
    assert list(tmp_path.iterdir()) == []
