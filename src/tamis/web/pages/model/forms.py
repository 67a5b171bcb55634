"""The forms and sliders of a model: each field with its label, its limits and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from hashlib import blake2b

from tamis.language import Language, number, translator
from tamis.model.document import DURATION
from tamis.model.editing.fields import (
    BANDED,
    OFF,
    DimensionFields,
    Field,
    ModelFields,
    RuleFields,
)
from tamis.model.editing.tree import Path
from tamis.reports.phrases import capital, spaced

PREFIX = "f"
"""What the name of a field of a model begins with in a form."""
SMALL, FEW = Decimal(5), Decimal(20)
YEAR = 365
FAR = Decimal(10) ** 9
"""Nothing beyond it is slid: what is written so is a mistake."""
Given = Mapping[str, object]


@dataclass(frozen=True)
class Slider:
    """The limits of a slider and where it stands; `unit` is what stands behind its figure."""

    low: str
    high: str
    step: str
    value: str
    unit: str = ""


@dataclass(frozen=True)
class Shown:
    """A field as a page shows it: `name` in the form, `id` in the page, what is wrong with it."""

    name: str
    id: str
    kind: str
    label: str
    value: str
    wrong: str = ""
    slider: Slider | None = None


@dataclass(frozen=True)
class RuleShown:
    """The form of a rule; `line` is where it stands in the YAML."""

    id: str
    label: str
    off: bool
    line: int
    switch: Shown
    text: Shown
    points: Sequence[Shown]
    limits: Sequence[Shown]
    wrong: bool

    @property
    def sliders(self) -> Sequence[Shown]:
        """What of it can be slid."""
        return [one for one in (*self.points, *self.limits) if one.slider]


@dataclass(frozen=True)
class PartShown:
    """A part of the form: a dimension, or the score and its bounds.

    `id` chooses it. `fields` are those of the part itself, `name` is the dimension, empty for none.
    """

    id: str
    name: str
    label: str
    text: Shown | None
    fields: Sequence[Shown]
    rules: Sequence[RuleShown]

    @property
    def wrong(self) -> list[str]:
        """The ids of the fields in which something is wrong."""
        every = [*self.fields, *([self.text] if self.text else [])]
        for rule in self.rules:
            every += [rule.text, rule.switch, *rule.points, *rule.limits]
        return [one.id for one in every if one.wrong]


def name_of(path: Path) -> str:
    """The name of a field in a form.

    >>> name_of(("dimensions", "a/b", "label")), path_of("f/dimensions/a~1b/label")
    ('f/dimensions/a~1b/label', ('dimensions', 'a/b', 'label'))
    """
    return "/".join([PREFIX, *(one.replace("~", "~0").replace("/", "~1") for one in path)])


def path_of(name: str) -> Path:
    """The path that a name of a form stands for."""
    parts = name.split("/")[1:]
    return tuple(one.replace("~1", "/").replace("~0", "~") for one in parts)


def id_of(path: Path) -> str:
    """The id of a field in a page: the same in every YAML that has it."""
    return "f" + blake2b("\0".join(path).encode(), digest_size=6).hexdigest()


def given(form: Given) -> dict[Path, str]:
    """What a form says of the fields of a model; of a box and its shadow the last word."""
    found = {}
    for name, value in form.items():
        if name.startswith(f"{PREFIX}/"):
            last = value[-1] if isinstance(value, list) else value
            found[path_of(name)] = str(last)
    return found


def parts(
    fields: ModelFields, wrong: Mapping[Path, str], language: Language
) -> tuple[PartShown, ...]:
    """The parts of a model's form, one for each dimension and one for what they make together."""
    make = _Maker(wrong, language)
    return tuple(make.parts(fields))


