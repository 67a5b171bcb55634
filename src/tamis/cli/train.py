"""`tamis train`: a model that a person can read, learned from outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from tamis.cli import options
from tamis.cli.data import Data, takes_data
from tamis.cli.learning import (
    Allow,
    FromFacts,
    FromTable,
    Lesson,
    ModelIfAny,
    lesson,
    takes_facts,
    takes_table,
)
from tamis.cli.output import answer, err, is_page, out, told, write_text
from tamis.cli.speech import LANGUAGE, _
from tamis.errors import UsageError

if TYPE_CHECKING:
    from tamis.predict.examples import Examples
    from tamis.predict.leaks import Suspect
    from tamis.predict.learned import Learned, LeftOut
    from tamis.reports.sections import Section


@takes_data
@takes_facts
@takes_table
def train(
    model: ModelIfAny = None,
    *,
    data: Data,
    facts: FromFacts,
    plain: FromTable,
    rises: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help=_("More of it never lowers the score.")),
    ] = None,
    falls: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help=_("More of it never raises the score.")),
    ] = None,
    segment: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN", help=_("Let parts differ by it where enough leads say that they do.")
        ),
    ] = None,
    allow: Allow = None,
    drop_suspects: Annotated[
        bool,
        typer.Option(
            "--drop-suspects", help=_("Leave out columns that seem filled after the outcome.")
        ),
    ] = False,
    to: Annotated[
        Path, typer.Option(metavar="FILE", help=_("The file of the learned model."))
    ] = Path("learned.json"),
    export: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help=_("Write a scoring model whose integer points say nearly it.")
        ),
    ] = None,
    lines: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, max=200, help=_("At most so many lines in --export.")),
    ] = None,
    card: Annotated[
        Path | None, typer.Option(metavar="FILE", help=_("Write its card as a page (.html)."))
    ] = None,
    json: options.Json = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Learn from outcomes a model that a person can read, and say how good it is."""
    with told():
        spoken = options.language_of(language)
        _refuse(to, export, card)
        from tamis.predict.files import write_learned  # noqa: PLC0415
        from tamis.predict.learner import learn  # noqa: PLC0415
        from tamis.predict.market import segmented  # noqa: PLC0415
        from tamis.predict.said import exported  # noqa: PLC0415
        from tamis.predict.table.placeholders import with_placeholders  # noqa: PLC0415
        from tamis.reports.learned.card import card_sections, card_title  # noqa: PLC0415
        from tamis.reports.learned.card_data import as_data  # noqa: PLC0415
        from tamis.reports.sections import in_html  # noqa: PLC0415

        written = [path for path in (to, export, card) if path]
        given = lesson(model, data, facts, plain, written)
        if not (json or data.quiet):
            _say_notes(given)
        examples, left_out = _chosen(given, allow or [], drop=drop_suspects, quiet=data.quiet)
        with _progress(quiet=data.quiet) as progress:
            learned = learn(
                examples,
                name=given.name,
                outcome=given.outcome,
                horizon=given.horizon,
                monotone=_directions(examples, rises or [], falls or []),
                left_out=left_out,
                first=str(given.first) if given.first else None,
                last=str(given.last) if given.last else None,
                since=facts.since,
                progress=progress,
            )
        if segment:
            _refuse_unless_text(examples, segment)
            learned = segmented(learned, examples, segment)
        learned = with_placeholders(learned, given.read)
        write_learned(to, learned)
        if export:
            write_text(export, exported(learned, examples, lines=lines))
        title, fair = card_title(learned, spoken), _fairness(given, learned, spoken)
        if card:
            whole = (*card_sections(learned, spoken), *fair)
            write_text(card, in_html(title, "", whole, spoken))
        brief = (*card_sections(learned, spoken, whole=False), *fair)
        answer(title, brief, as_data(learned), spoken, json=json, quiet=data.quiet)
        if not (json or data.quiet):
            for path in written:
                out.print(_("Wrote {path}.").format(path=path), markup=False)


