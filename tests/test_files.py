"""Files appear whole or not at all, whoever else writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tamis.files import whole_file


def found_in(folder: Path) -> list[tuple[str, str]]:
    return [(path.name, path.read_text()) for path in folder.iterdir()]


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("old")
    with pytest.raises(IsADirectoryError), whole_file(path) as temporary:
        (temporary.write_text("half"), tmp_path.read_text())
    assert found_in(tmp_path) == [("scores.csv", "old")]
    with whole_file(path) as temporary:
        temporary.write_text("new")
    assert found_in(tmp_path) == [("scores.csv", "new")]


def test_two_that_write_one_file_do_not_meet(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    with whole_file(path) as first:
        first.write_text("first")
        with whole_file(path) as second:
            second.write_text("second")
        assert path.read_text() == "second"
        assert first.read_text() == "first"
    assert found_in(tmp_path) == [("scores.csv", "first")]


def test_the_file_has_the_permissions_of_a_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    with whole_file(tmp_path / "whole") as temporary:
        temporary.write_text("")
    assert (tmp_path / "whole").stat().st_mode == (tmp_path / "plain").stat().st_mode
