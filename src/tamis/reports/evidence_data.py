"""Evidence for programs: plain values, texts in English, nulls where nothing is known."""

from __future__ import annotations

from tamis.history.evidence import Evidence
from tamis.history.evidence_order import FieldEvidence
from tamis.history.evidence_rules import RuleEvidence
from tamis.history.portrait import Trait
from tamis.history.survey import Opinion


def as_data(evidence: Evidence) -> dict[str, object]:
    """The evidence as nested dictionaries, ready for JSON."""
    seen = evidence.seen
    return {
        "model": seen.model.name,
        "version": seen.model.version,
        "days": list(seen.days),
        "horizon": seen.horizon,
        "outcomes_until": seen.until,
        "cases": seen.cases,
        "leads": seen.leads,
        "won": seen.won,
        "auc": evidence.order.to_json(),
        "usable_signal": evidence.has_signal,
        "rules": [_rule_data(one) for one in evidence.rules],
        "fields": [_field_data(one) for one in evidence.fields],
        "portrait": [_trait_data(one) for one in evidence.portrait],
        "survey": [_opinion_data(one) for one in evidence.opinions],
        "store": vars(evidence.store) if evidence.store else None,
    }


def _rule_data(one: RuleEvidence) -> dict[str, object]:
    return {
        "rule": one.rule.id,
        "says": one.says,
        "cases": one.cases,
        "leads": one.leads,
        "by_amount": one.by_amount,
        "won_with": one.with_.to_json(),
        "won_without": one.without.to_json(),
        "lift": one.lift.to_json(),
        "odds": one.odds.to_json(),
        "halves": [half.to_json() for half in one.halves],
        "points": round(one.earned, 3),
        "points_by_data": None if one.from_data is None else round(one.from_data, 3),
        "duplicates": list(one.duplicates),
    }


def _field_data(one: FieldEvidence) -> dict[str, object]:
    return {
        "field": one.field.name,
        "pays": one.pays,
        "filled": one.filled,
        "rules": list(one.rules),
        "gain": one.gain.to_json(),
    }


def _trait_data(one: Trait) -> dict[str, object]:
    return {
        "of": one.of,
        "value": one.value,
        "won": one.won,
        "cases": one.cases,
        "among_won": one.among_won,
        "among_others": one.among_others,
        "conversion": one.conversion.to_json(),
        "lift": one.lift.to_json(),
    }


def _opinion_data(one: Opinion) -> dict[str, object]:
    return {
        "rule": one.rule,
        "weight": one.weight,
        "people": one.people,
        "spread": one.spread,
        "verdict": one.verdict,
        "comments": list(one.comments),
    }
