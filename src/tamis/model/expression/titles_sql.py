"""Titles and mail as trees: the data of `tamis.model.titles` in SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

from tamis.model import titles
from tamis.sql.write import one_of, text, tree


def normalised(title: exp.Expr) -> exp.Expr:
    """A title folded like `titles.normalise` folds it."""
    folded: exp.Expr = exp.Lower(this=title.copy())
    for found, replacement in titles.LIGATURES:
        folded = tree("replace(:x, :f, :r)", x=folded, f=text(found), r=text(replacement))
    translated = tree(
        "translate(:x, :f, :t)", x=folded, f=text(titles.ACCENTS[0]), t=text(titles.ACCENTS[1])
    )
    return tree(
        "regexp_replace(concat(' ', :x, ' '), :s, ' ', 'g')",
        x=translated,
        s=text(titles.SEPARATORS),
    )


def first_label(question: str, folded: exp.Expr) -> exp.Expr:
    """The label of the first pattern found in a folded title, or null."""
    arms = [
        (exp.RegexpLike(this=folded.copy(), expression=text(rule.pattern)), _label(rule.label))
        for rule in titles.TITLE_RULES[question]
    ]
    return one_of(arms, exp.null())


def _label(label: str | None) -> exp.Expr:
    return exp.null() if label is None else text(label)


def domain(address: exp.Expr) -> exp.Expr:
    """The domain of an address, or null."""
    return tree(
        "nullif(regexp_extract(lower(trim(:a)), :p, 1), '')",
        a=address,
        p=text(titles.EMAIL_PATTERN),
    )


def after_at(address: exp.Expr) -> exp.Expr:
    """What follows the first `@`, in lower case: the domain, if the text is an address at all."""
    return tree("lower(trim(substr(:a, strpos(:a, '@') + 1)))", a=address.copy())


def buying_role(level: exp.Expr, function: exp.Expr) -> exp.Expr:
    """The say in a purchase, from what seniority and job function gave."""
    arms = [
        (tree(":l = :v", l=level, v=text(label)), text(role))
        for label, role in titles.BUYING_ROLE.items()
    ]
    by_function = tree(":f IS NOT NULL", f=function)
    return one_of([*arms, (by_function, text(titles.FUNCTION_ONLY_ROLE))], exp.null())


def _labelled(question: str) -> Callable[[exp.Expr], exp.Expr]:
    # CONCAT of a null title is null on some engines and blank on others: here it is null.
    return lambda title: one_of(
        [(tree(":t IS NOT NULL", t=title), first_label(question, normalised(title)))], exp.null()
    )


def _buys(title: exp.Expr) -> exp.Expr:
    return buying_role(_labelled("seniority")(title), _labelled("job_function")(title))


def _in_list(domains: Callable[[], frozenset[str]]) -> Callable[[exp.Expr], exp.Expr]:
    def compile_(address: exp.Expr) -> exp.Expr:
        listed = exp.In(this=domain(address), expressions=[text(d) for d in sorted(domains())])
        return tree("coalesce(:x, FALSE)", x=listed)

    return compile_


DERIVED: Mapping[str, Callable[[exp.Expr], exp.Expr]] = {
    "email_domain": domain,
    "is_free_email": _in_list(titles.free_domains),
    "is_disposable_email": _in_list(titles.disposable_domains),
    "seniority": _labelled("seniority"),
    "job_function": _labelled("job_function"),
    "buying_role": _buys,
}
"""The whole tree of each function, for conditions on events, where nothing is computed ahead."""
