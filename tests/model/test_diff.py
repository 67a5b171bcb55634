"""The difference of two models, as a person would say it."""

# ruff: noqa: E501 (a rule of a model stands on one line)

from __future__ import annotations

from decimal import Decimal

import pytest

from tamis.model.changes import Change
from tamis.model.checks import checked_model
from tamis.model.diff import differences

BASE = """
tamis: 1
name: base
fields: {lead: {country: text, n: integer}, event: {url: text, s: number}}
dimensions:
  fit:
    label: {en: Fit, fr: Adéquation}
    grades: {A: 75, B: 0}
    rules:
      - {id: size, field: n, bands: {0: 0, 10: 5}}
      - {id: market, field: country, values: {FR: 5, BE: 3}, otherwise: 1}
  engagement:
    decay: {half_life: 30d}
    groups: {web: {cap: 40}}
    rules:
      - {id: pricing, event: page_view, where: "url like '%/pricing%'", points: 8, within: 90d, group: web}
      - {id: demo, event: [demo_request, contact], points: 40, decay: none}
      - {id: silent, event: "*", silent_for: 60d, points: -15}
score: {weights: {fit: 0.4, engagement: 0.6}}
cell: [fit]
temperature: {hot: score >= 70, cold: "true"}
stages: {lead: score >= 30, mql: score >= 50}
plays:
  - {id: call, when: "temperature = 'hot'", do: handoff, to: sales, respond_within: 8h}
  - {id: keep, when: "true", do: nurture, to: news}
accounts: {rollup: top, of: score, count: 3}
"""


def said(*edits: tuple[str, str]) -> list[str]:
    """What changes when each text is replaced by the other."""
    text = BASE
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    before, after = checked_model(BASE, "old.yaml"), checked_model(text, "new.yaml")
    return [str(change) for change in differences(before, after)]


LEARNED = """
  learned:
    odds: {rate: 0.0872, double: 10, at: 50}
    rules: [{id: learned_base, when: "true", points: 48.2}]
score:"""


def test_what_a_learned_value_means() -> None:
    with_learned = BASE.replace("\nscore:", LEARNED)
    old = checked_model(with_learned, "a")
    new = checked_model(with_learned.replace("0.0872", "0.1"), "b")
    assert [str(change) for change in differences(old, new)] == [
        "dimension `learned`: read as a probability 50 means 0.0872, each 10 more double the odds"
        " → 50 means 0.1, each 10 more double the odds"
    ]
    come = [str(change) for change in differences(checked_model(BASE, "c"), old)]
    assert come == ["dimension `learned` added", "rule `learned_base` added"]


WORK = """
lifecycle:
  use: none
  statuses: {lead: , mql: {milestone: qualified, kinds: [mkg, tkg]}, sql: }
  questions: {fits: Fits}
  steps:
    - {from: lead, to: mql, by: score, when: score >= 50, back: score < 40, stay: 2d}
    - {from: mql, to: sql, by: sales, needs: [fits]}
feedback: {reasons: [timing, {small: Too small}], false_positives: 20%, over: 30d}
queues:
  sales: {assign: capacity, people: [ada, bob], limit: 30}
  news: {territories: [{when: country = 'FR', to: ada}], otherwise: sales}
service: {week: {mon-tue: "09:00-12:00 14:00-18:00"}, holidays: FR}
goals: [{milestone: qualified, per_month: 40}]
costs: {fair: 120}
"""


