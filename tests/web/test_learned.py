"""What was learned: training to its end, cards, drafts, alarms, market, files, and the lead page.

The store is one of its own: a learned model is in use in it, which other pages' tests do not want.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from tests.server.learning.small import ABSTAINS, LEARNED
from tests.web.conftest import Visits
from tests.web.site import Site, Visitor, served, violations

from tamis.predict.files import bytes_of
from tamis.predict.learned import Bin, Group, Learned, Part
from tamis.predict.saying import Saying
from tamis.server.assemble import Assembled, assemble
from tamis.server.clock import SystemClock
from tamis.server.learning import alarms, stored
from tamis.server.learning.alarms import Noticed
from tamis.server.learning.forms import (
    Agreement,
    AgreementCell,
    Disagreement,
    Edit,
    Figure,
    LearningReport,
    MakeDraft,
    Suggestion,
    Suspicion,
)
from tamis.server.models.desk import ModelDesk
from tamis.server.security.guards import Caller
from tamis.server.security.permissions import ROLES
from tamis.server.settings import Settings
from tamis.server.store.tables import people

ADA = Caller("admin", ROLES["admin"], "admin")
PATIENCE = 240_000
"""Milliseconds until a training ends on a machine with much to do."""
NONE = Figure(None, None, None)
expect.set_options(timeout=20_000)


def of_demo() -> Learned:
    """A learned model on fields that the demonstration's model has."""
    country = Part(
        "account.country",
        "text",
        (
            Group(1.1, 0.1, 300, 90, values=("fr",)),
            Group(-0.9, 0.1, 300, 30, otherwise=True),
            Group(-0.4, 0.5, 40, 2, missing=True),
        ),
        earns=0.02,
        said_by=Saying("field", field="country", scope="account"),
    )
    size = Part(
        "account.employees",
        "number",
        (
            Group(-0.2, 0.1, 400, 70, below=True),
            Group(0.3, 0.1, 200, 50, at_least=50.0),
            Group(0.0, 0.5, 0, 0, missing=True),
        ),
        said_by=Saying("field", field="employees", scope="account"),
    )
    bins = tuple(Bin(60, 0.04 * place, 2 * place) for place in range(1, 11))
    return replace(LEARNED, name="b2b", parts=(country, size), calibration=bins)


def report() -> LearningReport:
    """What was found beside it, about rules of the demonstration's model."""

    def points(key: str, today: int, data: int, says: str) -> Suggestion:
        path = ["dimensions", "fit", "rules", key, "points"]
        return Suggestion(
            key,
            key,
            "fit",
            "once",
            "",
            today,
            data,
            Figure(data, data - 5, data + 5),
            Figure(1.8, 1.2, 2.5),
            120,
            30,
            Figure(0.25, 0.2, 0.3),
            says,  # type: ignore[arg-type]
            "",
            says != "supports",
            [Edit(path, str(data))],
        )

    cells = [
        AgreementCell(name, 40, 30, 6, Figure(0.2, 0.1, 0.3))
        for name in ("both", "rules", "learned", "neither")
    ]
    return LearningReport(
        suspects=[Suspicion("phone", "later", "known only afterwards", dropped=True)],
        suggestions=[points("decides", 25, 31, "more"), points("influences", 15, 15, "supports")],
        rules_auc=Figure(0.6, 0.55, 0.65),
        agreement=Agreement(cells, 40.0, 0.2, 0.5),
    )


def prepared(store: Path) -> None:
    """One learned model in use, one that abstains, and an alarm."""
    parts = assemble(Settings(store=str(store)), SystemClock())
    try:
        _keep(parts)
        _activate(parts, parts.server.learning.draft(ADA, "b2b", 1, MakeDraft()).version)
        parts.server.learning.take_in(ADA, "b2b", bytes_of(replace(ABSTAINS, name="b2b")))
        new = Noticed(
            kind="new_value",
            field="account.industry",
            since=SystemClock().now().date(),
            before=Figure(0, 0, 0.01),
            now=Figure(0.12, 0.09, 0.16),
            asked="value",
            bound=None,
            value="space",
            part="all",
            chance=0.01,
            todo="name_value",
            what="a new value",
        )
        old = msgspec.structs.replace(new, kind="vanished", value="steam", todo="check_source")
        with parts.server.database.write() as connection:
            alarms.raise_all(connection, "b2b", [new, old], parts.server.micros)
    finally:
        parts.close()


def _keep(parts: Assembled) -> None:
    server = parts.server
    with server.database.write() as connection:
        lead_id = connection.scalars(select(people.leads.c.lead_id).limit(1)).one()
        new = stored.New(
            "trained",
            bytes_of(of_demo()).decode(),
            stored.in_json(report()),
            reason="the first one",
        )
        kept = stored.keep(connection, "b2b", new, server.micros, "admin")
        stored.disagree(connection, kept, [Disagreement(lead_id, "rules", 60.0, 20.0)])


