"""`tamis learned`: a learned model read, judged, compared, held beside the rules, and watched."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tamis.cli import options
from tamis.cli.data import Data, takes_data
from tamis.cli.learning import (
    FromFacts,
    FromTable,
    Lesson,
    ModelIfAny,
    from_facts,
    lesson,
    takes_facts,
    takes_table,
)
from tamis.cli.output import answer, refuse_unless_page, tell, told, write_text
from tamis.cli.speech import LANGUAGE, _
from tamis.cli.worded import Command, Group
from tamis.errors import UsageError
from tamis.model.checks import checked_model
from tamis.model.load import read_text

if TYPE_CHECKING:
    from tamis.predict.agreement.gain import Compared
    from tamis.predict.agreement.grid import Agreement
    from tamis.predict.agreement.worth_a_look import Disagreement
    from tamis.predict.examples import Numbers
    from tamis.predict.learned import Learned
    from tamis.predict.snapshots import Past

learned = typer.Typer(
    cls=Group, add_completion=False, rich_markup_mode="rich", no_args_is_help=True
)

LearnedFile = Annotated[
    Path,
    typer.Argument(metavar="LEARNED", help=_("File of a learned model."), show_default=False),
]
ToPage = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help=_("Write it as a page (.html)."))
]
ToModel = Annotated[
    Path | None, typer.Option("--to", metavar="FILE", help=_("Write the model so changed."))
]


# Read and judged ---------------------------------------------------------------------------------


@learned.command(cls=Command, help=_("Show the card of a learned model."))
def show(
    file: LearnedFile,
    *,
    all_: Annotated[
        bool, typer.Option("--all", help=_("Every part, with all its points."))
    ] = False,
    to: ToPage = None,
    json: options.Json = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Show the card of a learned model."""
    with told():
        from tamis.reports.learned.card import card_sections, card_title  # noqa: PLC0415
        from tamis.reports.learned.card_data import as_data  # noqa: PLC0415

        spoken = options.language_of(language)
        refuse_unless_page(to)
        found = _read(file)
        sections = tuple(card_sections(found, spoken, whole=all_ or bool(to)))
        answer(card_title(found, spoken), sections, as_data(found), spoken, to=to, json=json)


