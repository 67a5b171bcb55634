"""An inventory for the terminal: events, pages and fields, then what deserves a look."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tamis.language import listed, number, percent, plurals, short_day, translator
from tamis.model.spec import FieldType
from tamis.reports.details import in_zone, value_in_words
from tamis.reports.inventory.found import EventFound, FieldFound, Inventory, PageFound
from tamis.reports.phrases import kept_matches
from tamis.reports.terminal.text import harmless

MOST_SHOWN = 40
LONGEST = 40
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def shown(inventory: Inventory, language: str) -> RenderableType:
    """The inventory as tables to print; empty tables are left out."""
    parts = [
        _events(inventory, language),
        _pages(inventory, language),
        _fields(inventory, language),
    ]
    return Group(*(part for part in parts if part.row_count), *_remarks(inventory, language))


def _table(title: str, columns: Sequence[tuple[str, bool]]) -> Table:
    made = Table(title=Text(title), title_justify="left", header_style="bold")
    for name, right in columns:
        made.add_column(name, justify="right" if right else "left", overflow="fold")
    return made


def _events(inventory: Inventory, language: str) -> Table:
    _ = translator(language)
    bots = any(event.bots is not None for event in inventory.events)
    columns = [
        (_("event"), False),
        (_("volume"), True),
        (_("leads"), True),
        (_("first seen"), False),
        (_("last seen"), False),
        *([(_("robots"), True)] if bots else []),
        (_("rules"), False),
    ]
    made = _table(_("Events"), columns)
    for event in inventory.events[:MOST_SHOWN]:
        share = [percent(event.bots or 0, language, decimals=1)] if bots else []
        made.add_row(
            *_texts(
                event.name, *_seen(event, inventory.timezone, language), *share, _rules(event.rules)
            )
        )
    return made


def _pages(inventory: Inventory, language: str) -> Table:
    _, ngettext = translator(language), plurals(language)
    title = ngettext("Pages ({count} in all)", "Pages ({count} in all)", inventory.pages_in_all)
    made = _table(
        title.format(count=number(inventory.pages_in_all, language)),
        [
            (_("page"), False),
            (_("volume"), True),
            (_("leads"), True),
            (_("first seen"), False),
            (_("last seen"), False),
            (_("rules"), False),
        ],
    )
    for page in inventory.pages[:MOST_SHOWN]:
        rules = [*page.rules, *(f"{rule}?" for rule in page.perhaps)]
        made.add_row(
            *_texts(page.address, *_seen(page, inventory.timezone, language), _rules(rules))
        )
    return made


def _fields(inventory: Inventory, language: str) -> Table:
    _ = translator(language)
    made = _table(
        _("Fields"),
        [
            (_("field"), False),
            (_("type"), False),
            (_("filled"), True),
            (_("distinct"), True),
            (_("from … to"), False),
            (_("most frequent"), False),
            (_("used by"), False),
        ],
    )
    for field in inventory.fields:
        made.add_row(
            *_texts(
                f"{field.table}.{field.name}",
                field.type or "?",
                percent(field.fill, language),
                number(field.distinct, language),
                _ends(field, inventory.timezone, language),
                _frequent(field, language),
                _rules(field.used_by),
            )
        )
    return made


def _texts(*cells: str) -> Iterator[Text]:
    """Cells as plain text: what stands in data is no markup."""
    return (Text(harmless(cell)) for cell in cells)


def _seen(found: EventFound | PageFound, zone: str, language: str) -> tuple[str, str, str, str]:
    first, last = (_value(at, zone, language) for at in (found.first_seen, found.last_seen))
    return number(found.volume, language), number(found.leads, language), first, last


def _rules(rules: Sequence[str]) -> str:
    return ", ".join(rules) or "—"


def _ends(field: FieldFound, zone: str, language: str) -> str:
    if field.low is None or field.high is None:
        return ""
    return f"{_value(field.low, zone, language)} … {_value(field.high, zone, language)}"


def _value(value: object, zone: str, language: str) -> str:
    local = in_zone(value, zone)
    if isinstance(local, int | float | Decimal):
        return number(local, language)
    if isinstance(local, date):
        return short_day(local, language)
    return "—" if local is None else str(local)


def _written(value: str, type_: FieldType | None, language: str) -> str:
    """A frequent value, which the engine gives as text, in the reader's language."""
    if type_ in ("integer", "number"):
        return number(Decimal(value), language)
    if type_ == "boolean" and value in ("true", "false"):
        return value_in_words(value == "true", language)
    if type_ == "date" and ISO_DAY.fullmatch(value):
        return short_day(date.fromisoformat(value), language)
    return value if len(value) <= LONGEST else value[: LONGEST - 1] + "…"


def _frequent(field: FieldFound, language: str) -> str:
    cut = [(_written(one.value, field.type, language), one.rows) for one in field.frequent]
    return ", ".join(f"{value} ({percent(rows / field.rows, language)})" for value, rows in cut)


def _remarks(inventory: Inventory, language: str) -> Iterator[Text]:
    """Sentences on what no rule looks at and on rules that nothing can fire."""
    _ = translator(language)
    reasons = {
        "no_event": _("no event that they name is in the data"),
        "no_match": _("their condition holds for no event"),
        "no_points": _("they gave no lead any points on the day"),
    }
    sentences = [
        (_("Events that no rule names: {names}."), inventory.unscored),
        (_("Rules on any event: {names}."), inventory.on_any_event),
        (_("Event names that rules ask for and the data do not have: {names}."), inventory.absent),
        *(
            (
                _("Rules that find nothing, because {reason}: {names}.").replace(
                    "{reason}", reason
                ),
                tuple(idle.rule for idle in inventory.idle if idle.why == why),
            )
            for why, reason in reasons.items()
        ),
    ]
    if inventory.store:
        yield Text("")
        yield Text(kept_matches(inventory.store, language))
    for sentence, names in sentences:
        if names:
            yield Text("")
            yield Text(sentence.format(names=listed([harmless(name) for name in names], language)))
    if any(page.perhaps for page in inventory.pages):
        yield Text("")
        yield Text(
            _("A rule with a question mark asks for more than the page: it may count it or not.")
        )