def said_of_work(old: str, new: str) -> list[str]:
    """What changes of the way to a sale when a text is replaced by another."""
    assert old in WORK, old
    before = checked_model(BASE + WORK, "old.yaml")
    after = checked_model(BASE + WORK.replace(old, new), "new.yaml")
    return [str(change) for change in differences(before, after)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("milestone: qualified, kinds", "kinds", "status `mql`: milestone qualified → none"),
        ("kinds: [mkg, tkg]", "", "status `mql`: kinds mkg, tkg → none"),
        (", sql: }", ", sql: {closed: true}}", "status `sql`: ends the work no → yes"),
        (", sql: }", ", sql: , won: }", "status `won` added"),
        ("fits: Fits", "fits: Suits", "question `fits`: label “Fits” → “Suits”"),
        ("fits: Fits", "fits: Fits, rich: Rich", "question `rich` added"),
        (
            "back: score < 40",
            "back: score < 30",
            "step `lead → mql`: condition of return `score < 40` → `score < 30`",
        ),
        ("stay: 2d", "stay: 1w", "step `lead → mql`: minimum stay 2 d → 7 d"),
        (
            "by: score",
            "by: [sales, score]",
            "step `lead → mql`: made by the score → the score, sales",
        ),
        (", needs: [fits]", "", "step `mql → sql`: needs fits → none"),
        ("from: mql, to: sql", "from: any, to: sql", "step `any → sql` added"),
        ("20%", "25%", "feedback: tolerated false positives 20% → 25%"),
        ("over: 30d", "over: 90d", "feedback: counted over 30 d → 90 d"),
        ("timing, ", "", "reason `timing` removed"),
        ("small: Too small", "small: Tiny", "reason `small`: label “Too small” → “Tiny”"),
        ("limit: 30", "limit: 20", "queue `sales`: open work per person 30 → 20"),
        ("assign: capacity", "assign: round_robin", "queue `sales`: assigned by capacity → turn"),
        ("people: [ada, bob]", "people: []", "queue `sales`: people ada, bob → none"),
        (", otherwise: sales", "", "queue `news`: others go to sales → none"),
        (
            "to: ada",
            "to: [ada, cleo]",
            "queue `news`: territories `country = 'FR'`: ada → `country = 'FR'`: ada, cleo",
        ),
        (
            "mon-tue",
            "mon",
            "service levels: working week mon 09:00-12:00 14:00-18:00, tue 09:00-12:00 14:00-18:00"
            " → mon 09:00-12:00 14:00-18:00",
        ),
        ("holidays: FR", "holidays: DE-BY", "service levels: public holidays FR → DE-BY"),
        ("holidays: FR", "remind: none", "service levels: reminder 50% → none"),
        ("per_month: 40", "per_month: 50", "goal `qualified`: per month 40 → 50"),
        ("fair: 120", "fair: 99.5", "cost of a lead from `fair`: 120 → 99.5"),
        ("fair: 120", "web: 1", "cost of a lead from `web` added"),
    ],
)
def test_a_change_on_the_way_to_a_sale_is_said(old: str, new: str, expected: str) -> None:
    assert expected in said_of_work(old, new)


def test_a_lifecycle_comes_and_goes_as_a_whole() -> None:
    plain, ready = (checked_model(BASE + text, "m") for text in ("", "lifecycle: taxonomy\n"))
    assert [str(change) for change in differences(plain, ready)] == ["lifecycle added"]
    assert [str(change) for change in differences(ready, plain)] == ["lifecycle removed"]


def test_what_is_said_of_a_ready_lifecycle_is_what_differs() -> None:
    ready = checked_model(BASE + "lifecycle: taxonomy\n", "m")
    changed = "lifecycle: {profile: b2c, statuses: {srl: none}}\n"
    found = [str(change) for change in differences(ready, checked_model(BASE + changed, "m"))]
    assert found[:2] == ["lifecycle: profile b2b → b2c", "status `srl` removed"]


def test_a_play_that_goes_first_is_a_change() -> None:
    assert said(("respond_within: 8h", "respond_within: 8h, fast_track: true")) == [
        "play `call`: goes first no → yes"
    ]