@learned.command(cls=Command, help=_("Judge a learned model on other leads."))
@takes_data
@takes_facts
@takes_table
def evaluate(
    file: LearnedFile,
    model: ModelIfAny = None,
    *,
    data: Data,
    facts: FromFacts,
    plain: FromTable,
    to: ToPage = None,
    json: options.Json = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Judge a learned model on other leads."""
    with told():
        from tamis.reports.learned.judged import judged, judged_sections  # noqa: PLC0415

        spoken = options.language_of(language)
        refuse_unless_page(to)
        found = judged([_read(file)], lesson(model, data, facts, plain).examples)
        sections = tuple(judged_sections([file.name], found, spoken))
        title = _("{file} on other leads").format(file=file.name)
        known = {file.name: asdict(found[0])}
        answer(title, sections, known, spoken, to=to, json=json, quiet=data.quiet)


@learned.command(cls=Command, help=_("Say whether a challenger is better, on leads new to both."))
@takes_data
@takes_facts
@takes_table
def compare(
    champion: LearnedFile,
    challenger: Annotated[
        Path, typer.Argument(metavar="CHALLENGER", help=_("Another one."), show_default=False)
    ],
    model: ModelIfAny = None,
    *,
    data: Data,
    facts: FromFacts,
    plain: FromTable,
    to: ToPage = None,
    json: options.Json = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Say whether a challenger is better, on leads that neither was learned from."""
    with told():
        from tamis.predict.market import challenge  # noqa: PLC0415
        from tamis.predict.scoring import log_odds  # noqa: PLC0415
        from tamis.reports.learned.judged import (  # noqa: PLC0415
            judged,
            judged_sections,
            verdict_section,
        )

        spoken = options.language_of(language)
        refuse_unless_page(to)
        models, names = [_read(champion), _read(challenger)], [champion.name, challenger.name]
        examples = lesson(model, data, facts, plain).examples
        found = judged(models, examples)
        first, second = (log_odds(one, examples) for one in models)
        verdict = challenge(first, second, examples.won, examples.lead, examples.weight)
        sections = (verdict_section(verdict, spoken), *judged_sections(names, found, spoken))
        known = {
            "verdict": asdict(verdict),
            **{name: asdict(one) for name, one in zip(names, found, strict=True)},
        }
        title = _("{challenger} against {champion}").format(
            challenger=challenger.name, champion=champion.name
        )
        answer(title, sections, known, spoken, to=to, json=json, quiet=data.quiet)


# Beside the rules --------------------------------------------------------------------------------


@learned.command(cls=Command, help=_("Suggest points for the rules of a model, and rules to add."))
@takes_data
@takes_facts
def suggest(
    model: options.ModelFile,
    *,
    data: Data,
    facts: FromFacts,
    lock: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE", help=_("A rule that stays as it is; can be repeated.")),
    ] = None,
    take: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RULE",
            help=_("Write the points suggested for a rule into --to; `all`: every one."),
        ),
    ] = None,
    to_model: ToModel = None,
    to: ToPage = None,
    json: options.Json = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Suggest points for the rules of a model, and rules worth adding."""
    with told():
        from tamis.predict.suggest.draft import apply  # noqa: PLC0415
        from tamis.predict.suggest.fit import Outcomes  # noqa: PLC0415
        from tamis.predict.suggest.missing import missing_rules  # noqa: PLC0415
        from tamis.predict.suggest.points import suggest as suggested  # noqa: PLC0415
        from tamis.reports.learned.suggested import suggested_sections  # noqa: PLC0415

        spoken = options.language_of(language)
        refuse_unless_page(to)
        if bool(take) != bool(to_model):
            raise UsageError(_("--take says which suggestions, --to where the model is written"))
        given = from_facts(model, data, facts)
        past, loaded, rows = _past(given), given.model, given.examples
        assert loaded is not None, "a lesson from facts has its model"
        outcomes = Outcomes.of(rows)
        rules, score = past.rules, past.score
        found = suggested(loaded, rules.ids, rules.points, outcomes, locked=lock or ())
        missing = () if score is None else missing_rules(loaded, rows, score, scale=found.scale)
        if to_model and take:
            chosen = [
                one
                for one in found.suggestions
                if one.is_worth_a_draft and ("all" in take or one.rule in take)
            ]
            if not chosen:
                raise UsageError(_("nothing to change: no suggestion for these rules"))
            write_text(to_model, apply(read_text(model), chosen))
        answer(
            _("Suggestions for {model}").format(model=loaded.name),
            tuple(suggested_sections(found, missing, spoken)),
            {
                "suggestions": [asdict(one) for one in found.suggestions],
                "rules_worth_adding": [asdict(one) for one in missing],
            },
            spoken,
            to=to,
            json=json,
            quiet=data.quiet,
        )
        if to_model and not json:
            tell(_("Wrote {path}.").format(path=to_model), None, json=False, quiet=data.quiet)


@learned.command(cls=Command, help=_("Hold a learned model beside the rules, lead by lead."))
@takes_data
@takes_facts
def agree(
    file: LearnedFile,
    model: options.ModelFile,
    *,
    data: Data,
    facts: FromFacts,
    to: ToPage = None,
    json: options.Json = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Hold a learned model beside the rules: where they agree, what both give, whom to look at."""
    with told():
        from tamis.reports.learned.beside import agreement_sections  # noqa: PLC0415
        from tamis.reports.learned.judged import refuse_missing  # noqa: PLC0415

        spoken = options.language_of(language)
        refuse_unless_page(to)
        found, given = _read(file), from_facts(model, data, facts)
        past = _past(given)
        if past.score is None:
            raise UsageError(_("the model has no score to hold the learned one beside"))
        refuse_missing(found, past.examples)
        agreement, compared, worth_a_look = _beside(found, past, past.score)
        answer(
            _("{file} beside the rules of {model}").format(file=file.name, model=given.name),
            tuple(
                agreement_sections(
                    agreement, compared, worth_a_look, spoken, flattered=_was_seen(found, past)
                )
            ),
            {
                "agreement": asdict(agreement),
                "compared": asdict(compared),
                "disagreements": [asdict(one) for one in worth_a_look],
            },
            spoken,
            to=to,
            json=json,
            quiet=data.quiet,
        )


def _was_seen(learned: Learned, past: Past) -> bool:
    """Whether the leads may be those that the model was learned from."""
    last = learned.training.last
    return last is not None and str(past.days[0]) <= last


def _beside(
    learned: Learned, past: Past, score: Numbers
) -> tuple[Agreement, Compared, tuple[Disagreement, ...]]:
    """The grid and the gains over all days; the leads worth a look on the last day."""
    import numpy as np

    from tamis.predict.agreement.gain import compare as gains  # noqa: PLC0415
    from tamis.predict.agreement.grid import agree as grid  # noqa: PLC0415
    from tamis.predict.agreement.worth_a_look import (  # noqa: PLC0415
        disagreements,
        points_behind,
    )
    from tamis.predict.scoring import contributions, log_odds, probability  # noqa: PLC0415
    from tamis.predict.suggest.fit import Outcomes  # noqa: PLC0415

    rows = past.examples
    told_ = probability(log_odds(learned, rows))
    outcomes = Outcomes.of(rows)
    assert rows.order is not None
    last = rows.order == rows.order.max()
    there = rows.of(last)
    worth_a_look = disagreements(
        there.ids,
        score[last],
        told_[last],
        rules=points_behind(past.rules.ids, past.rules.points[last]),
        parts=lambda place: [
            (one.part, one.weight) for one in contributions(learned, there.of(np.array([place])))
        ],
    )
    compared = gains(score, told_, outcomes)
    return grid(score, told_, outcomes=outcomes), compared, worth_a_look


