"""Leads as facts: the row that holds on the day, their account, and what rules ask of both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlglot import exp

from tamis.facts.inputs import ACCOUNT_ROWS, LEAD_ROWS, id_type
from tamis.facts.plan import Derived, Plan
from tamis.model import titles
from tamis.model.expression import titles_sql
from tamis.model.spec import Field
from tamis.sql.chain import SQL_TYPES, Constants, Step
from tamis.sql.days import day_number
from tamis.sql.relation import Column, Relation, Type
from tamis.sql.write import added, column, named, query, table, tree, whole

LEAD = Column("lead", "integer", "the lead's key inside the chain")
CREATED_DAY = Column(
    "created_day", "integer", "day of creation", unit="days since 1970-01-01", null="not known"
)
KNOWN = Column(
    "known",
    "integer",
    "share of declared fields that are known",
    unit="hundredths",
    null="none is declared",
)
KINDS: Mapping[str, Type] = {
    "is_free_email": "boolean",
    "is_disposable_email": "boolean",
    "local_date": "date",
}
"""The type of a derived column, where it is not text."""
LISTS = {"is_free_email": "free_domains", "is_disposable_email": "disposable_domains"}


def constants(plan: Plan) -> tuple[Constants, ...]:
    """The lists of mail domains that the model asks for."""
    domains = {"free_domains": titles.free_domains, "disposable_domains": titles.disposable_domains}
    asked = {LISTS[d.function] for d in plan.derived.values() if d.function in LISTS}
    return tuple(
        Constants(
            Relation(
                name, "mail domains, one list", ("domain",), (Column("domain", "text", "a domain"),)
            ),
            tuple((domain,) for domain in sorted(domains[name]())),
        )
        for name in sorted(asked)
    )


def steps(plan: Plan) -> tuple[Step, ...]:
    """The steps from rows as delivered to leads."""
    return (known_leads(plan), *looked_up(plan), leads(plan))


def known_leads(plan: Plan) -> Step:
    """The row of each lead that holds on the day, with its account's fields."""
    people = [column(f.column, "l") for f in plan.model.fields_of("lead")]
    firms = plan.model.fields_of("account")
    companies = [column(f.column, "a") if plan.shape.accounts else _absent(f) for f in firms]
    select = query(
        """
        SELECT l.lead_id, l.account_id, :created AS created_day, :version, :fields
        FROM :rows AS l
        """,
        created=_created_day(plan),
        version=_version_place(plan),
        fields=[*people, *companies],
        rows=table(LEAD_ROWS),
    )
    assert isinstance(select, exp.Select)
    if plan.shape.accounts:
        accounts = table(ACCOUNT_ROWS, "a")
        select = select.join(accounts, on="a.account_id = l.account_id", join_type="left")
    if plan.shape.valid_from:
        select = select.where(_valid(plan))
    relation = _known_relation(plan)
    known = query(
        """
        SELECT :kept FROM :rows AS r
        WHERE (r.created_day IS NULL OR r.created_day <= :today) AND :latest
        """,
        kept=[column(name, "r") for name in relation.column_names],
        rows=select.subquery(copy=False),
        today=plan.today,
        latest=tree("r.place = 1") if plan.shape.valid_from else exp.true(),
    )
    return Step(relation, known)


def _created_day(plan: Plan) -> exp.Expr:
    """The day number of the declared `created_at`; null when the model declares none."""
    declared = plan.model.field("lead", "created_at")
    if declared is None or declared.type not in ("date", "timestamp"):
        return exp.cast(exp.null(), exp.DType.INT)
    at = column(declared.column, "l")
    return day_number(at if declared.type == "date" else plan.local_date(at))


def _version_place(plan: Plan) -> list[exp.Expr]:
    if not plan.shape.valid_from:
        return []
    latest = "row_number() OVER (PARTITION BY l.lead_id ORDER BY l.valid_from DESC NULLS LAST)"
    return [named(tree(latest), "place")]


def _valid(plan: Plan) -> exp.Expr:
    day = day_number(plan.local_date(column("valid_from", "l")))
    return tree("(l.valid_from IS NULL OR :day <= :today)", day=day, today=plan.today)


def _known_relation(plan: Plan) -> Relation:
    return Relation(
        "known_leads",
        "the row of each lead that holds on the as-of day, with its account's fields",
        ("lead_id",),
        (
            Column("lead_id", id_type(plan), "the lead"),
            Column("account_id", "text", "its account", null="no account"),
            CREATED_DAY,
            *(
                Column(f.column, f.type, f.name, null="not known")
                for f in plan.model.fields_of("lead", "account")
            ),
        ),
    )


def _absent(declared: Field) -> exp.Expr:
    return named(exp.cast(exp.null(), SQL_TYPES[declared.type]), declared.column)


def _titled(plan: Plan) -> dict[str, list[Derived]]:
    """Title functions by their argument, so that each title is folded once."""
    found: dict[str, list[Derived]] = {}
    for derived in plan.derived.values():
        if derived.function in ("seniority", "job_function", "buying_role"):
            found.setdefault(derived.argument.sql(), []).append(derived)
    return found