DEMO = "      - {id: demo, event: [demo_request, contact], points: 40, decay: none}\n"
SILENT = '      - {id: silent, event: "*", silent_for: 60d, points: -15}\n'


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("points: 8,", "points: 10,", "rule `pricing`: points 8 → 10"),
        (DEMO, "", "rule `demo` removed"),
        ("A: 75", "A: 80", "grade A of `fit`: from 75 → 80"),
        ("A: 75, ", "", "grade A of `fit` removed"),
        (
            "half_life: 30d",
            "half_life: 14d",
            "dimension `engagement`: decay half-life 30 d → half-life 14 d",
        ),
        ("{half_life: 30d}", "none", "dimension `engagement`: decay half-life 30 d → none"),
        ("cap: 40", "cap: 50", "group `web` of `engagement`: cap 40 → 50"),
        ("{cap: 40}", "{}", "group `web` of `engagement`: cap 40 → none"),
        ("within: 90d", "within: 8w", "rule `pricing`: window 90 d → 56 d"),
        ("within: 90d, ", "", "rule `pricing`: window 90 d → none"),
        (", group: web}", "}", "rule `pricing`: group web → none"),
        (
            "/pricing%'",
            "/prices%'",
            "rule `pricing`: condition on events `url like '%/pricing%'` → `url like '%/prices%'`",
        ),
        (
            "[demo_request, contact]",
            "demo_request",
            "rule `demo`: events demo_request, contact → demo_request",
        ),
        ("demo_request, contact]", '"*"]', "rule `demo`: events demo_request, contact → any"),
        (
            "points: 40, decay: none",
            "points: 40, decay: {linear: 9}",
            "rule `demo`: decay none → even fall over 9 d",
        ),
        (
            "points: 40, decay: none",
            "points: 40, decay: {steps: {9: 0.5}}",
            "rule `demo`: decay none → 9 d: 0.5",
        ),
        ("silent_for: 60d", "silent_for: 30d", "rule `silent`: silence 60 d → 30 d"),
        (
            "bands: {0: 0, 10: 5}",
            "bands: {0: 0, 10: 7.5}",
            "rule `size`: bands 0: 0, 10: 5 → 0: 0, 10: 7.5",
        ),
        ("FR: 5", "FR: 6", "rule `market`, value `FR`: points 5 → 6"),
        ("FR: 5, ", "", "rule `market`, value `FR` removed"),
        ("BE: 3", "BE: 3, CH: 2", "rule `market`, value `CH` added"),
        ("otherwise: 1", "otherwise: 2", "rule `market`: points otherwise 1 → 2"),
        ("id: silent,", "id: quiet,", "rule `silent`: renamed, now `quiet`"),
        (
            "en: Fit",
            "en: Match",
            "dimension `fit`: label “Fit” / “Adéquation” → “Match” / “Adéquation”",
        ),
        ("    grades", "    range: [0, 60]\n    grades", "dimension `fit`: range 0, 100 → 0, 60"),
        ("fit: 0.4", "fit: 0.5", "weight of `fit` in the score: 0.4 → 0.5"),
        (
            "{weights: {fit: 0.4, engagement: 0.6}}",
            "{sum: [fit]}",
            "score: computed as weighted mean → sum",
        ),
        ("cell: [fit]\n", "", "cell: fit → none"),
        (
            "score >= 70",
            "score >= 60",
            "temperature `hot`: condition `score >= 70` → `score >= 60`",
        ),
        ("mql: score", "good: score", "stage `mql` removed"),
        ("do: nurture", "do: webhook", "play `keep`: action nurture → webhook"),
        ("to: sales, respond_within: 8h", "to: sales", "play `call`: time to respond 8h → none"),
        ("accounts: {rollup: top, of: score, count: 3}", "", "account scores removed"),
        ("rollup: top", "rollup: max", "account scores: rolled up as top → max"),
        ("name: base", "name: base\ntimezone: Europe/Paris", "model: time zone UTC → Europe/Paris"),
        ("name: base", "name: base\nexclude: n = 0", "model: excluded leads none → `n = 0`"),
        ("name: base", "name: base\nversion: 2", "model: version 1 → 2"),
        ("country: text", "country: text, city: text", "field `city` of the lead added"),
        ("s: number", "s: integer", "field `s` of the event: number → integer"),
    ],
)
def test_a_change_is_said(old: str, new: str, expected: str) -> None:
    assert expected in said((old, new))


