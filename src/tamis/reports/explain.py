"""Explaining one lead: all that made its score, adding up exactly, and what is missing to more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import cast

from tamis import flow
from tamis.errors import UserError
from tamis.language import day, listed, translator
from tamis.model.scope import MANUAL
from tamis.model.spec import AtLeastRule, Dimension, PointsRule, Rule
from tamis.points.manual import MANUAL_POINTS
from tamis.reports.conditions import Judge
from tamis.reports.details import detail, fired_name, in_zone
from tamis.reports.explanation import (
    DimensionPart,
    Explanation,
    KnownField,
    LimitPart,
    Missing,
    PlayPart,
    RulePart,
)
from tamis.reports.lookup import near
from tamis.reports.missing import Openings, next_grade, next_verdict
from tamis.reports.phrases import by_hand, deadline, dimension_name, play_name
from tamis.reports.reasons import Teller, exact_points, share_of_score
from tamis.run import Result
from tamis.sql.write import query, text, tree, whole

CENT = Decimal("0.01")
Row = Mapping[str, object]


def explain(result: Result, lead_id: str, language: str = "en") -> Explanation:
    """The score of one lead taken apart.

    `result` is an open result, `lead_id` the lead's id as text, `language` en or fr.

    The points of a dimension's rules, what the caps of its groups took and what its range took add
    up to its unrounded value exactly.

    Raises: UserError for a lead that is not in the data, or not yet on the day of the result.
    """
    rows = result.relation(flow.VERDICTS, where=tree("lead_id = :id", id=text(lead_id))).rows()
    if not rows:
        raise _unknown(result, lead_id, language)
    return Dissection(result, rows[0], language).explanation()


def _unknown(result: Result, lead_id: str, language: str) -> UserError:
    _ = translator(language)
    select = query(
        "SELECT 1 FROM lead_rows AS r WHERE CAST(r.lead_id AS VARCHAR) = :id",
        id=text(lead_id),
    )
    if result.session.rows(select):
        message = _("lead `{lead}` is not known yet on {day}").format(
            lead=lead_id, day=day(result.as_of, language)
        )
        return UserError(message, hint=_("it was created later: choose a later day with --as-of"))
    similar = near(result, lead_id)
    hint = _("did you mean {leads}?").format(
        leads=listed([f"`{one}`" for one in similar], language, last="or")
    )
    message = _("there is no lead `{lead}`").format(lead=lead_id)
    return UserError(message, hint=hint if similar else "")


def caution(language: str) -> str:
    """What a score is, and what it is not."""
    _ = translator(language)
    return _(
        "A score is an order of priority, not a probability: "
        "it says whom to call first, not who will buy."
    )


@dataclass(frozen=True)
class Dissection:
    """One lead under the knife: its rows of each step, read once, and the parts made from them."""

    result: Result
    verdict: Row
    language: str

    def explanation(self) -> Explanation:
        """All parts together."""
        verdict, model = self.verdict, self.result.model
        excluded = bool(verdict["excluded"])
        dimensions = () if excluded else tuple(self._dimension(d) for d in model.dimensions)
        score = cast("Decimal | None", verdict.get("score"))
        parts = sum((part.part for part in dimensions if part.part is not None), Decimal(0))
        return Explanation(
            lead_id=str(verdict["lead_id"]),
            model=model.name,
            version=model.version,
            as_of=self.result.as_of,
            language=self.language,
            excluded=excluded,
            exclusion=model.exclude.text if excluded and model.exclude else "",
            fields=self._fields,
            known=cast("Decimal | None", verdict["known"]),
            dimensions=dimensions,
            mean=bool(model.score and model.score.mean),
            score=score,
            rest=Decimal(0) if score is None else score - parts,
            cell=cast("str | None", verdict.get("cell")),
            temperature=cast("str | None", verdict.get("temperature")),
            stage=cast("str | None", verdict.get("stage")),
            play=self._play,
            rank=cast("int | None", verdict["rank"]),
            ranked=self._ranked,
            next_stage=None if excluded else self._next_stage,
            next_temperature=None if excluded else self._next_temperature,
            caution=caution(self.language),
            store=self.result.store,
        )

    @cached_property
    def _lead(self) -> Row:
        """The lead's key in the chain and its declared fields."""
        id_ = text(str(self.verdict["lead_id"]))
        (key,) = self.result.session.rows(
            query("SELECT l.lead FROM leads AS l WHERE l.lead_id = :id", id=id_)
        )
        known = tree("CAST(lead_id AS VARCHAR) = :id", id=id_)
        (row,) = self.result.relation("known_leads", where=known).rows()
        return {**row, "lead": key[0]}

    def _of_lead(self, step: str) -> list[dict[str, object]]:
        """The lead's rows of a step keyed by lead; none when the model needs no such step."""
        if step not in self.result.chain:
            return []
        where = tree("lead = :lead", lead=whole(cast(int, self._lead["lead"])))
        return self.result.relation(step, where=where).rows()

    @cached_property
    def _points(self) -> Mapping[int, Row]:
        return {cast(int, row["rule"]): row for row in self._of_lead("points")}

    @cached_property
    def _manual(self) -> Mapping[str, Decimal]:
        rows = self._of_lead(MANUAL_POINTS.name)
        return {str(row["dimension"]): exact_points(row["points"]) for row in rows}

    @cached_property
    def _measures(self) -> Mapping[int, Row]:
        return {cast(int, row["rule"]): row for row in self._of_lead("measures")}

    @cached_property
    def _gates(self) -> frozenset[int]:
        return frozenset(cast(int, row["rule"]) for row in self._of_lead("gates"))

    @cached_property
    def _limits(self) -> Mapping[str, Decimal]:
        """What each group's cap and each range took, by the name of their row of contributions."""
        where = tree("lead_id = :id AND rule LIKE '%:%'", id=text(str(self.verdict["lead_id"])))
        rows = self.result.relation(flow.CONTRIBUTIONS, where=where).rows()
        return {f"{row['dimension']}/{row['rule']}": cast(Decimal, row["points"]) for row in rows}

    @cached_property
    def _ranked(self) -> int:
        counted = self.result.session.rows(
            query("SELECT count(*) FROM played AS a WHERE NOT a.excluded")
        )
        return cast(int, counted[0][0])

    @cached_property
    def _fields(self) -> tuple[KnownField, ...]:
        declared = self.result.model.fields_of("lead", "account")
        zone = self.result.model.timezone
        return tuple(
            KnownField(f.table, f.name, in_zone(self._lead.get(f.column), zone)) for f in declared
        )

    # ------------------------------------------------------------------ dimensions

    def _dimension(self, dimension: Dimension) -> DimensionPart:
        rules = self._rules(dimension)
        groups = tuple(self._groups(dimension))
        range_ = self._range(dimension)
        taken = [*(group.taken for group in groups), *((range_.taken,) if range_ else ())]
        unrounded = sum((*(rule.points for rule in rules), *taken), Decimal(0))
        value = cast(Decimal, self.verdict[dimension.name])
        # At the lower end of the range, what stands below it must be made up for first.
        below = max(range_.taken, Decimal(0)) if range_ else Decimal(0)
        weight, share = self._weight(dimension)
        return DimensionPart(
            name=dimension.name,
            label=dimension_name(dimension, self.language),
            rules=rules,
            groups=groups,
            range=range_,
            unrounded=unrounded,
            value=value,
            low=dimension.low,
            high=dimension.high,
            grade=cast("str | None", self.verdict.get(f"{dimension.name}_grade")),
            weight=weight,
            share=share,
            part=None if share is None else (value * share).quantize(CENT, rounding=ROUND_HALF_UP),
            missing=next_grade(dimension, value, below, self._openings, self.language),
        )

    def _weight(self, dimension: Dimension) -> tuple[Decimal | None, Decimal | None]:
        score = self.result.model.score
        if score is None or dimension.name not in score.weights:
            return None, None
        return score.weights[dimension.name], share_of_score(self.result.model, dimension.name)

    def _rules(self, dimension: Dimension) -> tuple[RulePart, ...]:
        parts = [part for rule in dimension.rules if (part := self._rule(rule))]
        parts += self._by_hand(dimension)
        return tuple(sorted(parts, key=lambda part: (-abs(part.points), -abs(part.full))))

    def _rule(self, rule: Rule) -> RulePart | None:
        """What a rule gave; None when it gave nothing even without decay."""
        number = self.result.model.numbers[rule.id]
        row, measure = self._points.get(number), self._measures.get(number)
        uncapped = exact_points(row["uncapped"]) if row else Decimal(0)
        points = exact_points(row["points"]) if row else Decimal(0)
        full = self._undecayed(rule, measure, uncapped)
        if full == 0 and uncapped == 0:
            return None
        seen = Teller(self.result.model, self.result.as_of, self.language).evidence(
            rule, {**self._lead, **(row or cast(Row, measure))}
        )
        return RulePart(
            rule=rule.id,
            label=fired_name(rule, seen, self.language),
            group=rule.group,
            detail=detail(rule, seen, self.result.as_of, self.language),
            count=seen.count,
            last_day=seen.last_day,
            full=full,
            decay=uncapped - full,
            cap=points - uncapped,
            points=points,
            limit=rule.cap,
        )

    def _by_hand(self, dimension: Dimension) -> list[RulePart]:
        """What people gave, as a rule of its own; empty when that is nothing."""
        points = self._manual.get(dimension.name)
        if not points:
            return []
        return [
            RulePart(
                rule=MANUAL,
                label=by_hand(self.language),
                group=None,
                detail="",
                count=None,
                last_day=None,
                full=points,
                decay=Decimal(0),
                cap=Decimal(0),
                points=points,
                limit=None,
            )
        ]

    def _undecayed(self, rule: Rule, measure: Row | None, uncapped: Decimal) -> Decimal:
        """What the rule would give if every event were of today."""
        if measure is None or not isinstance(rule, PointsRule | AtLeastRule):
            return uncapped
        if rule.when and self.result.model.numbers[rule.id] not in self._gates:
            return Decimal(0)
        count = cast(int, measure["count"])
        if isinstance(rule, PointsRule):
            return count * rule.points
        return rule.points if count >= rule.at_least else Decimal(0)

    def _groups(self, dimension: Dimension) -> list[LimitPart]:
        taken = [
            (group, self._limits.get(f"{dimension.name}/cap:{group.name}"))
            for group in dimension.groups
        ]
        return [
            LimitPart(group.name, group.cap, points)
            for group, points in taken
            if points and group.cap is not None
        ]

    def _range(self, dimension: Dimension) -> LimitPart | None:
        taken = self._limits.get(f"{dimension.name}/range:{dimension.name}")
        if not taken:
            return None
        return LimitPart(dimension.name, dimension.high if taken < 0 else dimension.low, taken)

    # ------------------------------------------------------------------ verdicts

    @cached_property
    def _judge(self) -> Judge:
        return Judge(self.result, cast(int, self._lead["lead"]), self.verdict, self.language)

    @cached_property
    def _openings(self) -> Openings:
        model = self.result.model
        given = {
            model.rules[number - 1].id: exact_points(row["points"])
            for number, row in self._points.items()
            if row["points"]
        }
        return Openings(model, self.result.as_of, given, self._gates, self._lead, self.language)

    @cached_property
    def _next_stage(self) -> Missing | None:
        stages = self.result.model.stages
        names = [stage.name for stage in stages]
        stage = self.verdict.get("stage")
        above = stages[names.index(str(stage)) + 1 :] if stage else stages
        return next_verdict(above, "stage", self._judge, self._openings)

    @cached_property
    def _next_temperature(self) -> Missing | None:
        temperatures = self.result.model.temperatures
        names = [one.name for one in temperatures]
        current = self.verdict.get("temperature")
        hotter = temperatures[: names.index(str(current))] if current else temperatures
        return next_verdict(tuple(reversed(hotter)), "temperature", self._judge, self._openings)

    @cached_property
    def _play(self) -> PlayPart | None:
        play = next((p for p in self.result.model.plays if p.id == self.verdict.get("play")), None)
        if play is None:
            return None
        return PlayPart(
            id=play.id,
            label=play_name(play, self.language),
            do=play.do,
            to=play.to,
            deadline=deadline(play, self.language),
            ways=self._judge.judged(play.when.text, "play"),
        )
