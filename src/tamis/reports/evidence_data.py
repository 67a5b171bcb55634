"""Evidence for programs: plain values, texts in English, nulls where nothing is known."""

from __future__ import annotations

from dataclasses import asdict

from tamis.history.evidence import Evidence
from tamis.history.evidence_order import FieldEvidence
from tamis.history.evidence_rules import RuleEvidence


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
        "auc": asdict(evidence.order),
        "usable_signal": evidence.has_signal,
        "rules": [_rule_data(one) for one in evidence.rules],
        "fields": [_field_data(one) for one in evidence.fields],
        "portrait": [asdict(one) for one in evidence.portrait],
        "survey": [asdict(one) for one in evidence.opinions],
        "store": vars(evidence.store) if evidence.store else None,
    }


def _rule_data(one: RuleEvidence) -> dict[str, object]:
    return {
        "rule": one.rule.id,
        "says": one.says,
        "cases": one.cases,
        "leads": one.leads,
        "by_amount": one.by_amount,
        "won_with": asdict(one.with_),
        "won_without": asdict(one.without),
        "lift": asdict(one.lift),
        "odds": asdict(one.odds),
        "halves": [asdict(half) for half in one.halves],
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
        "gain": asdict(one.gain),
    }