def _refuse(to: Path, export: Path | None, card: Path | None) -> None:
    """Refuse files that cannot be written, before any work. Raises: UsageError."""
    for path in filter(None, (to, export, card)):
        options.refuse_unwritable(path)
    if card and not is_page(card):
        said = _("{path}: the card is written as a page, so give a name that ends in .html")
        raise UsageError(said.format(path=card))


def _say_notes(given: Lesson) -> None:
    for note in given.notes:
        err.print(note, markup=False, style="dim")


def _chosen(
    given: Lesson, allowed: list[str], *, drop: bool, quiet: bool
) -> tuple[Examples, tuple[LeftOut, ...]]:
    """The examples without protected columns and, with consent, without suspects."""
    from tamis.predict.leaks import suspects  # noqa: PLC0415
    from tamis.predict.learned import LeftOut  # noqa: PLC0415
    from tamis.predict.protected import protected_columns  # noqa: PLC0415

    known = [column.name for column in given.examples.columns]
    protected = protected_columns(known, allowed)
    left_out = [LeftOut(one.column, "protected", one.attribute) for one in protected]
    found = suspects(given.judged.without([one.column for one in protected]))
    if found and not quiet:
        _say_suspects(found, dropped=drop)
    if drop:
        left_out += [LeftOut(one.column, "leak") for one in found]
    return given.examples.without([one.column for one in left_out]), tuple(left_out)


def _fairness(given: Lesson, learned: Learned, language: str) -> tuple[Section, ...]:
    """What the model does with groups of people, where the data tell who they are."""
    from tamis.predict.protected import by_group, protected_columns, proxies  # noqa: PLC0415
    from tamis.predict.scoring import log_odds, probability  # noqa: PLC0415
    from tamis.reports.learned.fairness import fairness_sections  # noqa: PLC0415

    rows = given.examples
    names = [one.column for one in protected_columns([column.name for column in rows.columns])]
    if not names or not learned.usable:
        return ()
    told_ = probability(log_odds(learned, rows))
    groups = {name: by_group(told_, rows, name) for name in names}
    return tuple(fairness_sections(proxies(rows, names), groups, language))


def _say_suspects(found: Sequence[Suspect], *, dropped: bool) -> None:
    """Each column that knows too much, and why; what to do about them."""
    from tamis.reports.learned.found import suspect_said  # noqa: PLC0415

    err.print(_("Too good to be true: these columns seem to be filled after the outcome."))
    for one in found:
        said = _("{what}: {more}").format(what=one.column, more=suspect_said(one, LANGUAGE))
        err.print(f"  {said}", markup=False)
    if dropped:
        err.print(_("They are left out."), markup=False)
    else:
        hint = _("They are learned from all the same. Leave them out with --drop-suspects.")
        err.print(hint, markup=False, style="yellow")


def _refuse_unless_text(examples: Examples, name: str) -> None:
    """Raises: UsageError for a column that is not there, or holds no texts."""
    known = [one.name for one in examples.columns if one.kind == "text"]
    if name not in known:
        said = _("{name} is no column of texts; there are: {names}")
        raise UsageError(said.format(name=name, names=", ".join(sorted(known))))


def _directions(
    examples: Examples, rises: list[str], falls: list[str]
) -> Mapping[str, Literal["rises", "falls"]]:
    """The columns whose parts only rise, or fall. Raises: UsageError for one that is no number."""
    known = {one.name: one.kind for one in examples.columns}
    for name in (*rises, *falls):
        if known.get(name) != "number":
            said = _("{name} is no column of numbers; there are: {names}")
            numbers = ", ".join(sorted(n for n, kind in known.items() if kind == "number"))
            raise UsageError(said.format(name=name, names=numbers))
    if both := set(rises) & set(falls):
        raise UsageError(_("{name} cannot rise and fall").format(name=", ".join(sorted(both))))
    directions: dict[str, Literal["rises", "falls"]] = dict.fromkeys(rises, "rises")
    return directions | dict.fromkeys(falls, "falls")


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[str, float], None] | None]:
    """A bar on a terminal that says what the learner is at."""
    if quiet or not err.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(_("Learning"), total=1.0)
        yield lambda what, share: bar.update(task, description=what, completed=share)
