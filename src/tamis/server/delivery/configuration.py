"""`targets.yaml`: which systems are told what; read whole, with each problem at its place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tamis.errors import Place, SourceError
from tamis.model.document import Problems, Value, did_you_mean, parse
from tamis.server.delivery.message import AUDIENCE, KINDS, TEST, Target
from tamis.server.delivery.outbox import GIVE_UP, SECOND
from tamis.server.delivery.registry import TYPES, Surroundings, Told, type_of
from tamis.server.delivery.web_addresses import is_web_address

VERSION: Final = "1"
KEYS: Final = ("tamis_targets", "link", "targets", "audiences")
GENERAL: Final = ("type", "kinds", "at_once", "give_up_after")
MEMBERS: Final = ("cell", "status", "play")
AUDIENCE_KEYS: Final = ("target", "model", *MEMBERS)
MOST_AT_ONCE: Final = 16
LONGEST_NAME: Final = 100
DAY: Final = 86_400 * SECOND


@dataclass(frozen=True)
class Configured:
    """A target with what is said of its messages.

    `kinds` are those it is to be told of by itself; `at_once` how many messages may be on their way
    to it; `give_up` how long one is tried, in microseconds.
    """

    name: str
    type: str
    target: Target
    kinds: frozenset[str] = frozenset()
    at_once: int = 4
    give_up: int = GIVE_UP.days * DAY


@dataclass(frozen=True)
class Audience:
    """Leads that a target's list is kept in step with: those whose `by` is one of `values`.

    `model` is a model's name; empty: the one that is active.
    """

    name: str
    target: str
    by: str
    values: tuple[str, ...]
    model: str = ""


@dataclass(frozen=True)
class Targets:
    """Every target by name, and the audiences. Without a file there are none."""

    by_name: Mapping[str, Configured] = field(default_factory=dict)
    audiences: tuple[Audience, ...] = ()

    def __iter__(self) -> Iterator[Configured]:
        return iter(self.by_name.values())


def load_targets(path: Path, around: Surroundings) -> Targets:
    """What the file says. Raises: SourceError with every problem of the file and its place."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no text"
        message = f"the targets cannot be read: {said}"
        raise SourceError(message, Place(str(path))) from error
    problems = Problems()
    root = parse(text, str(path), problems)
    found = Targets() if root is None else _targets(root, path.parent, around)
    if problems.errors:
        raise SourceError("\n".join(str(problem) for problem in problems.errors))
    return found


def _targets(root: Value, folder: Path, around: Surroundings) -> Targets:
    found = root.entries(KEYS, "the targets")
    root.lacks([k for k in KEYS[::2] if k not in found], KEYS, "the file of targets")
    if "tamis_targets" in found:
        found["tamis_targets"].word((VERSION,))
    link = _link(found["link"]) if "link" in found else ""
    around = Surroundings(around.clock, around.http, around.credentials, link)
    by_name: dict[str, Configured] = {}
    for key, value in found["targets"].items() if "targets" in found else ():
        name = _name(key)
        if made := _target(name, value, folder, around):
            by_name[name] = made
    audiences = found["audiences"].items() if "audiences" in found else ()
    read = [_audience(_name(key), value, by_name) for key, value in audiences]
    return Targets(by_name, tuple(one for one in read if one))


def _link(value: Value) -> str:
    """Where people open Tamis, without a slash at its end."""
    link = value.text()
    if link is not None and not is_web_address(link):
        hint = "write it as https://tamis.example.com"
        value.wrong("wrong-address", "this is no web address to open", hint)
    return (link or "").rstrip("/")


def _name(key: Value) -> str:
    """The name of a target or an audience, which stands in addresses and in commands."""
    name = str(key.node.value)
    if not 0 < len(name) <= LONGEST_NAME or "/" in name or not name.isprintable():
        message = f"a name has 1 to {LONGEST_NAME} characters, and no `/` among them"
        key.wrong("wrong-name", message)
    return name


def _target(name: str, value: Value, folder: Path, around: Surroundings) -> Configured | None:
    kind = _type(value)
    if kind is None:
        return None
    made_so = type_of(kind)
    what = f"a target of type `{kind}`"
    known = (*GENERAL, *made_so.keys)
    values = value.entries(known, what)
    if missing := [key for key in made_so.needed if key not in values]:
        value.lacks(missing, known, what)
        return None
    told = Told(name, values, folder, around)
    target = made_so.read(told)
    at_once = told.whole("at_once", 4, low=1, limit=MOST_AT_ONCE)
    days = values["give_up_after"].duration() if "give_up_after" in values else GIVE_UP.days
    if target is None or days is None:
        return None
    kinds = _kinds(values.get("kinds"), kind, target.kinds)
    return Configured(name, kind, target, kinds, at_once, days * DAY)


def _type(value: Value) -> str | None:
    """The type that a target says it has; other keys are read once it is known."""
    if not value.is_mapping:
        value.wrong("wrong-type", f"a mapping is expected here, not {value.shown()}")
        return None
    for key, said in _pairs(value):
        if key == "type":
            return said.word(TYPES)
    value.wrong("missing-key", "a target needs `type`", f"there is {', '.join(TYPES)}")
    return None


def _pairs(value: Value) -> Iterator[tuple[str, Value]]:
    # `items` would note what is wrong a second time when the keys are read.
    unheard = Value(value.node, value.file, Problems())
    for key, said in unheard.items():
        yield str(key.node.value), Value(said.node, value.file, value.problems)


def _kinds(value: Value | None, kind: str, can: Collection[str]) -> frozenset[str]:
    """The kinds of messages that a target wants: what it can take, unless it says less."""
    if value is None:
        return frozenset(can)
    kinds = set()
    for element in value.elements():
        said = element.text()
        if said is None:
            continue
        if said in can:
            kinds.add(said)
        elif said in (*KINDS, TEST):
            takes = f"it takes {', '.join(k for k in KINDS if k in can)}"
            element.wrong("unknown-value", f"a `{kind}` does not take `{said}`", takes)
        else:
            element.wrong("unknown-value", f"unknown kind `{said}`", did_you_mean(said, KINDS))
    return frozenset(kinds)


def _audience(name: str, value: Value, known: Mapping[str, Configured]) -> Audience | None:
    found = value.entries(AUDIENCE_KEYS, "an audience")
    if "target" not in found:
        value.lacks(["target"], AUDIENCE_KEYS, "an audience")
        return None
    by = [key for key in MEMBERS if key in found]
    if len(by) != 1:
        value.wrong("missing-key", f"an audience is made by one of {', '.join(MEMBERS)}")
        return None
    target = found["target"].text()
    if target is None:
        return None
    if target not in known:
        found["target"].wrong(
            "unknown-value", f"unknown target `{target}`", did_you_mean(target, list(known))
        )
        return None
    if not set(AUDIENCE) <= known[target].target.kinds:
        takes = f"`{target}` is a `{known[target].type}`, which keeps no list"
        found["target"].wrong("unknown-value", takes)
        return None
    members = found[by[0]]
    values = members.each(Value.text) if members.is_list else (members.text() or "",)
    model = found["model"].text() if "model" in found else ""
    return Audience(name, target, by[0], tuple(values), model or "")
