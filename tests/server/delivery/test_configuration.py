"""`targets.yaml`: what it says, and what is wrong with it, at its place and without its secrets."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.server.delivery.sending import WHSEC, http

from tamis.errors import SourceError
from tamis.server.clock import SetClock
from tamis.server.delivery.configuration import Audience, Targets, load_targets
from tamis.server.delivery.credentials import Credentials, Secret
from tamis.server.delivery.registry import TYPES, Surroundings, type_of

GOOD = """\
tamis_targets: 1
link: https://tamis.example.com/
targets:
  bridge:
    type: webhook
    url: https://hooks.example.com/tamis
    secret: {env: HOOK_SECRET}
    kinds: [handoff.assigned, status.changed, audience.added, audience.removed]
    at_once: 2
    give_up_after: 1w
  channel:
    type: slack
    url: {file: slack.txt}
    language: fr
  mail:
    type: smtp
    host: mail.example.com
    from: tamis@example.com
    to: [sales@example.com]
    user: tamis
    password: {env: MAIL_PASSWORD}
  folder: {type: csv_drop, folder: drop}
audiences:
  hot: {target: bridge, cell: [A1, A2], model: fit}
"""
ENVIRONMENT = {"HOOK_SECRET": WHSEC, "MAIL_PASSWORD": "hunter2"}
SLACK = "https://hooks.slack.com/services/T0/B0/hunter3"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "slack.txt").write_text(SLACK + "\n")
    (tmp_path / "drop").mkdir()
    return tmp_path


def load(folder: Path, clock: SetClock, text: str) -> Targets:
    path = folder / "targets.yaml"
    path.write_text(text, encoding="utf-8")
    return load_targets(path, Surroundings(clock, http(), Credentials(ENVIRONMENT)))


def wrong(folder: Path, clock: SetClock, text: str) -> list[str]:
    """The problems of a file, each without the file's name."""
    with pytest.raises(SourceError) as caught:
        load(folder, clock, text)
    said = str(caught.value)
    assert "hunter" not in said
    assert WHSEC not in said
    return [line.partition("targets.yaml:")[2] for line in said.splitlines() if ": error: " in line]


def taking(found: Targets, kind: str) -> list[str]:
    """Who is told of a kind, in the order of the file."""
    return [one.name for one in found if kind in one.kinds]


def test_a_good_file_gives_its_targets(folder: Path, clock: SetClock) -> None:
    found = load(folder, clock, GOOD)
    assert [(one.name, one.type) for one in found] == [
        ("bridge", "webhook"),
        ("channel", "slack"),
        ("mail", "smtp"),
        ("folder", "csv_drop"),
    ]
    bridge = found.by_name["bridge"]
    assert (bridge.at_once, bridge.give_up) == (2, 7 * 86_400_000_000)
    assert found.audiences == (Audience("hot", "bridge", "cell", ("A1", "A2"), "fit"),)
    assert taking(found, "handoff.assigned") == ["bridge", "channel", "mail", "folder"]
    assert taking(found, "score.changed") == ["channel", "mail", "folder"]


def test_secrets_are_shown_nowhere(folder: Path, clock: SetClock) -> None:
    found = load(folder, clock, GOOD)
    shown = repr(list(found)) + str(Secret("hunter2")) + repr(Credentials(ENVIRONMENT))
    assert "hunter" not in shown
    assert "a secret of twenty-four" not in shown


def test_every_type_can_be_made() -> None:
    for name in TYPES:
        made = type_of(name)
        assert set(made.needed) <= set(made.keys)


HOOK = "  a: {{type: webhook, url: {url}, secret: {{env: HOOK_SECRET}}}}\n"