def looked_up(plan: Plan) -> tuple[Step, ...]:
    """What each distinct title says: patterns are costly, and many leads share a title."""
    return tuple(
        _titles(place, group) for place, group in enumerate(_titled(plan).values(), start=1)
    )


def _titles(place: int, group: list[Derived]) -> Step:
    folded = column("folded")
    level, function = (
        titles_sql.first_label("seniority", folded),
        titles_sql.first_label("job_function", folded),
    )
    answers = {
        "seniority": level,
        "job_function": function,
        "buying_role": titles_sql.buying_role(exp.paren(level), exp.paren(function)),
    }
    select = query(
        """
        SELECT title, :answers
        FROM (
          SELECT title, :folded AS folded
          FROM (SELECT DISTINCT :title AS title FROM known_leads) AS d
        ) AS t
        WHERE NOT title IS NULL
        """,
        answers=[named(answers[d.function], d.column) for d in group],
        folded=titles_sql.normalised(column("title")),
        title=group[0].argument,
    )
    columns = [Column(d.column, "text", f"its {d.function}", null="it does not say") for d in group]
    about = "what each distinct title says"
    return Step(
        Relation(
            f"titles_{place}", about, ("title",), (Column("title", "text", "a title"), *columns)
        ),
        select,
    )


def leads(plan: Plan) -> Step:
    """Leads with everything that rules ask of them."""
    excluded = (
        tree("coalesce(:e, FALSE)", e=plan.on_lead(plan.model.exclude))
        if plan.model.exclude
        else exp.false()
    )
    derived = [named(_derived_column(plan, d), d.column) for d in plan.derived.values()]
    inner = query(
        """
        SELECT :key AS lead, :id AS lead_id, k.account_id, k.created_day, :known AS known,
          :derived, :fields
        FROM known_leads AS k
        """,
        key=tree("CAST(k.lead_id AS BIGINT)")
        if plan.shape.integer_ids
        else tree("row_number() OVER ()"),
        id=tree("CAST(k.lead_id AS VARCHAR)"),
        known=_known(plan),
        derived=derived,
        fields=[column(f.column, "k") for f in plan.asked_fields],
    )
    assert isinstance(inner, exp.Select)
    for looked_up_, on in _lookups(plan):
        inner = inner.join(looked_up_, on=on, join_type="left")
    select = query(
        "SELECT :excluded AS excluded, l.* FROM :inner AS l",
        excluded=excluded,
        inner=inner.subquery(copy=False),
    )
    return Step(lead_relation(plan), select)


def lead_relation(plan: Plan) -> Relation:
    """Grain and columns of `leads`."""
    return Relation(
        "leads",
        "leads known on the as-of day, with what rules ask of them",
        ("lead",),
        (
            Column("excluded", "boolean", "whether the lead gets no score"),
            LEAD,
            Column("lead_id", "text", "the lead"),
            Column("account_id", "text", "its account", null="no account"),
            CREATED_DAY,
            KNOWN,
            *(
                Column(d.column, KINDS.get(d.function, "text"), d.shown, null="it does not say")
                for d in plan.derived.values()
            ),
            *(Column(f.column, f.type, f.name, null="not known") for f in plan.asked_fields),
        ),
    )


def _known(plan: Plan) -> exp.Expr:
    """The share of declared lead and account fields that are not null, in hundredths."""
    fields = plan.model.fields_of("lead", "account")
    if not fields:
        return exp.cast(exp.null(), exp.DType.BIGINT)
    flags = [
        tree("CASE WHEN :f IS NULL THEN 0 ELSE 100 END", f=column(f.column, "k")) for f in fields
    ]
    # Rounded as everywhere, but of a number that is never negative, which is said more shortly.
    return tree(
        "(2 * :total + :n) // (2 * :n)", total=exp.paren(added(flags)), n=whole(len(fields))
    )


def _derived_column(plan: Plan, derived: Derived) -> exp.Expr:
    if derived.function in LISTS:
        listed = column("domain", _list_alias(derived))
        # The pattern only where the list has the domain: it is the costly part.
        return tree(
            "CASE WHEN :l IS NULL THEN FALSE ELSE :d IS NOT NULL END",
            l=listed,
            d=titles_sql.domain(derived.argument),
        )
    if derived.function == "email_domain":
        return titles_sql.domain(derived.argument)
    if derived.function == "local_date":
        return plan.local_date(derived.argument)
    return column(derived.column)


def _list_alias(derived: Derived) -> str:
    return derived.column.replace("derived__", "listed_")


def _lookups(plan: Plan) -> Iterable[tuple[exp.Expr, exp.Expr]]:
    for place, (_, group) in enumerate(_titled(plan).items(), start=1):
        title = column("title", f"titles_{place}")
        yield table(f"titles_{place}"), tree(":t = :a", t=title, a=group[0].argument)
    for derived in plan.derived.values():
        if derived.function in LISTS:
            alias = _list_alias(derived)
            on = tree(":d = :m", d=column("domain", alias), m=titles_sql.after_at(derived.argument))
            yield table(LISTS[derived.function], alias), on