@pytest.mark.parametrize(
    "edits",
    [
        [],
        [("      - {id: size", "      # a comment\n      - {id: size")],
        [(DEMO, ""), (SILENT, SILENT + DEMO)],
        [("within: 90d", "within: 90")],
        [("points: 8,", "points: 8.000,")],
        [("{A: 75, B: 0}", "{B: 0, A: 75}")],
        [("FR: 5, BE: 3", "BE: 3, FR: 5")],
        [("points: 8, within: 90d", "within: 90d, points: 8")],
    ],
)
def test_what_means_the_same_is_no_change(edits: list[tuple[str, str]]) -> None:
    assert said(*edits) == []


def test_the_decay_of_a_dimension_is_told_once_not_for_each_rule() -> None:
    assert said(("half_life: 30d", "half_life: 14d")) == [
        "dimension `engagement`: decay half-life 30 d → half-life 14 d"
    ]


def test_a_rule_moved_to_another_form_and_dimension() -> None:
    moved = DEMO.replace("points: 40", "points: 40, at_least: 2").replace(
        "[demo_request, contact]", "x"
    )
    market = "      - {id: market, field: country"
    assert said((DEMO, ""), (market, moved + market)) == [
        "rule `demo`: form points → at_least",
        "rule `demo`: dimension engagement → fit",
        "rule `demo`: events demo_request, contact → x",
    ]


def test_the_order_of_plays_and_verdicts_is_a_change() -> None:
    call = "  - {id: call, when: \"temperature = 'hot'\", do: handoff, to: sales, respond_within: 8h}\n"
    keep = '  - {id: keep, when: "true", do: nurture, to: news}\n'
    assert said((call + keep, keep + call)) == ["plays: order changed, call, keep → keep, call"]
    swapped = "{mql: score >= 50, lead: score >= 30}"
    assert said(("{lead: score >= 30, mql: score >= 50}", swapped)) == [
        "stages: order changed, lead, mql → mql, lead"
    ]


def test_a_play_put_between_others_changes_no_order() -> None:
    keep = '  - {id: keep, when: "true"'
    new = "  - {id: new, when: score > 1, do: none}\n"
    assert said((keep, new + keep)) == ["play `new` added"]


def test_there_and_back_are_opposites() -> None:
    old = checked_model(BASE, "a")
    new = checked_model(BASE.replace("points: 8,", "points: 10,"), "b")
    [there], [back] = differences(old, new), differences(new, old)
    assert (there.old, there.new) == (back.new, back.old) == (Decimal(8), Decimal(10))


def test_the_words_can_be_translated_and_the_values_stay() -> None:
    french = {"{subject}: {aspect} {old} → {new}": "{subject} : {aspect} {old} → {new}"}
    french |= {"rule `{name}`": "règle « {name} »", "window": "fenêtre", "{days} d": "{days} j"}
    old, new = checked_model(BASE, "a"), checked_model(BASE.replace("90d", "30d"), "b")
    [change] = differences(old, new)
    assert (
        change.text(lambda text: french.get(text, text))
        == "règle « pricing » : fenêtre 90 j → 30 j"
    )


def test_no_empty_text_is_translated() -> None:
    asked: list[str] = []

    def say(text: str) -> str:
        asked.append(text)
        return text

    Change("added", "rule", "x").text(say)
    assert "" not in asked


def test_fields_come_in_the_order_of_the_file() -> None:
    names = [f"{letter}_{n}" for n in range(4) for letter in "zmab"]
    old, new = (
        checked_model(
            f"{{tamis: 1, name: m, dimensions: {{fit: {{}}}}, fields: {{lead: {{{fields}}}}}}}", "m"
        )
        for fields in (", ".join(f"{name}: {kind}" for name in names) for kind in ("text", "date"))
    )
    assert [change.name for change in differences(old, new)] == names