@learned.command(cls=Command, help=_("Put a learned model into a scoring model, as a draft."))
def promote(
    file: LearnedFile,
    model: options.ModelFile,
    *,
    to_model: ToModel = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Put a learned model into a scoring model, as its dimension `learned`."""
    with told():
        from tamis.predict.said import put_into  # noqa: PLC0415

        target = to_model or model
        options.refuse_unwritable(target)
        options.refuse_overwriting([target], [file])
        again = put_into(read_text(model), _read(file), file=str(model))
        write_text(target, again)
        put = checked_model(again, str(target)).dimension("learned")
        said = _(
            "Wrote {path}: {rules} rules in the dimension `learned`, which stands beside the score "
            "until `score` names it."
        ).format(path=target, rules=len(put.rules) if put else 0)
        tell(said, {"written": target}, json=json, quiet=quiet)


@learned.command(cls=Command, help=_("Take the learned dimension out of a scoring model again."))
def rollback(
    model: options.ModelFile,
    *,
    to_model: ToModel = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Take the dimension `learned` out of a scoring model again."""
    with told():
        from tamis.predict.said import without  # noqa: PLC0415

        target, text = to_model or model, read_text(model)
        options.refuse_unwritable(target)
        again = without(text)
        if again == text:
            raise UsageError(_("{path} has no learned dimension").format(path=model))
        write_text(target, again)
        said = _("Wrote {path}, without a learned dimension.").format(path=target)
        tell(said, {"written": target}, json=json, quiet=quiet)


# When the market moves ---------------------------------------------------------------------------


@learned.command(cls=Command, help=_("Watch what moves: call it once a week with the same file."))
@takes_data
@takes_facts
def watch(
    file: LearnedFile,
    model: options.ModelFile,
    *,
    data: Data,
    facts: FromFacts,
    state: Annotated[
        Path, typer.Option(metavar="FILE", help=_("What the watch remembers from week to week."))
    ] = Path("watch.json"),
    to: ToPage = None,
    json: options.Json = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Watch what moves: the first call makes the baseline, each later one looks at a week."""
    with told():
        from tamis.cli.watching import begin, go_on  # noqa: PLC0415
        from tamis.reports.learned.moved import moved_sections  # noqa: PLC0415

        spoken = options.language_of(language)
        refuse_unless_page(to)
        options.refuse_unwritable(state)
        found = _read(file)
        if not state.exists():
            first = begin(state, found, from_facts(model, data, facts))
            said = _("The watch begins on {day}: {path} holds the baseline.")
            message = said.format(day=first, path=state)
            tell(message, {"begins": str(first)}, json=json, quiet=data.quiet)
            return
        alarms = go_on(state, found, model, data)
        title = _("What moved since {file} was learned").format(file=file.name)
        known = {"alarms": [asdict(one) for one in alarms]}
        sections = tuple(moved_sections(alarms, spoken))
        answer(title, sections, known, spoken, to=to, json=json, quiet=data.quiet)


@learned.command(cls=Command, help=_("Move a learned model's base to what came of newer leads."))
@takes_data
@takes_facts
@takes_table
def recalibrate(
    file: LearnedFile,
    model: ModelIfAny = None,
    *,
    data: Data,
    facts: FromFacts,
    plain: FromTable,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FILE", help=_("Where to write it; default: there.")),
    ] = None,
    json: options.Json = False,
) -> None:
    """Move a learned model's base to what came of newer leads; its parts stay."""
    with told():
        from tamis.predict.files import write_learned  # noqa: PLC0415
        from tamis.predict.market import recalibrated  # noqa: PLC0415
        from tamis.predict.scoring import log_odds  # noqa: PLC0415
        from tamis.predict.suggest.fit import Outcomes  # noqa: PLC0415
        from tamis.reports.learned.judged import refuse_missing  # noqa: PLC0415
        from tamis.reports.learned.words import points  # noqa: PLC0415

        target = to or file
        options.refuse_unwritable(target)
        found = _read(file)
        examples = lesson(model, data, facts, plain, [target]).examples
        refuse_missing(found, examples)
        z = log_odds(found, examples)
        shares = Outcomes.of(examples).shares
        again = recalibrated(found, z, examples.won, shares)
        write_learned(target, again)
        moved = again.intercept - found.intercept
        said = _("Wrote {path}: every lead has {points} points.").format(
            path=target, points=points(moved, LANGUAGE)
        )
        tell(said, {"moved": moved, "written": target}, json=json, quiet=data.quiet)


def _read(file: Path) -> Learned:
    from tamis.predict.files import read_learned  # noqa: PLC0415

    return read_learned(file)


def _past(given: Lesson) -> Past:
    assert given.past is not None, "a lesson from facts has its past"
    return given.past
