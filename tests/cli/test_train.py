"""`tamis train` and `tamis learned` on files."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
TABLE = ("--table", "leads.csv", "--label", "Gagné", "--language", "en")
FACTS = ("--leads", "people.csv", "--events", "events.csv", "--outcomes", "outcomes.csv")
DAY = ("--as-of", "2026-09-01", "--horizon", "60d", "--language", "en")
MODEL = """\
tamis: 1
name: tiny
fields: {lead: {title: text, created_at: date}}
dimensions:
  fit:
    rules:
      - {id: boss, when: "title = 'CEO'", points: 30}  # agreed in spring
      - {id: intern, when: "title = 'Intern'", points: 20}
  engagement:
    rules:
      - {id: views, event: page_view, points: 10, within: 90d, cap: 60}
score: {weights: {fit: 1, engagement: 1}}
"""


@pytest.fixture
def table(company: Path) -> Path:
    """Leads as French Excel writes them: bosses and large firms win, `Motif` is filled when won."""
    draw = random.Random(7)
    lines = ["Numéro;Fonction;Salariés;Chiffre;Motif;Gagné"]
    for number in range(900):
        title = draw.choice(["PDG", "Stagiaire", "Acheteur"])
        size = draw.randint(1, 500)
        odds = 0.08 + 0.3 * (title == "PDG") + 0.25 * (size > 250)
        won = draw.random() < odds
        reason = "prix" if won and draw.random() < 0.9 else ""
        cells = (number, title, size, f"{size * 1.5:.1f}".replace(".", ","), reason)
        lines.append(";".join(map(str, cells)) + (";oui" if won else ";non"))
    (company / "leads.csv").write_bytes("\r\n".join(lines).encode("cp1252"))
    return company


@pytest.fixture
def facts(company: Path) -> Path:
    """Leads of a spring, who look at pages; those who look much, and bosses, are won later."""
    draw = random.Random(3)
    people, events, outcomes = [], [], []
    for number in range(900):
        title, born = draw.choice(["CEO", "Intern", "Buyer"]), draw.randint(1, 120)
        created = f"2026-{1 + born // 31:02d}-{1 + born % 28:02d}"
        people.append(f"p{number},{title},{created}")
        views = draw.randint(0, 6)
        month = 1 + born // 31
        for _ in range(views):
            events.append(f"p{number},page_view,2026-{month:02d}-{draw.randint(20, 28)}")
        if draw.random() < 0.03 + 0.2 * (title == "CEO") + 0.05 * views:
            outcomes.append(f"p{number},won,2026-{month + draw.randint(2, 3):02d}-10")
    outcomes.append("ghost,lost,2026-09-01")
    (company / "model.yaml").write_text(MODEL)
    (company / "people.csv").write_text("lead_id,title,created_at\n" + "\n".join(people))
    (company / "events.csv").write_text("lead_id,event,timestamp\n" + "\n".join(events))
    (company / "outcomes.csv").write_text("lead_id,outcome,timestamp\n" + "\n".join(outcomes))
    return company


def test_it_learns_from_a_table_and_names_what_knows_too_much(tamis: Run, table: Path) -> None:
    shown = tamis("train", *TABLE)
    assert shown.exit_code == 0, shown.output
    assert "Motif: known for" in shown.stderr
    assert "--drop-suspects" in shown.stderr
    assert "Motif" in (table / "learned.json").read_text()


def test_with_consent_suspects_are_left_out_and_the_rest_is_a_model_that_scores(
    tamis: Run, table: Path
) -> None:
    shown = tamis("train", *TABLE, "--drop-suspects", "--export", "points.yaml")
    assert shown.exit_code == 0, shown.output
    learned = json.loads((table / "learned.json").read_text())
    assert {part["column"] for part in learned["parts"]} >= {"Fonction", "Salariés"}
    left_out = {one["column"]: one["why"] for one in learned["left_out"]}
    assert left_out == {"Motif": "leak", "Numéro": "name"}
    assert "It orders leads with an AUC of 0.7" in shown.stdout
    assert tamis("check", "points.yaml").exit_code == 0
    (table / "new.csv").write_text(
        "lead_id,Fonction,Salariés,Chiffre\nbig,PDG,400,600\nsmall,Stagiaire,3,4.5\n"
    )
    scored = tamis("score", "points.yaml", "--leads", "new.csv", "--out", "scores.csv", "--quiet")
    assert scored.exit_code == 0, scored.output
    first = (table / "scores.csv").read_text().splitlines()[1]
    assert first.startswith("big")


def test_the_card_speaks_french(tamis: Run, table: Path) -> None:
    shown = tamis("train", *TABLE[:-1], "fr", "--drop-suspects", "--card", "fiche.html")
    assert shown.exit_code == 0, shown.output
    page = (table / "fiche.html").read_text()
    assert '<html lang="fr"' in page
    assert "taux de base" in page
    assert "base rate" not in page


def test_dealt_outcomes_give_no_usable_signal(tamis: Run, table: Path) -> None:
    draw = random.Random(11)
    lines = (table / "leads.csv").read_bytes().decode("cp1252").split("\r\n")
    dealt = [
        line.rsplit(";", 2)[0] + draw.choice([";;oui", ";;non", ";;non"]) for line in lines[1:]
    ]
    (table / "leads.csv").write_bytes("\r\n".join([lines[0], *dealt]).encode("cp1252"))
    shown = tamis("train", *TABLE)
    assert shown.exit_code == 0, shown.output
    assert "No usable signal" in shown.stdout
    refused = tamis("train", *TABLE, "--export", "points.yaml")
    assert refused.exit_code == 1
    assert "no usable signal" in refused.stderr
    assert not (table / "points.yaml").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--table", "leads.csv"), "--label"),
        (("--table", "leads.csv", "--label", "Gagne"), "Gagné"),
        (("--table", "none.csv", "--label", "Gagné"), "none.csv"),
        (("--label", "Gagné"), "--table"),
        ((), "--table"),
        ((*TABLE, "--rises", "Fonction"), "no column of numbers"),
        ((*TABLE, "--segment", "Salariés"), "no column of texts"),
        ((*TABLE, "--card", "card.txt"), ".html"),
        ((*TABLE, "--since", "2026-01-01"), "--since"),
        ((*TABLE, "--leads", "leads.csv"), "--leads"),
    ],
)
def test_a_call_that_cannot_be_meant_says_why_and_writes_nothing(
    tamis: Run, table: Path, options: tuple[str, ...], said: str
) -> None:
    refused = tamis("train", *options)
    assert refused.exit_code in (1, 2)
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (table / "learned.json").exists()


def test_it_learns_from_facts_and_is_put_beside_the_rules(tamis: Run, facts: Path) -> None:
    trained = tamis("train", "model.yaml", *FACTS, *DAY)
    assert trained.exit_code == 0, trained.output
    promoted = tamis("learned", "promote", "learned.json", "model.yaml", "--to", "new.yaml")
    assert promoted.exit_code == 0, promoted.output
    text = (facts / "new.yaml").read_text()
    assert "# agreed in spring" in text
    assert "learned:" in text
    scored = tamis("score", "new.yaml", *FACTS[:4], *DAY[:2], "--out", "scores.csv", "--quiet")
    assert scored.exit_code == 0, scored.output
    head, first, *_ = (facts / "scores.csv").read_text().splitlines()
    row = dict(zip(head.split(","), first.split(","), strict=True))
    assert 1 <= float(row["learned"]) <= 99
    back = tamis("learned", "rollback", "new.yaml")
    assert back.exit_code == 0, back.output
    assert "learned" not in (facts / "new.yaml").read_text()


@pytest.mark.usefixtures("facts")
def test_what_is_learned_is_held_beside_the_rules(tamis: Run) -> None:
    assert tamis("train", "model.yaml", *FACTS, *DAY, "--quiet").exit_code == 0
    agreed = tamis("learned", "agree", "learned.json", "model.yaml", *FACTS, *DAY)
    assert agreed.exit_code == 0, agreed.output
    assert "only the learned model" in agreed.stdout
    judged = tamis("learned", "evaluate", "learned.json", "model.yaml", *FACTS, *DAY, "--json")
    assert json.loads(judged.stdout)["learned.json"]["auc"]["value"] > 0.6
    both = ("learned.json", "learned.json", "model.yaml")
    compared = tamis("learned", "compare", *both, *FACTS, *DAY, "--json")
    assert json.loads(compared.stdout)["verdict"]["found"] == "not_better"


def test_points_are_suggested_and_taken_into_a_draft(tamis: Run, facts: Path) -> None:
    shown = tamis("learned", "suggest", "model.yaml", *FACTS, *DAY)
    assert shown.exit_code == 0, shown.output
    assert "intern" in shown.stdout
    told = json.loads(tamis("learned", "suggest", "model.yaml", *FACTS, *DAY, "--json").stdout)
    says = {one["rule"]: one["says"] for one in told["suggestions"]}
    assert says["boss"] in ("supports", "more")
    assert says["intern"] in ("none", "less", "against")
    worth = [one for one in told["suggestions"] if one["says"] in ("more", "less", "against")]
    taken = tamis(
        "learned", "suggest", "model.yaml", *FACTS, *DAY, "--take", "all", "--to", "n.yaml"
    )
    assert (taken.exit_code == 0) == bool(worth), taken.output
    if worth:
        assert tamis("check", "n.yaml").exit_code == 0
        assert "# agreed in spring" in (facts / "n.yaml").read_text()


def test_the_watch_begins_and_goes_on(tamis: Run, facts: Path) -> None:
    assert tamis("train", "model.yaml", *FACTS, *DAY, "--quiet").exit_code == 0
    begun = tamis("learned", "watch", "learned.json", "model.yaml", *FACTS, *DAY)
    assert begun.exit_code == 0, begun.output
    assert "The watch begins" in begun.stdout
    later = tamis("learned", "watch", "learned.json", "model.yaml", *FACTS, *DAY)
    assert later.exit_code == 0, later.output
    assert "moved" in later.stdout
    again = tamis("learned", "watch", "learned.json", "model.yaml", *FACTS, *DAY)
    assert again.exit_code == 1
    assert "looked at already" in again.stderr
    (facts / "watch.json").write_text("[]")
    broken = tamis("learned", "watch", "learned.json", "model.yaml", *FACTS, *DAY)
    assert broken.exit_code == 1
    assert "watch.json" in broken.stderr


@pytest.mark.parametrize("content", ["", "[]", "{", '{"tamis_learned": 2}', "\x00", "é"])
def test_a_foreign_file_is_refused_in_words(tamis: Run, company: Path, content: str) -> None:
    (company / "foreign.json").write_text(content)
    refused = tamis("learned", "show", "foreign.json")
    assert refused.exit_code == 1
    assert "foreign.json" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("options", "safe"),
    [
        (("--to", "leads.csv"), "leads.csv"),
        (("--export", "leads.csv"), "leads.csv"),
        (("--to", "one.html", "--card", "one.html"), "leads.csv"),
    ],
)
def test_no_file_is_written_over_what_is_read_or_twice(
    tamis: Run, table: Path, options: tuple[str, ...], safe: str
) -> None:
    before = (table / safe).read_bytes()
    refused = tamis("train", *TABLE, *options)
    assert refused.exit_code == 2
    assert "read or written already" in refused.stderr
    assert (table / safe).read_bytes() == before


def test_facts_are_not_written_over(tamis: Run, facts: Path) -> None:
    for name in ("people.csv", "outcomes.csv", "model.yaml"):
        before = (facts / name).read_bytes()
        refused = tamis("train", "model.yaml", *FACTS, *DAY, "--to", name)
        assert refused.exit_code == 2
        assert (facts / name).read_bytes() == before


def test_a_state_edited_by_hand_is_refused_in_words(tamis: Run, facts: Path) -> None:
    assert tamis("train", "model.yaml", *FACTS, *DAY, "--quiet").exit_code == 0
    call = ("learned", "watch", "learned.json", "model.yaml", *FACTS)
    assert tamis(*call, *DAY).exit_code == 0
    kept = json.loads((facts / "watch.json").read_text())
    kept["baseline"]["fields"][0]["name"] = "gone"
    (facts / "watch.json").write_text(json.dumps(kept))
    refused = tamis(*call, *DAY)
    assert refused.exit_code == 1
    assert "no more what is watched: `gone`" in refused.stderr
    week = {"first": "2026-05-12", "leads": 5}
    changes = (("baseline", "leads", 0), ("state", "weeks", [week]), ("state", "now", week))
    for whose, key, value in changes:
        edited = json.loads(json.dumps(kept))
        edited[whose][key] = value
        (facts / "watch.json").write_text(json.dumps(edited))
        refused = tamis(*call, *DAY)
        assert refused.exit_code == 1
        assert "do not belong together" in refused.stderr


def test_a_protected_column_is_left_out_and_reported_by_group(tamis: Run, table: Path) -> None:
    lines = (table / "leads.csv").read_bytes().decode("cp1252").split("\r\n")
    kept = [lines[0].replace("Motif", "Sexe").replace("Numéro", "Rayon")]
    for number, line in enumerate(lines[1:]):
        cells = line.split(";")
        sex = "F" if number % 2 else "M"
        # The shelf tells the sex of nine in ten.
        shelf = "a" if (sex == "F") == (number % 20 < 18) else "b"
        kept.append(";".join([shelf, *cells[1:4], sex, cells[5]]))
    (table / "leads.csv").write_bytes("\r\n".join(kept).encode("cp1252"))
    shown = tamis("train", *TABLE)
    assert shown.exit_code == 0, shown.output
    learned = json.loads((table / "learned.json").read_text())
    assert "Sexe" not in {part["column"] for part in learned["parts"]}
    assert {"column": "Sexe", "why": "protected", "more": "gender"} in learned["left_out"]
    assert "By group: Sexe" in shown.stdout
    assert "Rayon tells Sexe" in shown.stdout
    allowed = tamis("train", *TABLE, "--allow", "Sexe", "--to", "other.json")
    assert "protected" not in (table / "other.json").read_text(), allowed.output