def _activate(parts: Assembled, version: int) -> None:
    which = f"b2b/{version}"
    with parts.server.database.write() as connection:
        desk = ModelDesk(connection, parts.server.clock.now(), ADA)
        desk.propose(which)
        desk.approve(which, "marketing")
        desk.approve(which, "sales")
        desk.activate(which)
    parts.background.work_off()


@pytest.fixture(scope="module")
def site(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The application on a store in which something was learned."""
    folder = tmp_path_factory.mktemp("learned")
    store = Path(shutil.copy(demo_store, folder / "server.db"))
    prepared(store)
    with served(store, folder / "log") as found:
        yield found


def refused(visitor: Visitor, path: str) -> int:
    """The status that a form gets which the page does not show to this person."""
    headers = visitor.page.locator("body").get_attribute("hx-headers") or ""
    token = re.search(r'"X-CSRF-Token": "([^"]+)"', headers)
    assert token
    answer = visitor.page.request.post(
        visitor.site.address + path, form={}, headers={"X-CSRF-Token": token[1]}
    )
    return answer.status


def is_narrow(page: Page) -> bool:
    """Whether nothing makes the page itself wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


# ---------------------------------------------------------------- what is in use


def test_what_is_in_use_and_what_moved_are_told(visits: Visits) -> None:
    visitor = visits("max")
    page = visitor.open("/learned")
    expect(page.get_by_role("heading", name="In use: learned model 1")).to_be_visible()
    expect(page.get_by_text("120 conversions or more")).to_be_visible()
    alarm = page.locator(".alarm", has_text="“space”")
    expect(alarm).to_contain_text("12% (9–16) of the new leads since")  # noqa: RUF001
    expect(alarm).to_contain_text("Say what the new value is")
    row = page.get_by_role("row", name="Model 2")
    expect(row).to_contain_text("no usable signal")
    assert violations(page) == []
    visitor.picture("learned")


def test_an_alarm_is_settled_with_the_keyboard(visits: Visits) -> None:
    page = visits("max").open("/learned")
    alarm = page.locator(".alarm", has_text="“steam”")
    alarm.get_by_label("What came of it").fill("they closed")
    alarm.get_by_label("What came of it").press("Enter")
    expect(page.locator(".alarm", has_text="“steam”")).to_have_count(0)
    expect(page.locator(".alarm", has_text="“space”")).to_have_count(1)


def test_a_change_of_market_is_declared_and_withdrawn(visits: Visits) -> None:
    page = visits("lea").open("/learned")
    page.locator("section", has=page.locator("#market")).locator("summary").click()
    page.locator("#day").fill("2026-01-02")
    page.locator("#about").fill("Un concurrent est parti")
    page.locator("#about").press("Enter")
    change = page.locator("li", has_text="Un concurrent est parti")
    expect(change).to_contain_text("janvier 2026")
    expect(page.locator("#since")).to_have_value("2026-01-02")
    change.get_by_role("button").click()
    expect(page.locator("li", has_text="Un concurrent est parti")).to_have_count(0)


def test_sellers_read_and_change_nothing(visits: Visits) -> None:
    visitor = visits("sam", phone=True)
    page = visitor.open("/learned")
    expect(page.get_by_role("heading", name="In use: learned model 1")).to_be_visible()
    for name in ("Train", "Declare", "Save", "Take it in", "Looked at"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    assert violations(page) == []
    assert is_narrow(page)
    visitor.picture("learned-phone")
    for path in ("train", "policy", "market", "import", "alarms/1", "1/draft", "1/take"):
        assert refused(visitor, f"/learned/b2b/{path}") == 403
    visitor.open("/learned/b2b/1")
    expect(page.get_by_role("button", name="Make a draft of it")).to_have_count(0)
    assert violations(page) == []
    assert is_narrow(page)
    visitor.picture("learned-card-phone")


# ---------------------------------------------------------------- cards


@pytest.mark.parametrize("login", ["max", "lea"])
def test_a_card_says_what_it_looks_at_beside_the_rules(visits: Visits, login: str) -> None:
    visitor = visits(login)
    page = visitor.open("/learned/b2b/1")
    parts = page.locator("section", has=page.locator("#parts-title")).locator("table").first
    # What moves most stands first; 10 points double the odds.
    bodies = parts.locator("tbody")
    expect(bodies).to_have_count(2)
    france = bodies.first.get_by_role("row").nth(1)
    expect(france).to_contain_text("+15.9" if login == "max" else "+15,9")
    expect(page.locator(".quarter-both")).to_contain_text("30")
    expect(page.locator("#calibration-chart svg, #calibration-chart canvas")).to_be_visible()
    worth = page.locator("#worth-rules a.lead")
    expect(worth).to_have_attribute("href", re.compile("/lead\\?lead_id="))
    assert violations(page) == []
    visitor.picture("learned-card")


def test_suggestions_become_a_draft(visits: Visits) -> None:
    page = visits("max").open("/learned/b2b/1")
    rules = page.get_by_role("region", name="Rules of today")
    row = rules.get_by_role("row", name="Decides on such a purchase")
    expect(row).to_contain_text("+25")
    expect(row).to_contain_text("worth more")
    # What the data support already can not be ticked.
    expect(rules.get_by_role("checkbox")).to_have_count(1)
    row.get_by_role("checkbox").check()
    page.get_by_label("What is new in it, and why").fill("As the outcomes say")
    page.get_by_role("button", name="Make a draft with what is ticked").click()
    page.wait_for_url("**/model/version?*")
    expect(page.get_by_text("rule `decides`: points 25 → 31")).to_be_visible()


def test_nothing_ticked_is_refused_in_words(visits: Visits) -> None:
    page = visits("max").open("/learned/b2b/1")
    page.get_by_role("button", name="Make a draft with what is ticked").click()
    expect(page.locator("#refusal")).to_contain_text("tick what the draft shall take")


def test_a_model_that_abstains_says_so_calmly(visits: Visits) -> None:
    visitor = visits("max")
    page = visitor.open("/learned/b2b/2")
    expect(page.get_by_role("heading", name="No usable signal")).to_be_visible()
    expect(page.get_by_text("Everybody keeps the base rate")).to_have_count(2)
    expect(page.get_by_role("button", name="Make a draft of it")).to_have_count(0)
    assert violations(page) == []
    visitor.picture("learned-abstains")
    page.get_by_label("Model", exact=True).select_option("1")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#compared")).to_contain_text("0.66")
    # Nothing came since both were made: nobody is told that one is better.
    since = page.locator("#compared", has_not=page.locator(".counting"))
    expect(since).to_contain_text("On outcomes that came since", timeout=PATIENCE)
    expect(since).not_to_contain_text("make a draft of it")
    assert violations(page) == []


# ---------------------------------------------------------------- files


def test_a_file_goes_out_and_comes_in_again_and_a_hostile_one_does_not(
    visits: Visits, tmp_path: Path
) -> None:
    page = visits("max").open("/learned/b2b/1")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the file").click()
    file = tmp_path / "learned.json"
    download.value.save_as(file)
    hostile = tmp_path / "hostile.json"
    held = json.loads(file.read_text())
    held["parts"][0]["groups"][0]["weight"] = "__import__('os')"
    hostile.write_text(json.dumps(held))
    page.goto(page.url.replace("/b2b/1", "?model=b2b"))
    page.locator("#file").set_input_files(hostile)
    page.get_by_role("button", name="Take it in").click()
    expect(page.locator("#bring .refusal")).to_contain_text("The file holds no learned model")
    assert violations(page) == []
    page.locator("#file").set_input_files(file)
    page.get_by_role("button", name="Take it in").click()
    page.wait_for_url(re.compile("/learned/b2b/[34]"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("candidate")


# ---------------------------------------------------------------- a training


def test_a_training_ends_by_itself_with_a_card(visits: Visits) -> None:
    visitor = visits("max")
    page = visitor.open("/learned")
    page.locator("#horizon").fill("30")
    page.locator("#reason").fill("Autumn is over")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("heading", name="A model is being learned")).to_be_visible()
    expect(page.get_by_role("button", name="Train", exact=True)).to_have_count(0)
    assert violations(page) == []
    row = page.get_by_role("row").filter(has_text="Autumn is over")
    expect(row).to_be_visible(timeout=PATIENCE)
    row.get_by_role("link").first.click()
    # The demonstration is two weeks old: nothing can be learned of it yet, and it says so.
    expect(page.get_by_role("heading", name="No usable signal")).to_be_visible()
    expect(page.get_by_text("Fewer than 10 conversions")).to_be_visible()


# ---------------------------------------------------------------- a lead


@pytest.mark.parametrize(
    ("login", "title"),
    [("sam", "What the learned model says"), ("camille", "Ce que dit le modèle appris")],
)
def test_a_lead_has_a_probability_beside_the_rules(visits: Visits, login: str, title: str) -> None:
    visitor = visits(login)
    page = visitor.open("/leads")
    page.locator("a.lead").first.click()
    said = page.locator("section", has=page.locator("#learned"))
    expect(said.locator(".big-number")).to_have_text(re.compile(r"\d+([.,]\d)?\s?%"))
    expect(said.get_by_role("heading", level=2)).to_contain_text(title)
    expect(said.locator("li strong").first).to_have_text(re.compile("^\u00d7"))
    said.get_by_role("button", name=re.compile("Why|Pourquoi")).first.click()
    expect(page.locator("#why-learned-says")).to_be_visible()
    assert violations(page) == []
    visitor.picture("learned-lead")
