"""Evidence as a person reads it: rules, fields, won customers, the sellers' view."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tamis.history.evidence import Evidence
from tamis.history.evidence_order import FieldEvidence, Pays
from tamis.history.evidence_rules import RuleEvidence, Says
from tamis.history.intervals import FEWEST_WON, Interval
from tamis.history.portrait import Trait
from tamis.history.survey import Opinion, Verdict
from tamis.language import listed, number, percent, short_day, translator
from tamis.model.spec import Model
from tamis.reports.evidence_charts import rules_drawn
from tamis.reports.figures import NONE, Unit, figure
from tamis.reports.phrases import rule_name
from tamis.reports.sections import Heading, Said, Section, Tone
from tamis.reports.store_use import store_used

MOST_ODDS = 999
"""Odds above this are shown as this."""
JUDGED = 20
"""So many rules judged, one of them seems to say something by chance alone."""


def evidence_title(evidence: Evidence, language: str) -> str:
    """The title of the answer."""
    _, model = translator(language), evidence.seen.model
    said = _("Evidence on {name} version {version}")
    return said.format(name=model.name, version=model.version)


def evidence_sections(evidence: Evidence, language: str) -> Iterator[Section]:
    """Everything, one part after the other; what has nothing to say is left out."""
    _ = translator(language)
    yield _opening(evidence, language)
    yield _rules(evidence, language)
    if evidence.fields:
        yield _fields(evidence.fields, language)
    if evidence.portrait:
        yield _portrait(evidence.portrait, language)
    elif evidence.seen.won < FEWEST_WON:
        few = _("Fewer than 10 wins: too few for a portrait of won customers.")
        yield Section(sentences=(Said(few, "soft"),))
    if evidence.opinions:
        yield _opinions(evidence.seen.model, evidence.opinions, language)


def _opening(evidence: Evidence, language: str) -> Section:
    _ = translator(language)
    seen = evidence.seen
    said = _(
        "{name} judged on {days}: {cases} cases, {leads} leads, {won} won within {horizon} days."
    ).format(
        name=seen.model.name,
        days=listed([short_day(day, language) for day in seen.days], language),
        cases=number(seen.cases, language),
        leads=number(seen.leads, language),
        won=number(seen.won, language),
        horizon=seen.horizon,
    )
    case = _("A case is a lead as it stood on one of these days, not decided yet.")
    sentences: list[str | Said] = [said, Said(case, "soft")]
    if seen.ends_early:
        late = _("The outcomes end on {day}, before the horizon does: wins are missing.")
        sentences.append(Said(late.format(day=short_day(seen.until, language)), "doubt"))
    sentences += [*store_used(evidence.store, language), _order(evidence, language)]
    sentences += _in_short(evidence.rules, language)
    return Section(evidence_title(evidence, language), tuple(sentences))


def _order(evidence: Evidence, language: str) -> Said:
    """How well the model orders leads."""
    _ = translator(language)
    order = evidence.order
    if order.value is None:
        return Said(_("Too few wins to judge the order of leads: 10 are needed."), "doubt")
    said, tone = _("The model ranks leads the wrong way round: AUC {auc}; 0.5 is chance."), "bad"
    if evidence.has_signal:
        said, tone = _("Order of leads: AUC {auc}; 0.5 is chance."), ""
    elif order.holds(0.5):
        said = _("No usable signal: the order of leads is no better than chance, AUC {auc}.")
    return Said(said.format(auc=figure(order, language, decimals=2)), tone)  # type: ignore[arg-type]


def _in_short(rules: Sequence[RuleEvidence], language: str) -> Iterator[Said]:
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
        names = [one.rule.id for one in rules if one.says == says]
        if names:
            tone: Tone = "bad" if says == "misleads" else "doubt"
            yield Said(said.format(rules=listed(names, language)), tone)


def _above(found: Interval, language: str, *, unit: Unit = "%", most: float = 1) -> Said:
    """A figure, its interval below."""
    shown = figure(found, language, decimals=1, unit=unit, most=most)
    return Said(shown.value, below=shown.span)


def _points(value: float | None, language: str) -> str:
    return NONE if value is None else number(value, language, decimals=1, sign=True)


def _rules(evidence: Evidence, language: str) -> Section:
    _ = translator(language)
    rows = tuple(
        (
            one.rule.id,
            number(one.cases, language) + ("*" if one.by_amount else ""),
            _above(one.with_, language),
            _above(one.without, language),
            _above(one.odds, language, unit="\u00d7", most=MOST_ODDS),
            _points(one.earned, language),
            _points(one.from_data, language),
            _verdict(one, language),
        )
        for one in evidence.rules
    )
    headings = (
        Heading(_("rule")),
        Heading(_("cases"), number=True),
        Heading(_("won with"), number=True),
        Heading(_("without"), number=True),
        Heading(_("odds"), number=True),
        Heading(_("points"), number=True),
        Heading(_("by data"), number=True),
        Heading(_("verdict")),
    )
    return Section(
        _("Rules"),
        headings=headings,
        rows=rows,
        note=" ".join(_legend(evidence, language)),
        charts=tuple(rules_drawn(evidence.rules, language)),
    )


def _verdict(one: RuleEvidence, language: str) -> Said:
    _ = translator(language)
    words: Mapping[Says, tuple[str, Tone]] = {
        "supports": (_("supports"), "good"),
        "misleads": (_("misleads"), "bad"),
        "too_good": (_("too good to be true?"), "doubt"),
        "duplicates": (_("duplicates {rules}"), "doubt"),
        "unclear": (_("no difference seen"), "soft"),
        "too_few": (_("too few to tell"), "soft"),
        "same": (_("gives everyone the same"), "doubt"),
        "never": (_("never fires"), "doubt"),
    }
    word, tone = words[one.says]
    text, below = word.replace("{rules}", listed(list(one.duplicates), language)), ""
    if one.says != "unclear" and one.holds_over_time is not None:
        below = _("holds over time") if one.holds_over_time else _("changes over time")
    return Said(text, tone, below)


def _legend(evidence: Evidence, language: str) -> Iterator[str]:
    _ = translator(language)
    yield _(
        "Odds: how many times the rule multiplies the odds of winning, other points alike. "
        "Points: what it gives, and what the data would give. Below, intervals at 95 per cent."
    )
    if any(one.by_amount for one in evidence.rules):
        yield _("* gives nearly everyone points: more than its average against the rest.")
    count = sum(one.says in ("supports", "misleads", "unclear") for one in evidence.rules)
    if count >= JUDGED:
        chance = _(
            "Of {count} rules, about {few} would seem to mislead or support by chance alone."
        )
        yield chance.format(count=count, few=round(count / JUDGED))


def _fields(fields: Sequence[FieldEvidence], language: str) -> Section:
    _ = translator(language)
    words: Mapping[Pays, tuple[str, Tone]] = {
        "pays": (_("pays: keep asking"), "good"),
        "costs": (_("its rules spoil the order"), "bad"),
        "unclear": (_("no gain seen"), "soft"),
        "too_few": (_("too few to tell"), "soft"),
        "unread": (_("nothing reads it: need you ask?"), "doubt"),
        "elsewhere": (_("no rule reads it, other parts of the model do"), "soft"),
    }
    rows = tuple(
        (
            one.field.name,
            percent(one.filled, language),
            ", ".join(one.rules) or NONE,
            str(figure(one.gain, language, decimals=3)),
            Said(*words[one.pays]),
        )
        for one in fields
    )
    headings = (
        Heading(_("field")),
        Heading(_("filled"), number=True),
        Heading(_("rules")),
        Heading(_("AUC gained"), number=True),
        Heading(_("verdict")),
    )
    return Section(
        _("What each form field adds to the order of leads"), headings=headings, rows=rows
    )


def _portrait(traits: Sequence[Trait], language: str) -> Section:
    _ = translator(language)
    rows = tuple(
        (
            one.of,
            one.value,
            percent(one.among_won, language),
            percent(one.among_others, language),
            number(one.won, language),
            _above(one.conversion, language),
        )
        for one in traits
    )
    headings = (
        Heading(_("field")),
        Heading(_("value")),
        Heading(_("of the won"), number=True),
        Heading(_("of the others"), number=True),
        Heading(_("wins"), number=True),
        Heading(_("conversion"), number=True),
    )
    return Section(_("Won customers are more often"), headings=headings, rows=rows)


def _opinions(model: Model, opinions: Sequence[Opinion], language: str) -> Section:
    _ = translator(language)
    words: Mapping[Verdict, tuple[str, Tone]] = {
        "agree": (_("sellers and data agree"), "good"),
        "sellers_only": (_("sellers believe in it, the data do not show it"), "doubt"),
        "data_only": (_("the data show more than sellers think"), "doubt"),
        "against": (_("the data go against it"), "bad"),
        "divided": (_("sellers differ among themselves"), "doubt"),
        "unknown": (_("the data cannot tell"), "soft"),
    }
    rows = []
    for one in opinions:
        rule = model.rule(one.rule)
        rows.append(
            (
                rule_name(rule, language) if rule else one.rule,
                number(one.weight, language, decimals=1),
                number(one.people, language),
                number(one.spread, language, decimals=1),
                Said(*words[one.verdict], "\n".join(one.comments)),
            )
        )
    headings = (
        Heading(_("rule")),
        Heading(_("mean weight"), number=True),
        Heading(_("people"), number=True),
        Heading(_("spread"), number=True),
        Heading(_("sellers and data")),
    )
    return Section(_("What sellers say"), headings=headings, rows=tuple(rows))
