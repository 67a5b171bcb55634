"""Evidence as a person reads it: rules, fields, won customers, the sellers' view."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from tamis.history.evidence import Evidence
from tamis.history.evidence_order import FieldEvidence, Pays
from tamis.history.evidence_rules import RuleEvidence, Says
from tamis.history.intervals import Interval
from tamis.history.portrait import Trait
from tamis.history.survey import Opinion, Verdict
from tamis.language import listed, number, percent, short_day, translator
from tamis.model.spec import Model
from tamis.reports.phrases import rule_name
from tamis.reports.terminal.text import HEADING, SOFT, harmless, heading

NOTHING, TO = "–", "–"  # noqa: RUF001
GOOD, BAD, DOUBT = "green", "red", "yellow"


def shown(evidence: Evidence, language: str) -> Iterator[RenderableType]:
    """Everything, one part below the other; what has nothing to say is left out."""
    _ = translator(language)
    yield from _opening(evidence, language)
    yield from _in_short(evidence.rules, language)
    yield heading(_("Rules"))
    yield _rules(evidence.rules, language)
    yield from _legend(evidence, language)
    if evidence.fields:
        yield heading(_("What each form field adds to the order of leads"))
        yield _fields(evidence.fields, language)
    if evidence.portrait:
        yield heading(_("Won customers are more often"))
        yield _portrait(evidence.portrait, language)
    elif evidence.seen.won < 10:
        yield Text(_("Fewer than 10 wins: too few for a portrait of won customers."), style=SOFT)
    if evidence.opinions:
        yield heading(_("What sellers say"))
        yield _opinions(evidence.seen.model, evidence.opinions, language)


def _opening(evidence: Evidence, language: str) -> Iterator[RenderableType]:
    _ = translator(language)
    seen = evidence.seen
    said = _(
        "{name} judged on {days}: {cases} cases, {leads} leads, {won} won within {horizon} days."
    )
    yield Text(
        said.format(
            name=harmless(seen.model.name),
            days=listed([short_day(day, language) for day in seen.days], language),
            cases=number(seen.cases, language),
            leads=number(seen.leads, language),
            won=number(seen.won, language),
            horizon=seen.horizon,
        ),
        style=HEADING,
    )
    yield Text(_("A case is a lead as it stood on one of these days, not decided yet."), style=SOFT)
    if seen.ends_early:
        late = _("The outcomes end on {day}, before the horizon does: wins are missing.")
        yield Text(late.format(day=short_day(seen.until, language)), style=DOUBT)
    order = evidence.order
    if order.value is None:
        yield Text(_("Too few wins to judge the order of leads: 10 are needed."), style=DOUBT)
    elif evidence.has_signal:
        better = _("Order of leads: AUC {auc}; 0.5 is chance.")
        yield Text(better.format(auc=_plain(order, language)))
    elif order.holds(0.5):
        none = _("No usable signal: the order of leads is no better than chance, AUC {auc}.")
        yield Text(none.format(auc=_plain(order, language)), style=f"bold {DOUBT}")
    else:
        worse = _("The model ranks leads the wrong way round: AUC {auc}; 0.5 is chance.")
        yield Text(worse.format(auc=_plain(order, language)), style=f"bold {BAD}")


def _in_short(rules: Sequence[RuleEvidence], language: str) -> Iterator[RenderableType]:
    """The rules that ask for a decision, by name."""
    _ = translator(language)
    words: Mapping[Says, str] = {
        "misleads": _("Mislead: {rules}."),
        "too_good": _("Too good to be true, see whether the win fills the field in: {rules}."),
        "duplicates": _("Say the same as another rule: {rules}."),
        "same": _("Give everyone the same points: {rules}."),
        "never": _("Never fire: {rules}."),
    }
    for says, said in words.items():
        names = [harmless(one.rule.id) for one in rules if one.says == says]
        if names:
            style = BAD if says == "misleads" else DOUBT
            yield Text(said.format(rules=listed(names, language)), style=style)


def _plain(interval: Interval, language: str, decimals: int = 2) -> str:
    """A figure and its interval."""
    if interval.value is None or interval.low is None or interval.high is None:
        return NOTHING
    _ = translator(language)
    value, low, high = (
        number(v, language, decimals=decimals, fixed=True)
        for v in (interval.value, interval.low, interval.high)
    )
    return _("{value} ({low} to {high})").format(value=value, low=low, high=high)


def _share(interval: Interval, language: str) -> Text:
    """A share in per cent, its interval below."""
    if interval.value is None or interval.low is None or interval.high is None:
        return Text(NOTHING)
    low, high = (
        number(100 * v, language, decimals=1, fixed=True) for v in (interval.low, interval.high)
    )
    return _over(percent(interval.value, language, decimals=1), f"{low}{TO}{high}")


def _over(figure: str, interval: str) -> Text:
    """A figure, and below, softer, what it may be."""
    return Text(figure).append(f"\n{interval}", style=SOFT)


def _table(*columns: tuple[str, bool]) -> Table:
    made = Table(header_style=HEADING, box=box.SIMPLE_HEAD, pad_edge=False)
    for name, right in columns:
        made.add_column(name, justify="right" if right else "left", overflow="fold")
    return made


def _rules(rules: Sequence[RuleEvidence], language: str) -> Table:
    _ = translator(language)
    made = _table(
        (_("rule"), False),
        (_("cases"), True),
        (_("won with"), True),
        (_("without"), True),
        (_("odds"), True),
        (_("points"), True),
        (_("by data"), True),
        (_("verdict"), False),
    )
    for one in rules:
        by_data = one.from_data
        made.add_row(
            Text(harmless(one.rule.id)),
            Text(number(one.cases, language) + ("*" if one.by_amount else "")),
            _share(one.with_, language),
            _share(one.without, language),
            _times(one.odds, language),
            Text(number(one.earned, language, decimals=1, sign=True)),
            Text(NOTHING if by_data is None else number(by_data, language, decimals=1, sign=True)),
            _verdict(one, language),
        )
    return made


def _times(odds: Interval, language: str) -> Text:
    if odds.value is None or odds.low is None or odds.high is None:
        return Text(NOTHING)
    value, low, high = (
        number(min(v, 999), language, decimals=1, fixed=True)
        for v in (odds.value, odds.low, odds.high)
    )
    return _over(f"× {value}", f"{low}{TO}{high}")  # noqa: RUF001


def _verdict(one: RuleEvidence, language: str) -> Text:
    _ = translator(language)
    words: Mapping[Says, tuple[str, str]] = {
        "supports": (_("supports"), GOOD),
        "misleads": (_("misleads"), BAD),
        "too_good": (_("too good to be true?"), DOUBT),
        "duplicates": (_("duplicates {rules}"), DOUBT),
        "unclear": (_("no difference seen"), SOFT),
        "too_few": (_("too few to tell"), SOFT),
        "same": (_("gives everyone the same"), DOUBT),
        "never": (_("never fires"), DOUBT),
    }
    word, style = words[one.says]
    twins = listed([harmless(id_) for id_ in one.duplicates], language)
    text = Text(word.replace("{rules}", twins), style=style)
    if one.says != "unclear" and one.holds_over_time is not None:
        over_time = _("holds over time") if one.holds_over_time else _("changes over time")
        text.append(f"\n{over_time}", style=SOFT)
    return text


def _legend(evidence: Evidence, language: str) -> Iterator[RenderableType]:
    _ = translator(language)
    yield Text(
        _(
            "Odds: how many times the rule multiplies the odds of winning, other points alike. "
            "Points: what it gives, and what the data would give. Below, intervals at 95 per cent."
        ),
        style=SOFT,
    )
    if any(one.by_amount for one in evidence.rules):
        said = _("* gives nearly everyone points: more than its average against the rest.")
        yield Text(said, style=SOFT)
    count = sum(one.says in ("supports", "misleads", "unclear") for one in evidence.rules)
    if count >= 20:
        chance = _(
            "Of {count} rules, about {few} would seem to mislead or support by chance alone."
        )
        yield Text(chance.format(count=count, few=round(count / 20)), style=SOFT)


def _fields(fields: Sequence[FieldEvidence], language: str) -> Table:
    _ = translator(language)
    words: Mapping[Pays, tuple[str, str]] = {
        "pays": (_("pays: keep asking"), GOOD),
        "costs": (_("its rules spoil the order"), BAD),
        "unclear": (_("no gain seen"), SOFT),
        "too_few": (_("too few to tell"), SOFT),
        "unread": (_("nothing reads it: need you ask?"), DOUBT),
        "elsewhere": (_("no rule reads it, other parts of the model do"), SOFT),
    }
    made = _table(
        (_("field"), False),
        (_("filled"), True),
        (_("rules"), False),
        (_("AUC gained"), True),
        (_("verdict"), False),
    )
    for one in fields:
        word, style = words[one.pays]
        made.add_row(
            Text(harmless(one.field.name)),
            percent(one.filled, language),
            Text(", ".join(harmless(id_) for id_ in one.rules) or NOTHING),
            _plain(one.gain, language, 3),
            Text(word, style=style),
        )
    return made


def _portrait(traits: Sequence[Trait], language: str) -> Table:
    _ = translator(language)
    made = _table(
        (_("field"), False),
        (_("value"), False),
        (_("of the won"), True),
        (_("of the others"), True),
        (_("wins"), True),
        (_("conversion"), True),
    )
    for one in traits:
        made.add_row(
            *(Text(harmless(text)) for text in (one.of, one.value)),
            percent(one.among_won, language),
            percent(one.among_others, language),
            number(one.won, language),
            _share(one.conversion, language),
        )
    return made


def _opinions(model: Model, opinions: Sequence[Opinion], language: str) -> Table:
    _ = translator(language)
    words: Mapping[Verdict, tuple[str, str]] = {
        "agree": (_("sellers and data agree"), GOOD),
        "sellers_only": (_("sellers believe in it, the data do not show it"), DOUBT),
        "data_only": (_("the data show more than sellers think"), DOUBT),
        "against": (_("the data go against it"), BAD),
        "divided": (_("sellers differ among themselves"), DOUBT),
        "unknown": (_("the data cannot tell"), SOFT),
    }
    made = _table(
        (_("rule"), False),
        (_("mean weight"), True),
        (_("people"), True),
        (_("spread"), True),
        (_("sellers and data"), False),
    )
    for one in opinions:
        word, style = words[one.verdict]
        rule = model.rule(one.rule)
        text = Text(word, style=style)
        for comment in one.comments:
            text.append("\n" + harmless(comment), style=SOFT)
        made.add_row(
            Text(harmless(rule_name(rule, language) if rule else one.rule)),
            number(one.weight, language, decimals=1),
            number(one.people, language),
            number(one.spread, language, decimals=1),
            text,
        )
    return made