@dataclass(frozen=True)
class _Maker:
    """Makes what is shown of fields, in a language."""

    wrong: Mapping[Path, str]
    language: Language

    def parts(self, fields: ModelFields) -> Iterator[PartShown]:
        """Every part that has a field."""
        _ = translator(self.language)
        for dimension in fields.dimensions:
            yield self.dimension(dimension)
        score = [self.shown(field) for field in (*fields.weights, *fields.thresholds)]
        if score:
            yield PartShown("score", "", _("Score, temperatures, stages"), None, score, ())

    def dimension(self, one: DimensionFields) -> PartShown:
        """The form of a dimension."""
        fades = one.decay.value or any(rule.has_events for rule in one.rules)
        decay = (one.decay,) if fades else ()
        own = [self.shown(field) for field in (*one.grades, *decay, *one.groups)]
        label = capital(one.label.value or spaced(one.name))
        rules = [self.rule(rule) for rule in one.rules]
        return PartShown(id_of(one.label.path), one.name, label, self.shown(one.label), own, rules)

    def rule(self, one: RuleFields) -> RuleShown:
        """The form of a rule."""
        shown = {field.path: self.shown(field) for field in one.all}
        return RuleShown(
            one.id,
            capital(one.label.value or spaced(one.id)),
            one.switch.value == OFF,
            one.line,
            shown[one.switch.path],
            shown[one.label.path],
            [shown[field.path] for field in one.points],
            [shown[field.path] for field in one.limits],
            any(field.wrong for field in shown.values()),
        )

    def shown(self, field: Field) -> Shown:
        """One field."""
        return Shown(
            name_of(field.path),
            id_of(field.path),
            field.kind,
            self.label(field),
            field.value,
            self.wrong.get(field.path, ""),
            slider(field, self.language),
        )

    def label(self, field: Field) -> str:
        """What a field is called."""
        _ = translator(self.language)
        section = field.path[-2]
        if section in {where[-1] for where in BANDED}:
            return _("from {bound} on").format(bound=self.number(field.name))
        if field.kind == "cap" and field.path[-3] == "groups":
            return _("limit of the group {name}").format(name=spaced(field.name))
        if field.kind == "bound":
            return _("grade {name} from").format(name=field.name)
        if field.kind == "weight":
            return _("weight of {name}").format(name=spaced(field.name))
        if field.kind == "threshold":
            return f"{_(field.path[1])}: {field.name.replace('>=', '≥').replace('<=', '≤')}"
        words = {
            "points": _("points"),
            "otherwise": _("otherwise"),
            "cap": _("at most, in all"),
            "within": _("counts for so many days"),
            "per_day": _("at most so many a day"),
            "half_life": _("half its weight after, in days"),
            "silent_for": _("after so many silent days"),
            "label": _("name for people"),
            "on": _("counts"),
        }
        return field.name if section == "values" else words.get(field.name, field.name)

    def number(self, text: str) -> str:
        """A bound as the reader writes it."""
        try:
            return number(Decimal(text), self.language)
        except InvalidOperation:
            return text


def slider(field: Field, language: Language = "en") -> Slider | None:
    """The slider of a field; None for what cannot be slid: texts, what is not there, or is wrong.

    >>> slider(Field(("points",), "points", "points", "8")).high
    '20'
    """
    if field.kind == "days":
        return _days(field.value, language)
    try:
        value = Decimal(field.value)
    except InvalidOperation:
        return None
    if field.kind in ("text", "switch") or not abs(value) < FAR:
        return None
    if field.kind == "weight":
        step = "0.05" if value % Decimal("0.05") == 0 else "any"
        return Slider("0", str(max(Decimal(1), value * 2)), step, field.value)
    reach = max(FEW, abs(value) * 2)
    low = -reach if value < 0 or (value == 0 and field.kind == "points") else Decimal(0)
    high = Decimal(0) if value < 0 else reach
    if field.kind in ("bound", "threshold"):
        low, high = Decimal(0), max(Decimal(100), value)
    if field.kind == "count":
        low, high = Decimal(1), max(Decimal(10), value * 2)
    whole = value == value.to_integral_value()
    step = "1" if whole and (abs(value) > SMALL or field.kind == "count") else "0.5"
    return Slider(str(low), str(high), step if whole else "any", field.value)


def _days(written: str, language: Language) -> Slider | None:
    found = DURATION.fullmatch(written)
    if not found:
        return None
    days = int(found[1]) * (7 if found[2] == "w" else 1)
    _ = translator(language)
    unit = _("{days} d").format(days="").strip()
    return Slider("1", str(max(YEAR, days * 2)), "1", str(days), unit)
