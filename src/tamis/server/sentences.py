"""What the server's parts say, in the reader's language.

They speak to programs too, so they say it in English, with names and numbers already in it. Here
are their sentences with the gaps: a text that fits one is said again from its translation.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from tamis.language import translator

GAP = re.compile(r"\\\{(\w+)\\\}")
QUOTED = re.compile(rf"`{GAP.pattern}`")


def _(text: str) -> str:
    """Let the catalogue gather a sentence that is translated when it is met."""
    return text


STATES = (_("draft"), _("proposed"), _("approved"), _("active"), _("retired"))
BESIDE = (_("shadow"), _("activating"))
STEPS = (
    *(_("drafted"), _("edited"), _("rejected"), _("activated")),
    *(_("shadowing"), _("shadowed"), _("unshadowed")),
)
SETTLED = (_("waiting"), _("replayed"), _("dropped"))
SENTENCES = (
    # Who may do what
    _("the login or the password is wrong"),
    _("Not found"),
    _("Not allowed"),
    _("there is no such lead"),
    _("there is no user `{login}`"),
    _("there is a user `{login}` already"),
    _("`{login}` is disabled"),
    _("a login is up to 100 of a-z, 0-9 and . _ @ + -, and begins with a letter or digit"),
    _("the {field} is one of {allowed}, not `{found}`"),
    _("the {field} has {limit} characters at most, and none that move a line"),
    _("a user has a name"),
    _("this is the last administrator: make somebody else one first"),
    _("a password has {shortest} to {longest} characters"),
    _("a password has {fewest} different characters at least"),
    _("a password is not the login with a few characters more"),
    _("a key has a name of 1 to {limit} characters"),
    _("there is no scope `{scope}`: it is one or more of {scopes}"),
    _("there is no key `{key}`"),
    _("this needs the permission `{permission}`, which {who} has not"),
    # Models
    _("there is no such model"),
    _("there is no such version"),
    _("there is no version {number} of such a model"),
    _("`{which}` is no version: write it as `{name}/3`"),
    _("the name of a model has letters, digits, spaces and . + - _, at most 100"),
    _("say for which side: --side marketing or --side sales"),
    _("an owner is needed who has a login here"),
    _("a text cannot hold NUL or half of a surrogate pair"),
    _("this is longer than {longest} characters"),
    _("a text is needed here"),
    _("{version} is {state}: add a new version instead"),
    _("{version} has run in shadow or was activated: add a new version instead"),
    _("the name is `{name}` in all versions of this model"),
    _("{login} has approved {version} for {side} already"),
    _("no other version of this model has been active"),
    _("{version} runs in shadow already"),
    _("{version} does not run in shadow"),
    _("{version} is {state}: only what is {needed} can be {done}"),
    _("run in shadow"),
    _("{version} lacks the approval of {missing}: only then can it be activated"),
    _("{version} is a draft: propose it first; then {sides} approve it, and it can be activated"),
    _("{version} is being scored: see task {task}"),
    _("{version} is being activated: see task {task}"),
    _("no day is set on which this version is reviewed next"),
    _("the review was due on {day}, 1 day ago"),
    _("the review was due on {day}, {n} days ago"),
    _("no value of `{field}` has come yet"),
    _("the newest value of `{field}` came on {day}: over {n} days ago"),
    _("no model is active"),
    _("no model of this name is active; active are: {names}"),
    _("several models are active: name one by `model`, of {names}"),
    _("a rating is a whole number from {lowest} to {highest}"),
    _("a measure has a name and what is to be reached, 200 characters"),
    _("a new rule has a name and points"),
    _("a new rule needs a condition on the lead, or an event"),
    _("the YAML has no list of rules for this dimension: write it there"),
    # People and messages
    _("there is no person with this id or e-mail"),
    _("there is no entry {entry} in quarantine"),
    _("entry {entry} is {state} already"),
    _("`state` is `{state}`: there is {states}"),
    _("{path}, row {row}: {reason}"),
    _("{file}:{line}: {reason}"),
    _("a message has at most {limit} bytes, this one {found}"),
    _("this is not JSON (NaN and Infinity are not, either): {found}"),
    _("objects stand more than {limit} deep in one another"),
    _("a text is not in UTF-8"),
    _("a text has the character NUL ({code}) in it"),
    _("a text has half of a surrogate pair, which is no character"),
    _("a number has too many digits"),
    _("a number has too many digits before the point"),
    _("the body is an object with `batch`, a list of messages"),
    _("`type` is `{type}`: there is {known}"),
    _("there is neither `userId` nor `anonymousId`"),
    _("a track call names its `event`"),
    _("a group call names its `groupId`"),
    _("an alias call names its `previousId` and its `userId`"),
    _("`{name}` is missing"),
    _("`outcome` is missing: it is won or lost"),
    _("`{name}` has more than {limit} characters"),
    _("`{name}` is `{found}`: programs write so when they know no id"),
    _("`{name}` is no time: write it as 2026-11-21T09:30:00Z"),
    _("the time is before 1970"),
    _("the time is more than a day ahead of the server's clock"),
    _("{table}.{field} is {found}: {reason}"),
    _("`{name}` is not {expected}: `{found}`"),
    *(_("a whole number"), _("a number"), _("yes or no"), _("a date"), _("a date and time")),
    _("a whole number is expected"),
    _("a number is expected"),
    _("true or false is expected"),
    _("a date is expected, as 2026-11-22"),
    _("an instant of the next {days} days is expected"),
    _("points are a number"),
    _("points are at most {most} either way"),
    _("points have at most 3 decimals"),
    _("0 points change nothing"),
    _("a time is expected, as 2026-11-22T09:30:00Z"),
    # Where leads stand
    _("the lead stands at `{status}` since {since}, not at `{seen}`: read it again"),
    _("the lead has no status yet: it gets one with its first score"),
    _("there is no such lead: no lead id, user id or e-mail is so"),
    _("one lead has this user id and another one this e-mail: use the lead id"),
    _("this model has no lifecycle: its file has no section `lifecycle`"),
    _("there is no such status: the model has {names}"),
    _("there is no such kind; of `{status}` there are: {kinds}"),
    _("no step leads from `{before}` to `{to}`: {there}"),
    _("you may move it to {names}"),
    _("you may not move it"),
    _("a key is no person: people move leads"),
    _("the questions are {names}"),
    _("somebody holds the lead already: release it first"),
    _("nobody holds the lead"),
    # Work
    _("there is no hand-off {handoff}"),
    _("there is no queue `{queue}`"),
    _("there is no absence {absence}"),
    _("there is nothing of such a name"),
    _("hand-off {handoff} is {owner}'s now"),
    _("hand-off {handoff} is accepted already"),
    _("hand-off {handoff} waits in the queue `{queue}`: nobody has it"),
    _("no active model has the queue `{queue}` now: nobody works on it"),
    _("`{login}` gets no work of `{queue}`; there is {names}"),
    _("{login} is away today"),
    _("{login} has {has} open hand-offs; `{queue}` allows {limit}"),
    _("give the first day, then the last, from {first} to {last}"),
    _(
        "sales rejected {count} of {of} hand-offs in {over} days: "
        "the model tolerates {percent} percent"
    ),
    # Learned models
    _("install tamis[learn]: without it this server cannot learn"),
    _("This server cannot learn"),
    _("there is no learned model {number} of such a model"),
    _("there is no short card of learned model {number}"),
    _("there is no such alarm"),
    _("somebody has looked at this alarm already"),
    _("there is no such change of market"),
    _("a change of market is of today, or of a day before"),
    _("the model is being learned: see task {task}"),
    _("no version of the model `{model}` is active"),
    _("no version of the model `{model}` is active: there is nothing to learn beside"),
    _("nothing of such a name is suggested: `{name}`"),
    _("nothing of this can be changed: the rules are locked, or too little is known"),
    _("The file holds no learned model"),
    _("the file is too large"),
    _("with learned model {number}"),
    _("with suggestions of learned model {number}"),
    _("change of market: {about}"),
    _("the policy: every {days} days"),
    _("the policy: {count} conversions since the last training"),
    _("the policy: an alarm was raised ({kind})"),
    _("the base rate has moved: learned model {number} with another base"),
    _("other models are being compared: ask again soon"),
    _("there is not memory enough to learn from so many leads"),
    # Reports of both sides
    _("the model `{model}` has no lifecycle: add `lifecycle: taxonomy` to it"),
    _("`{found}` is none: there is {names}"),
    _("days from 1 to {limit}"),
    _("the days go from {first} to {last}: that is no period"),
    # Targets, and what they answer
    _("there is no delivery {entry}"),
    _("there is no target `{name}` in the file that TAMIS_TARGETS names"),
    _("there is no target `{name}`"),
    _("there is no target `{name}`: {hint}"),
    _("more than one target is a `{name}`"),
    _("`{name}` is a `{type}`, which has no fields to check"),
    _("{path}: the targets cannot be read: {reason}"),
    _("it is no text"),
    _("private_targets: `{written}` is no address or network, as 10.0.0.0/8"),
    _("`{host}` did not answer in time"),
    _("`{host}` cannot be asked: {reason}"),
    _("`{host}` redirects more than {n} times"),
    _("`{host}` redirects to what is no web address"),
    _("`{host}` redirects from https to http, which is not followed"),
    _("`{host}` is at {address}: TAMIS_PRIVATE_TARGETS can allow it"),
    _("answered {status}"),
    _("answered {status} to user and password"),
    _("there is no address to send it to"),
    _("the folder cannot be written to: {reason}"),
    _("the folder is not there, or cannot be written to"),
    _("it holds what is no text"),
    _("HubSpot did not answer ({reason})"),
    _("HubSpot was asked too much"),
    _("HubSpot answered {status}: look at the token and its scopes"),
    _("HubSpot answered {status}: {reason}"),
    _("HubSpot has no contact of this lead"),
    _("HubSpot has no contact of this lead, and the field map has no `create`"),
    _("another message for the same contact is on its way"),
    _("the field map names no list for this audience"),
    _("the field map names no campaign for this audience"),
    _("the field map writes no {name}"),
    _("Salesforce lets nobody in by this key and secret ({reason})"),
    _("Salesforce did not answer ({reason})"),
    _("Salesforce answered {status}: {reason}"),
    _("Salesforce has no record of this lead"),
    _("Salesforce has no record of this lead, and the field map has no `create`"),
    _("another message for the same record is on its way"),
    _("{used} of {total} requests are used: the rest is left to others"),
    _("a fault of the program: {reason}"),
    # The store
    _("the store is no database URL: as postgresql://user@host/tamis, or a file's path"),
    _("the store is SQLite or PostgreSQL, not {driver}"),
    _("a store in SQLite is a file, without options: as sqlite:////var/tamis.db"),
    _("the store cannot be used now: {found}"),
    _("all its connections are taken"),
    _("another writer changed what was read"),
    _("the store is empty: `tamis serve` makes its tables"),
    _("the database holds tables of something else: give Tamis one of its own"),
    _(
        "the store was written by a later Tamis (tables of version {found}, this program knows up "
        "to {wanted}): use that one, or restore an earlier copy"
    ),
    _(
        "the store has tables of version {found}, and this program works with {wanted}: "
        "make a copy with `tamis backup`, then start `tamis serve`"
    ),
    _("there is no store at {path}"),
    _("{path} is the store itself: give another file"),
    _("{path} is not empty: --force replaces what is in it"),
    _("{path} is no copy that `tamis backup` made"),
    _("{path} is a copy of {found}, and the store is {wanted}"),
    _("{path} is damaged: {found}"),
    _("{path} cannot be put back: {reason}"),
    _("the copy of {path} is not sound: {found}"),
    _("a server uses {path}: stop it first"),
    _("others are connected to the store's database: stop the server first"),
    _(
        "`{program}` is not installed here: install the client programs of PostgreSQL, of the "
        "server's version or later"
    ),
    # Files and settings
    _("{path}: there is no such file"),
    _("did you mean `{name}`?"),
    _("{path}: no column `{name}`"),
    _("name the column with `--map {column}=COLUMN`"),
    _("{path}: cannot read the file: {found}"),
    _("cannot listen at {address}: {found}"),
    _("{name} is `{value}`: it must be true or false"),
    _("{name} is `{value}`: it must be a whole number"),
    _("`{name}` is `{value}`: it is {limit} or more"),
    _("`{name}` is `{value}`: it is {limit} at most"),
    _("install the extra: pip install 'tamis[server]'"),
    _("unknown language `{language}`: there is en and fr"),
)
"""Where several fit, the one with the most words of its own is meant."""
OTHERS = (
    _("HubSpot was asked too much ({policy})"),
    _("refused every address ({status})"),
    _("{address}, which tells a machine its credentials"),
    _("{address}, a reserved address"),
    _("{address}, a multicast address"),
    _("{address}, an address shared behind a provider"),
    _("{address}, a link-local address"),
    _("{address}, an address of this machine"),
    _("{address}, a private address"),
    _("`{field}`: {reason}"),
    _("the step from `{before}` to `{to}` is made by marketing"),
    _("the step from `{before}` to `{to}` is made by sales"),
    _("the step from `{before}` to `{to}` is made by marketing or sales"),
    _("the step from `{before}` to `{to}` is made by sales or marketing"),
    _("you may move it to {names} and {last}"),
    _("{names} has not been answered by yes"),
    _("{names} and {last} have not been answered by yes"),
    _("there is no such kind; of `{status}` there are: none"),
    _("hand-off {handoff} was rejected by {login} on {at}"),
    _("hand-off {handoff} was rejected on {at}"),
    _("hand-off {handoff} was withdrawn by {login} on {at}"),
    _("hand-off {handoff} was withdrawn on {at}"),
    _("hand-off {handoff} was finished by {login} on {at}"),
    _("hand-off {handoff} was finished on {at}"),
    _("`{login}` gets no work of `{queue}`; there is nobody"),
    _("delivery {entry} is being sent"),
    _("delivery {entry} is waiting"),
    _("delivery {entry} is sent"),
    _("delivery {entry} is dead"),
    _("delivery {entry} is dropped"),
    _("the path is `{value}`: write it as /tamis"),
    _("the engine's memory is `{value}`: write it as 512MB"),
    _("marketing and sales"),
    _("pg_restore failed: {found}"),
    _("pg_dump failed: {found}"),
    _("approved or retired"),
    _("proposed or approved or retired"),
    _("proposed or approved"),
    _("file is not a database"),
    _("database is locked"),
    _("{path}: No such file or directory"),
    _("{path}: Permission denied"),
    _("[Errno {code}] {reason}"),
    _("No such file or directory"),
    _("Permission denied"),
    _("Is a directory"),
    _("Address already in use"),
    _("Name or service not known"),
    _("Cannot assign requested address"),
    _("{path}: cannot read the file: No such file or directory"),
)
"""What the database and the system say, or stands together at run time alone."""


def in_words(text: str, language: str) -> str:
    """A text of the server in a language, line by line; English where it is unknown.

    >>> in_words("there is no user `ada`", "fr")
    'il n\u2019y a pas de personne `ada`'
    """
    if language == "en":
        return text
    return "\n".join(_line(line, translator(language)) for line in text.split("\n"))


def _line(line: str, translated: Callable[[str], str]) -> str:
    bare = line.strip()
    indent = line[: len(line) - len(line.lstrip())]
    return indent + _said_again(bare, translated) if bare else line


def _said_again(text: str, translated: Callable[[str], str]) -> str:
    for pattern, sentence in _patterns():
        if found := pattern.fullmatch(text):
            # What fills a gap may be a sentence itself.
            gaps = found.groupdict().items()
            filled = {name: _said_again(value, translated) for name, value in gaps}
            return translated(sentence).format(**filled)
    return text


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    known = sorted(
        (*STATES, *BESIDE, *STEPS, *SETTLED, *SENTENCES, *OTHERS),
        key=lambda sentence: -len(GAP.sub("", re.escape(sentence))),
    )
    return [(re.compile(_pattern(one)), one) for one in known]


def _pattern(sentence: str) -> str:
    # What stands in backquotes ends with them: a field and a login after it are two.
    quoted = QUOTED.sub(r"`(?P<\1>[^`]+)`", re.escape(sentence))
    return GAP.sub(r"(?P<\1>.+?)", quoted)
