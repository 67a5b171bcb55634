"""What forbids a run: unreadable cells, missing and repeated ids; each with its place."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from sqlglot import exp

from tamis.engines.base import Session
from tamis.errors import Place, SourceError
from tamis.sources.cells import EXPECTED
from tamis.sources.lines import places
from tamis.sources.reading import PROBLEM, Part, Reading
from tamis.sql.write import column, table, text

SHOWN = 20
LONGEST = 60


def refuse_unreadable(session: Session, read: Reading, held: str) -> None:
    """Raise a SourceError when any cell of the table is unreadable."""
    count = _number(session, exp.select("count(*)").from_(table(held)).where(column(PROBLEM) > 0))
    if not count:
        return
    bad = {part: values(session, read, part) for part in read.checked}
    told = {part.given.name: (found, part) for part, found in bad.items() if found}

    def wanted(record: dict[str, str]) -> str:
        said = [
            sentence(part, record[name])
            for name, (found, part) in told.items()
            if record.get(name, "").strip() in found
        ]
        return "; ".join(said)

    sentences = [sentence(part, value) for found, part in told.values() for value in found]
    hint = "an unreadable cell can be emptied; a model may declare the field as text"
    raise _error(read, wanted, sentences, count, hint)


def refuse_missing(session: Session, read: Reading, held: str, key: str) -> None:
    """Raise a SourceError for rows in which a column is empty that every row needs."""
    theirs = _theirs(read, key)
    missing = _number(
        session, exp.select("count(*)").from_(table(held)).where(column(key).is_(exp.null()))
    )
    if missing:

        def empty(record: dict[str, str]) -> str:
            return "" if record.get(theirs) else f"no `{key}`"

        raise _error(
            read, empty, [f"{missing} rows have no `{key}`"], missing, f"every row needs a `{key}`"
        )


def refuse_other_words(
    session: Session, read: Reading, held: str, key: str, words: Sequence[str]
) -> None:
    """Raise a SourceError for rows in which a text is none of some words, whatever its case."""
    other = exp.not_(exp.Lower(this=exp.Trim(this=column(key))).isin(*words))
    hint = f"`{key}` is one of: {', '.join(words)}"
    refuse_values(session, read, table(held), key, other, why=f"is no {key}", hint=hint)


def refuse_values(
    session: Session,
    read: Reading,
    rows: exp.Expr,
    key: str,
    wrong: exp.Expr,
    *,
    why: str,
    hint: str,
) -> None:
    """Raise a SourceError for rows in which a column holds what is readable and yet wrong.

    `rows` are those held, or `cells` in a column that is checked: its values are told as written.
    `why` ends the sentence on a value.
    """
    part = next(part for part in read.parts if part.column.name == key)
    told = column(f"raw__{read.parts.index(part)}" if part.cell.checked else key)
    counted = exp.select(exp.cast(told, exp.DType.VARCHAR).as_("told"), "count(*)").from_(rows)
    found = session.rows(counted.where(wrong).group_by("told").order_by("told"))
    if found:
        texts = {str(row[0]) for row in found}

        def said(record: dict[str, str]) -> str:
            value = record.get(part.given.name, "")
            return f"`{_short(value.strip())}` {why}" if {value, value.strip()} & texts else ""

        sentences = [f"`{_short(value)}` {why}" for value in sorted(texts)]
        raise _error(read, said, sentences, sum(int(str(row[1])) for row in found), hint)


def refuse_repeated(session: Session, read: Reading, held: str, keys: Sequence[str]) -> None:
    """Raise a SourceError for rows with equal `keys`, nulls counted equal."""
    query = (
        exp.select(*keys, "count(*) AS n").from_(table(held)).group_by(*keys).having("count(*) > 1")
    )
    repeated = session.rows(query.order_by(*keys).limit(SHOWN))
    if repeated:
        raise _repeated(session, read, keys, [row[:-1] for row in repeated])


def _repeated(
    session: Session, read: Reading, keys: Sequence[str], found: Sequence[tuple[object, ...]]
) -> SourceError:
    id_, *others = keys
    also = f" with the same `{others[0]}`" if others else ""
    meant = {name: _meant(session, read, name, id_, found) for name in others}
    seen = Counter[tuple[object, ...]]()

    def said(row: tuple[object, ...]) -> str:
        return f"`{id_}` `{_short(str(row[0]))}` stands more than once{also}"

    def again(record: dict[str, str]) -> str:
        rest = [by[record.get(_theirs(read, name), "").strip()] for name, by in meant.items()]
        row = (record.get(_theirs(read, id_), ""), *rest)
        seen[row] += 1
        return said(row) if row in found and seen[row] > 1 else ""

    return _error(read, again, [said(row) for row in found], len(found), "keep one row of each")


def _meant(
    session: Session, read: Reading, name: str, id_: str, found: Sequence[tuple[object, ...]]
) -> Mapping[str, object]:
    """What each text of a CSV column means in the rows of some ids: a moment is written many ways.

    Null for every other text.
    """
    meant: dict[str, object] = defaultdict(lambda: None)
    if read.delivered.files:
        part = next(part for part in read.parts if part.column.name == name)
        ids = [text(str(row[0])) for row in found]
        query = exp.select(column(f"raw__{read.parts.index(part)}"), column(name)).distinct()
        cells = query.from_(read.cells().subquery("c")).where(column(id_).isin(*ids))
        meant.update((str(raw), value) for raw, value in session.rows(cells) if raw is not None)
    return meant


def _error(
    read: Reading,
    wanted: Callable[[dict[str, str]], str],
    sentences: Sequence[str],
    count: int,
    hint: str,
) -> SourceError:
    """An error at the first place, the others below it; without places, what is known anyway."""
    found = list(islice(places(read.delivered, wanted), SHOWN))
    label = read.delivered.shown
    lines = [f"{place}: {said}" for place, said in found] or [
        f"{label}: {said}" for said in sentences[:SHOWN]
    ]
    first = lines[0].partition(": ")[2]
    more = [f"... {count - len(lines)} more"] if count > len(lines) else []
    place = found[0][0] if found else Place(label)
    return SourceError("\n".join([first, *lines[1:], *more]), place, hint)


def values(session: Session, read: Reading, part: Part) -> list[str]:
    """Some unreadable values of a column, as text."""
    raw = column(f"raw__{read.parts.index(part)}")
    query = (
        exp.select(exp.cast(raw, exp.DType.VARCHAR).as_("v"))
        .distinct()
        .from_(read.cells().subquery("c"))
    )
    return [
        str(row[0]) for row in session.rows(query.where(read.bad(part)).order_by("v").limit(SHOWN))
    ]


def sentence(part: Part, value: str) -> str:
    """What is wrong with an unreadable cell, in words."""
    return (
        f"column `{part.given.name}`: `{_short(value.strip())}` is not {EXPECTED[part.column.type]}"
    )


def _short(value: str) -> str:
    return value if len(value) <= LONGEST else value[: LONGEST - 3] + "..."


def _theirs(read: Reading, key: str) -> str:
    return next(part.given.name for part in read.parts if part.column.name == key)


def _number(session: Session, query: exp.Query) -> int:
    return int(str(session.rows(query)[0][0]))
