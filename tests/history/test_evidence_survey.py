"""The sellers' survey: read with care, held beside the data."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.history.test_evidence import MODEL, found, leads_and_outcomes

from tamis.engines.registry import open_session
from tamis.errors import SourceError
from tamis.history.survey import read_survey

HEAD = "person;rule;weight;comment\n"


def test_sellers_and_data_are_held_side_by_side(tmp_path: Path) -> None:
    file = tmp_path / "survey.csv"
    lines = [
        "Anne;boss;5;ils décident",
        "Bruno;boss;4,5;",
        "Anne;abroad;4;",
        "Anne;reachable;5;",
        "Bruno;reachable;4;",
        "Anne;size;0;",
        "Bruno;size;5;",
        "Bruno;martian;2;",
        "Bruno;here;;sans avis",
    ]
    file.write_text(HEAD + "\n".join(lines), encoding="cp1252")
    with open_session() as session:
        asked = found(session, *leads_and_outcomes(2000, 8), survey=file)
    said = {one.rule: one for one in asked.opinions}
    assert {rule: one.verdict for rule, one in said.items()} == {
        "boss": "agree",
        "abroad": "against",
        "reachable": "sellers_only",
        "size": "divided",
        "martian": "unknown",
    }
    assert (said["boss"].weight, said["boss"].people) == (4.75, 2)
    assert said["boss"].comments == ("Anne: ils décident",)
    assert said["size"].spread == 2.5


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Anne;bos;3;", "no rule `bos`.*\n.*did you mean `boss`"),
        ("Anne;boss;6;", "`6` is no weight"),
        ("Anne;boss;much;", "`much` is no weight"),
        (";boss;3;", "nobody gave this weight"),
        ("Anne;boss;1;\nAnne;boss;2;", "twice"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "survey.csv"
    file.write_text(HEAD + line + "\n")
    with pytest.raises(SourceError, match=said) as caught:
        read_survey(file, MODEL)
    assert caught.value.place is not None
    assert caught.value.place.line == 1 + line.count("\n") + 1


def test_a_survey_without_weights_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "survey.csv"
    file.write_text("person,rule\nAnne,boss\n")
    with pytest.raises(SourceError, match="no column `weight`"):
        read_survey(file, MODEL)