@pytest.mark.parametrize(
    ("part", "problems"),
    [
        ("  a: {type: webhok}\n", ["3:13: error: unknown value `webhok` [unknown-value]"]),
        ("  a: {}\n", ["3:6: error: a target needs `type` [missing-key]"]),
        ("  a: 7\n", ["3:6: error: a mapping is expected here, not `7` [wrong-type]"]),
        (
            "  a: {type: webhook}\n",
            ["3:6: error: a target of type `webhook` needs `url` and `secret` [missing-key]"],
        ),
        (
            "  a: {type: csv_drop, folder: drop, colour: red}\n",
            ["3:37: error: unknown key `colour` in a target of type `csv_drop` [unknown-key]"],
        ),
        (
            "  a: {type: csv_drop, folder: nowhere}\n",
            ["3:31: error: there is no folder"],
        ),
        (
            "  a: {type: slack, url: https://hooks.slack.com/services/hunter3}\n",
            ["3:25: error: a secret stands here itself, for all to read [secret-in-file]"],
        ),
        (
            "  a: {type: slack, url: {env: NO_SUCH}}\n",
            ["3:31: error: the variable `NO_SUCH` of the environment is not set [no-secret]"],
        ),
        (
            "  a: {type: slack, url: {file: nothing.txt}}\n",
            ["3:32: error: the secret cannot be read from"],
        ),
        (
            "  a: {type: slack, url: {env: A, file: B}}\n",
            ["3:25: error: a secret is named in one way [wrong-secret]"],
        ),
        (
            "  a: {type: webhook, url: https://x.example, secret: {env: MAIL_PASSWORD}}\n",
            ["3:54: error: the secret is not `whsec_` and base64 [wrong-secret]"],
        ),
        (HOOK.format(url="ftp://x.example"), ["3:27: error: this is no web address to send to"]),
        (HOOK.format(url="https://u:hunter2@x.example"), ["3:27: error: this is no web address"]),
        (
            "  a: {type: csv_drop, folder: drop, kinds: [score.chnged]}\n",
            ["3:45: error: unknown kind `score.chnged` [unknown-value]"],
        ),
        (
            "  a: {type: slack, url: {file: slack.txt}, kinds: [audience.added]}\n",
            ["3:52: error: a `slack` does not take `audience.added` [unknown-value]"],
        ),
        (
            "  a: {type: csv_drop, folder: drop, at_once: 99}\n",
            ["3:46: error: `99` is beyond 16 [out-of-range]"],
        ),
        (
            "  a: {type: csv_drop, folder: drop, give_up_after: never}\n",
            ["3:52: error: a duration is expected here, not `never` [wrong-duration]"],
        ),
        (
            "  a: {type: smtp, host: m.example, from: ann, to: [b@c.example]}\n",
            ["3:42: error: `ann` is no e-mail address [wrong-address]"],
        ),
        (
            "  a: {type: smtp, host: m.example, from: a@b.example}\n",
            ["3:42: error: there is nobody to send to: add `to` or `to_owner` [missing-key]"],
        ),
        (
            "  a: {type: csv_drop, folder: drop}\naudiences: {h: {target: b, cell: A1}}\n",
            ["4:25: error: unknown target `b` [unknown-value]"],
        ),
        (
            "  a: {type: csv_drop, folder: drop}\naudiences: {h: {target: a}}\n",
            ["4:16: error: an audience is made by one of cell, status, play [missing-key]"],
        ),
        (
            "  a: {type: slack, url: {file: slack.txt}}\naudiences: {h: {target: a, cell: A}}\n",
            ["4:25: error: `a` is a `slack`, which keeps no list [unknown-value]"],
        ),
        (
            '  "": {type: csv_drop, folder: drop}\n  a/b: {type: csv_drop, folder: drop}\n',
            ["3:3: error: a name has 1 to 100", "4:3: error: a name has 1 to 100"],
        ),
        (
            f"  a: {{type: csv_drop, folder: {'x' * 5_000}}}\n",
            ["3:31: error: there is no folder"],
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_place(
    folder: Path, clock: SetClock, part: str, problems: list[str]
) -> None:
    found = wrong(folder, clock, f"tamis_targets: 1\ntargets:\n{part}")
    assert len(found) == len(problems)
    assert all(a.startswith(b) for a, b in zip(found, problems, strict=True)), found


@pytest.mark.parametrize("link", ["7", "ftp://t.example", "javascript:alert(1)", "http://[::1"])
def test_a_link_that_nobody_can_open_is_refused(folder: Path, clock: SetClock, link: str) -> None:
    (found,) = wrong(folder, clock, f'tamis_targets: 1\nlink: "{link}"\ntargets: {{}}\n')
    assert found.startswith("2:7: error: this is no web address to open [wrong-address]")


def test_every_problem_of_a_file_is_told(folder: Path, clock: SetClock) -> None:
    text = "tamis_targets: 2\ntargets:\n  a: {type: x}\n  b: {type: slack}\nlnk: x\n"
    assert len(wrong(folder, clock, text)) == 4


def test_a_file_that_is_not_there_says_so(tmp_path: Path, clock: SetClock) -> None:
    around = Surroundings(clock, http(), Credentials())
    with pytest.raises(SourceError, match="the targets cannot be read"):
        load_targets(tmp_path / "none.yaml", around)
