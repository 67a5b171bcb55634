"""A first model file, drafted from the data: fields with types, rules to be corrected."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence

from tamis.engines.base import Session
from tamis.model.spec import Table
from tamis.reports.draft.columns import Declared, about, created, declared, described, own_names
from tamis.reports.draft.engagement import Engagement, engagement
from tamis.reports.draft.fit import fit_rules
from tamis.reports.draft.written import Drafted, literal, one_line, yaml
from tamis.reports.inventory import Inventory, inventory_of

__all__ = ["draft"]

MOST_VALUES = 12
HOT = 70

HEAD = """\
# A first model, drafted from your data. Every number in it is a guess: nobody has yet looked at
# which leads became customers. Change, in this order:
#   1. `fields`: take out what no rule may use;
#   2. `fit`: your ideal customer, from your last signed customers and not from your last leads;
#   3. `engagement`: what buyers do that others do not;
#   4. the plays: who calls, and how fast;
#   5. the points, once the results of a few months lie before you.
# `tamis check` says what is wrong, `tamis sheet` prints the model for a meeting."""

GRADES = {"fit": "{A: 75, B: 50, C: 25, D: 0}", "engagement": "{4: 60, 3: 35, 2: 15, 1: 0}"}
LABELS = {"fit": "{en: Fit, fr: Adéquation}", "engagement": "{en: Engagement, fr: Engagement}"}
INTRODUCTIONS = {
    "fit": "  # FIT: would we like to have them as a customer? It does not fade.",
    "engagement": "  # ENGAGEMENT: what do they do? It counts half after 30 days.",
}


def draft(session: Session, tables: Mapping[str, str]) -> str:
    """The text of a model file that loads without problems, drafted from tables of a session.

    `tables` names the relation of `leads`, `accounts` and `events`, any of them left out. Points
    come from what names usually mean and from how rare an event is, never from outcomes: they are
    guesses, and the text says so.

    Raises: EngineError when the engine gives up.
    """
    return text_of(inventory_of(session, tables, MOST_VALUES))


def text_of(inventory: Inventory) -> str:
    """The text of a model file drafted from an inventory without a model."""
    fields = declared(inventory)
    activity = engagement(inventory)
    rules = {"fit": fit_rules(fields), "engagement": activity.rules}
    judged = [name for name, drafted in rules.items() if any(rule.best for rule in drafted)]
    parts = [
        [HEAD, *_maps(inventory)],
        [
            "tamis: 1",
            "name: draft",
            "version: 1",
            "about: Drafted from the data; its points are guesses",
            "timezone: UTC  # whose calendar days count, such as Europe/Paris",
        ],
        list(_fields(fields)),
        [
            "# These leads get no score at all: your own people, competitors.",
            "# exclude: email_domain(email) in ('our-company.example', 'rival.example')",
        ],
        list(_dimensions(rules, judged, activity)),
        list(_verdicts(rules, judged, activity.strong)),
        list(_accounts(inventory, judged)),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def _maps(inventory: Inventory) -> Iterator[str]:
    """What must be said on the command line because columns have names of their own."""
    found = dict.fromkeys((own, theirs) for _, own, theirs in own_names(inventory))
    if found:
        yield "#\n# Columns that seem to be ours under another name; when scoring, say:"
        yield from (f"#   --map {own}={_shell(theirs)}" for own, theirs in found)
    theirs_created = created(inventory)
    if theirs_created:
        name = one_line(theirs_created)
        yield f"#\n# `{name}` looks like the day since when a lead is known. To have it"
        yield "# counted as such, rename the field below to `created_at`, and when scoring say:"
        yield f"#   --map created_at={_shell(theirs_created)}"


def _shell(name: str) -> str:
    return shlex.quote(one_line(name))


def _fields(fields: Declared) -> Iterator[str]:
    tables: Sequence[Table] = ("lead", "account", "event")
    if not fields.fields and not fields.left_out:
        return
    yield "# Every field must be a column of the data: take out what you do not use, or run with"
    yield "# --missing-as-null."
    yield "fields:" if fields.fields else "# fields: no column of the data can be a field"
    for table in tables:
        kept = fields.of(table)
        left = [(field, why) for field, why in fields.left_out if field.table == table]
        if kept:
            yield f"  {table}:"
            yield from (described(field) for field in kept)
        for field, why in left:
            yield f"    # {one_line(field.name)}: {why} ({about(field)})"


def _dimensions(
    rules: Mapping[str, list[Drafted]], judged: Sequence[str], activity: Engagement
) -> Iterator[str]:
    yield "dimensions:"
    if not judged:
        yield "  # Nothing in the data could be made into a rule: write the first one here."
        yield "  fit:\n    label: {en: Fit, fr: Adéquation}\n    rules: []"
    for name in judged:
        yield INTRODUCTIONS[name]
        yield f"  {name}:"
        yield f"    label: {LABELS[name]}"
        yield f"    grades: {GRADES[name]}"
        if name == "engagement":
            yield "    decay: {half_life: 30d}  # companies buy slowly (90d), consumers fast (7d)"
        yield "    rules:"
        yield from (line for rule in rules[name] for line in rule.lines())
    if activity.ours and "engagement" in judged:
        names = ", ".join(one_line(name) for name in activity.ours)
        yield f"      # No rule for what tells nothing, or what we did ourselves: {names}"


def _verdicts(
    rules: Mapping[str, list[Drafted]], judged: Sequence[str], strong: Sequence[str]
) -> Iterator[str]:
    if not judged:
        return
    both = len(judged) == 2
    weights = "{fit: 0.4, engagement: 0.6}" if both else f"{{{judged[0]}: 1}}"
    yield f"score: {{weights: {weights}}}"
    yield f"cell: [{', '.join(judged)}]" + ("  # A4 is the best" if both else "")
    yield "# The first that holds:"
    yield f'temperature: {{hot: score >= {HOT}, warm: score >= 40, cold: "true"}}'
    yield "# The last that holds:"
    yield "stages: {prospect: score >= 10, lead: score >= 30, mql: score >= 50}"
    yield "# What to do, the first that holds. Sales must agree to the times to respond."
    yield "plays:"
    if both and strong:
        hits = " or ".join(f"hit({literal(id_)})" for id_ in strong)
        yield "  - id: fast_track\n    label: {en: Fast track, fr: Voie rapide}"
        yield "    when: " + yaml(f"({hits}) and fit_grade in ('A', 'B')")
        yield "    do: handoff\n    to: senior_sales\n    respond_within: 1h"
    if both or all(rule.best < HOT for rule in rules[judged[0]]):
        worth = " and fit_grade <> 'D'" if both else ""
        yield "  - id: call\n    label: {en: To call, fr: À appeler}"
        yield "    when: " + yaml(f"temperature = 'hot'{worth}")
        yield "    do: handoff\n    to: sales\n    respond_within: 8h"
    else:
        yield "  # One rule alone should not hand a lead to sales: add rules, then a play `call`."
    yield "  - id: keep_warm\n    label: {en: Keep warm, fr: À entretenir}"
    yield '    when: "true"\n    do: nurture\n    to: newsletter'


def _accounts(inventory: Inventory, judged: Sequence[str]) -> Iterator[str]:
    linked = any(field.name == "account_id" for field in inventory.fields_of("lead"))
    if judged and (linked or inventory.fields_of("account")):
        yield "# An account is worth the mean of its three best leads."
        yield "accounts: {rollup: top, of: score, count: 3}"
