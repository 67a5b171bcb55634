"""What columns are for, told from their names, and the fields to declare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tamis.model.checks.names import OWN_COLUMNS
from tamis.model.checks.personal import attribute_of
from tamis.model.spec import Table
from tamis.reports.draft.written import one_line, words, yaml
from tamis.reports.inventory.columns import own_column
from tamis.reports.inventory.found import FieldFound, Inventory

CRITERIA: Mapping[str, tuple[str, ...]] = {
    "title": (
        *("job title", "jobtitle", "title", "position"),
        *("intitule de poste", "intitule du poste", "poste", "fonction", "titre"),
    ),
    "email": ("email", "e mail", "mail", "email address", "courriel", "adresse e mail"),
    "phone": ("phone", "phone number", "mobile", "telephone", "tel", "portable"),
    "size": (
        *("employees", "number of employees", "company size", "headcount", "nb employees"),
        *("nb employes", "effectif", "effectifs", "salaries", "nombre de salaries"),
    ),
    "revenue": (
        *("revenue", "annual revenue", "turnover", "declared monthly revenue"),
        *("chiffre d affaires", "ca"),
    ),
    "industry": (
        *("industry", "sector", "vertical", "business segment", "specialization"),
        *("secteur", "secteur d activite", "industrie"),
    ),
    "country": ("country", "country code", "office location", "pays", "code pays"),
    "occupation": ("occupation", "job", "profession", "metier"),
    "source": (
        *("source", "lead source", "utm source", "origin", "lead origin", "acquisition channel"),
        *("provenance", "origine", "canal", "canal d acquisition"),
    ),
}
"""How columns that say who a lead is are called in real data, the best name first."""

CREATED = (
    *("created", "creation date", "create date", "createdate", "created date", "created on"),
    *("first contact date", "date de creation", "date creation", "cree le"),
)
OUTCOMES = frozenset(
    {
        *("converted", "conversion", "conversion value", "won", "lost", "outcome", "deal stage"),
        *("y", "target", "won date", "close date", "close value", "closed", "is customer", "churn"),
        *("converti", "gagne", "perdu", "resultat", "date de signature"),
    }
)
"""Names of columns that hold what scoring is meant to foresee."""

EXAMPLES = 3
LONGEST = 24
FEW = 50
NEEDED: Mapping[Table, tuple[str, ...]] = {
    "lead": ("lead_id", "account_id"),
    "account": ("account_id",),
    "event": ("lead_id", "event", "timestamp"),
}
"""Our own columns that a table should have."""
ACCOUNT_IDS = ("account", "account name", "company id", "company", "siren", "siret", "id compte")


def criterion(fields: Sequence[FieldFound], kind: str) -> FieldFound | None:
    """The field that is called like a criterion: by its whole name, else by a part of it."""
    by_name: dict[str, FieldFound] = {}
    for field in fields:
        by_name.setdefault(words(field.name), field)
    exact = next((by_name[name] for name in CRITERIA[kind] if name in by_name), None)
    if exact or kind in ("email", "phone"):
        return exact
    phrases = [name for name in CRITERIA[kind] if len(name) > 4]
    parts = (f for name, f in by_name.items() for phrase in phrases if f" {phrase} " in f" {name} ")
    return next(parts, None)


@dataclass(frozen=True)
class Declared:
    """The fields that the draft declares, and the columns that it leaves out, with the reason."""

    fields: tuple[FieldFound, ...]
    left_out: tuple[tuple[FieldFound, str], ...]

    def of(self, *tables: Table) -> list[FieldFound]:
        """The declared fields of the tables, in the order of the tables."""
        return [field for table in tables for field in self.fields if field.table == table]

    def name(self, field: FieldFound) -> str:
        """The field's name, with its table where another table has the name too."""
        twice = [f for f in self.of("lead", "account") if f.name == field.name]
        return f"{field.table}.{field.name}" if len(twice) > 1 else field.name

    def qualifier(self, field: FieldFound) -> str:
        """What must stand before the field's name in an expression."""
        return "" if self.name(field) == field.name else f"{field.table}."


def declared(inventory: Inventory) -> Declared:
    """Which columns the draft declares as fields."""
    kept: list[FieldFound] = []
    left: list[tuple[FieldFound, str]] = []
    for field in inventory.fields:
        if field.name in OWN_COLUMNS[field.table] or field.name in _meant_as_own(inventory, field):
            continue
        reason = _reason(field, [f.name.lower() for f in kept if f.table == field.table])
        if reason:
            left.append((field, reason))
        else:
            kept.append(field)
    return Declared(tuple(kept), tuple(left))


def _meant_as_own(inventory: Inventory, field: FieldFound) -> set[str]:
    return {name for table, _, name in own_names(inventory) if table == field.table}


def _reason(field: FieldFound, taken: Sequence[str]) -> str:
    """Why a column cannot be a field, or should not; empty when it can."""
    if field.type is None:
        return "holds nested values"
    if not field.filled:
        return "is empty"
    if "." in field.name or not field.name.isprintable():
        return "needs a plain name: --map NEW_NAME=THIS_NAME, then declare the new name"
    if field.name.lower() in taken or field.name.lower() in OWN_COLUMNS[field.table]:
        return "differs from another column only in case: rename it"
    if words(field.name) in OUTCOMES:
        return "looks like an outcome, known only afterwards: never a criterion"
    if (field.table, field.name) == ("lead", "created_at") and field.type not in (
        "date",
        "timestamp",
    ):
        return "cannot be read as days without knowing how they are written"
    return ""


def own_names(inventory: Inventory) -> Iterator[tuple[Table, str, str]]:
    """Columns that seem to be ours under another name: table, our name, theirs."""
    for table in ("lead", "account", "event"):
        names = [field.name for field in inventory.fields_of(table)]
        for own in NEEDED[table]:
            listed = own == "account_id"
            alike = next((n for n in names if words(n) in ACCOUNT_IDS), None)
            theirs = alike if listed else own_column(own, names)
            if own not in names and theirs:
                yield table, own, theirs


def created(inventory: Inventory) -> str | None:
    """The column that seems to say since when a lead is known, if none is `created_at`."""
    names = {words(field.name): field.name for field in inventory.fields_of("lead")}
    if "created at" in names:
        return None
    return next((names[name] for name in CREATED if name in names), None)


def described(field: FieldFound) -> str:
    """A field's line of the draft: name, type, and what is in it as a comment."""
    return f"    {yaml(field.name)}: {field.type}  # {about(field)}"


def about(field: FieldFound) -> str:
    """What is in a field, for a comment."""
    parts = ["under 1 % filled" if 0 < field.fill < 0.01 else f"{field.fill:.0%} filled"]
    shown = [one.value for one in field.frequent[:EXAMPLES]] if field.distinct <= FEW else []
    if shown and field.type == "text":
        cut = [value if len(value) <= LONGEST else value[: LONGEST - 1] + "…" for value in shown]
        parts.append(f"such as {', '.join(one_line(value) for value in cut)}")
    personal = attribute_of(field.name) if field.table == "lead" else None
    if personal:
        parts.append(
            f"personal ({personal}): ask your data-protection officer before a rule uses it"
        )
    return "; ".join(parts)
